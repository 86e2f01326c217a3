using System.Collections.Immutable;
using Commissaire.Hosts;
using Commissaire.Runs;

namespace Commissaire.Domain.Tests.Runs;

/// <summary>A run with its members, options and messages.</summary>
internal static class RunSamples
{
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    public static readonly RunId Run = RunId.Parse("blue.7");
    public static readonly TurnEnd Succeeded = new(TurnOutcome.Succeeded, "", "", "", false);
    public static readonly TurnEnd Skipped = new(TurnOutcome.Skipped, "", "nothing to do", "", false);
    public static readonly TurnEnd FailedAndCordoned = new(TurnOutcome.Failed, TurnSteps.WaitForReboot, "no route", "output", true);
    public static readonly TurnEnd FailedUncordoned = FailedAndCordoned with { LeftCordoned = false };
    public static readonly TurnPlan Restart =
        new(RunVerb.Restart, null, true, TimeSpan.FromSeconds(60), DrainTimeoutPolicy.Fail, RebootPolicy.Always, TimeSpan.FromSeconds(600));

    public static readonly TurnPlan Upgrade = Restart with { Verb = RunVerb.Upgrade, Reboot = RebootPolicy.IfNeeded };
    public static readonly TurnPlan Deploy = Restart with { Verb = RunVerb.Deploy, Version = "7.4" };

    public static HostAddress Host(int number) => HostAddress.Parse($"10.2.0.{number}");

    public static MemberHealth Up(int number) => new(Host(number), true, "is active: reason");

    public static MemberHealth Down(int number) => new(Host(number), false, "is failed: reason");

    public static ImmutableArray<MemberHealth> AllUp(int count) => [.. Enumerable.Range(1, count).Select(Up)];

    public static RunOptions Options(string maxUnavailable = "1", string maxFailures = "1", int soak = 0, TurnPlan? plan = null) =>
        new(Limit.Parse(maxUnavailable), Limit.Parse(maxFailures), TimeSpan.FromSeconds(soak), plan ?? Restart);

    public static RunCommand.Begin Begin(RunOptions options, ImmutableArray<MemberHealth> members) => new(Run, options, "ops", members);

    public static RunCommand.ReportTurn Ended(int host, TurnEnd end, int attempt = 1) =>
        new(Run, Host(host), attempt, new TurnReport(end.Step, Start, end));
}
