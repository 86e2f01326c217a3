using System.Globalization;
using Commissaire.Hosts;
using Commissaire.Runs;
using Commissaire.Shell;
using static Commissaire.Domain.Tests.Hosts.HostScenario;

namespace Commissaire.Domain.Tests.Hosts;

/// <summary>A host that has its turn in a run, from message to message.</summary>
internal sealed class TurnScenario
{
    public static readonly RunId Run = RunId.Parse("blue.7");

    public static readonly TurnPlan Restart =
        new(RunVerb.Restart, null, true, TimeSpan.FromSeconds(30), DrainTimeoutPolicy.Fail, RebootPolicy.Always, TimeSpan.FromSeconds(600));

    public static readonly TurnPlan Upgrade = Restart with { Verb = RunVerb.Upgrade, Reboot = RebootPolicy.IfNeeded };
    public static readonly TurnPlan Deploy = Restart with { Verb = RunVerb.Deploy, Version = "7.4" };

    private TurnScenario(IEnumerable<HostEvent> history) => State = history.Aggregate(new HostState(HostScenario.Host, Settings), (host, e) => host.Evolve(e));

    public HostState State { get; private set; }

    public DateTimeOffset Time { get; private set; } = Now;

    public List<HostEvent> Journal { get; } = [];

    public static HostEvent[] Atomic { get; } = [.. Active.Select(e => e is HostEvent.Investigated i ? i with { Facts = i.Facts with { Os = "atomic" } } : e)];

    public static TurnScenario Of(params HostEvent[] history) => new(history);

    /// <summary>A node that was told to begin, and went well up to a step.</summary>
    public static TurnScenario In(string step, TurnPlan plan) => Of(Atomic).Begin(plan).To(step);

    public HostEvent[] Tell(HostCommand command)
    {
        State = State.ApplyMessage(command, Time);
        HostEvent[] events = [.. State.Decide(command, Time).Events];
        State = events.Aggregate(State, (host, e) => host.Evolve(e));
        Journal.AddRange(events);
        return events;
    }

    public TurnScenario Then(HostCommand command)
    {
        Tell(command);
        return this;
    }

    public TurnScenario Begin(TurnPlan plan, int attempt = 1) => Then(BeginTurn(plan, attempt));

    public TurnScenario Wait(double seconds)
    {
        Time += TimeSpan.FromSeconds(seconds);
        return this;
    }

    /// <summary>What the host did to what it was told in the step it is in.</summary>
    public TurnScenario Hears(ShellOutcome outcome) => Then(Recorded(State.TurnStep!, outcome));

    /// <summary>What its container manager says about the step it is in.</summary>
    public TurnScenario Reports(bool done, string detail = "", bool byOthers = false) => Then(Reported(State.TurnStep!, done, detail, byOthers));

    /// <summary>All goes well until a step is begun; until the end when none is named.</summary>
    public TurnScenario To(string? step)
    {
        for (var steps = 0; State.TurnStep is { } now && now != step && steps < 20; steps++)
        {
            Then(Success(now));
        }

        Assert.Equal(step, State.TurnStep);
        return this;
    }

    public TurnEnd End => State.Turn!.End!;

    public static HostCommand.BeginTurn BeginTurn(TurnPlan plan, int attempt = 1) => new(HostScenario.Host, Run, attempt, plan);

    public static HostCommand.CommandCompleted Recorded(string step, ShellOutcome outcome) => RanInTurn(Run, step, outcome);

    public static HostCommand.NodeStepReported Reported(string step, bool done, string detail = "", bool byOthers = false) =>
        new(HostScenario.Host, Kube, Run, step, done, byOthers, detail);

    public static string Booted(string version) => string.Create(
        CultureInfo.InvariantCulture, $$"""{"deployments":[{"version":"0.1","booted":false},{"version":"{{version}}","booted":true}]}""");

    public static HostCommand Success(string step) => step switch
    {
        _ when TurnSteps.OfNode(step) => Reported(step, true),
        TurnSteps.Preflight => Recorded(step, Done(Boot)),
        TurnSteps.WaitForReboot => Recorded(step, Done(OtherBoot)),
        TurnSteps.RebootNeeded => Recorded(step, Done("yes\n")),
        TurnSteps.BootedVersion => Recorded(step, Done(Booted("7.4"))),
        _ => Recorded(step, Done("Complete!")),
    };
}
