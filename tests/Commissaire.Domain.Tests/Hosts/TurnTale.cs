using System.Globalization;
using Commissaire.Hosts;
using Commissaire.Operations;
using Commissaire.Shell;
using static Commissaire.Domain.Tests.Hosts.HostStory;

namespace Commissaire.Domain.Tests.Hosts;

/// <summary>A host that has its turn in a run, from message to message.</summary>
internal sealed class TurnTale
{
    public static readonly OperationId Run = OperationId.Parse("blue.7");

    public static readonly TurnPlan Restart =
        new(OperationVerb.Restart, null, true, TimeSpan.FromSeconds(30), DrainTimeoutPolicy.Fail, RebootPolicy.Always, TimeSpan.FromSeconds(600));

    public static readonly TurnPlan Upgrade = Restart with { Verb = OperationVerb.Upgrade, Reboot = RebootPolicy.IfNeeded };
    public static readonly TurnPlan Deploy = Restart with { Verb = OperationVerb.Deploy, Version = "7.4" };

    private TurnTale(IEnumerable<HostEvent> history) => State = history.Aggregate(new HostState(HostStory.Host), (host, e) => host.Evolve(e));

    public HostState State { get; private set; }

    public DateTimeOffset Time { get; private set; } = Now;

    public List<HostEvent> Journal { get; } = [];

    public static HostEvent[] Atomic { get; } = [.. Active.Select(e => e is HostEvent.Investigated i ? i with { Facts = i.Facts with { Os = "atomic" } } : e)];

    public static TurnTale Of(params HostEvent[] history) => new(history);

    /// <summary>A node that was told to begin, and went well up to a step.</summary>
    public static TurnTale In(string step, TurnPlan plan) => Of(Atomic).Begin(plan).To(step);

    public HostEvent[] Tell(HostCommand command)
    {
        HostEvent[] events = [.. State.Decide(command, Time).Events];
        State = events.Aggregate(State, (host, e) => host.Evolve(e));
        Journal.AddRange(events);
        return events;
    }

    public TurnTale Then(HostCommand command)
    {
        Tell(command);
        return this;
    }

    public TurnTale Begin(TurnPlan plan, int attempt = 1) => Then(BeginTurn(plan, attempt));

    public TurnTale Wait(double seconds)
    {
        Time += TimeSpan.FromSeconds(seconds);
        return this;
    }

    /// <summary>What the host did to what it was told in the step it is in.</summary>
    public TurnTale Hears(ShellOutcome outcome) => Then(Recorded(State.TurnStep!, outcome));

    /// <summary>What its container manager says about the step it is in.</summary>
    public TurnTale Reports(bool done, string detail = "", bool byOthers = false) => Then(Reported(State.TurnStep!, done, detail, byOthers));

    /// <summary>All goes well until a step is begun; until the end when none is named.</summary>
    public TurnTale To(string? step)
    {
        for (var steps = 0; State.TurnStep is { } now && now != step && steps < 20; steps++)
        {
            Then(Success(now));
        }

        Assert.Equal(step, State.TurnStep);
        return this;
    }

    public TurnEnd End => State.Turn!.End!;

    public static HostCommand.BeginTurn BeginTurn(TurnPlan plan, int attempt = 1) => new(HostStory.Host, Run, attempt, plan);

    public static HostCommand.RecordTurnStep Recorded(string step, ShellOutcome outcome) => new(HostStory.Host, Run, step, outcome);

    public static HostCommand.NodeStepReported Reported(string step, bool done, string detail = "", bool byOthers = false) =>
        new(HostStory.Host, Kube, Run, step, done, byOthers, detail);

    public static string Booted(string version) => string.Create(
        CultureInfo.InvariantCulture, $$"""{"deployments":[{"version":"0.1","booted":false},{"version":"{{version}}","booted":true}]}""");

    public static HostCommand Success(string step) => step switch
    {
        _ when TurnSteps.OfNode(step) => Reported(step, true),
        TurnSteps.Look => Recorded(step, Done(Boot)),
        TurnSteps.Back => Recorded(step, Done(OtherBoot)),
        TurnSteps.RebootNeeded => Recorded(step, Done("yes\n")),
        TurnSteps.BootedVersion => Recorded(step, Done(Booted("7.4"))),
        _ => Recorded(step, Done("Complete!")),
    };
}
