using Commissaire.Hosts;
using Commissaire.Runs;
using Commissaire.Shell;
using static Commissaire.Domain.Tests.Hosts.HostSamples;

namespace Commissaire.Domain.Tests.Hosts;

/// <summary>A host during its turn in a run, one message at a time.</summary>
internal sealed class TurnScenario
{
    public static readonly RunId Run = RunId.Parse("blue.7");

    public static readonly TurnPlan Restart =
        new(RunVerb.Restart, null, true, TimeSpan.FromSeconds(30), DrainTimeoutPolicy.Fail, RebootPolicy.Always, TimeSpan.FromSeconds(600));

    public static readonly TurnPlan Upgrade = Restart with { Verb = RunVerb.Upgrade, Reboot = RebootPolicy.IfNeeded };
    public static readonly TurnPlan Deploy = Restart with { Verb = RunVerb.Deploy, Version = "7.4" };

    private TurnScenario(IEnumerable<HostEvent> history) =>
        State = history.Aggregate(new HostState(HostSamples.Host, Settings), (host, e) => host.Evolve(e));

    public HostState State { get; private set; }

    public DateTimeOffset Time { get; private set; } = Now;

    public List<HostEvent> Journal { get; } = [];

    public static HostEvent[] ActiveAtomic { get; } =
        [.. Active.Select(e => e is HostEvent.Investigated i ? i with { Facts = Atomic(i.Facts) } : e)];

    /// <summary>The facts of a host with rpm-ostree.</summary>
    public static HostFacts Atomic(HostFacts facts) =>
        facts with { Os = "atomic", Images = new HostImages(ImageSamples.Commit, null, null) };

    public static TurnScenario Of(params HostEvent[] history) => new(history);

    /// <summary>Returns a node whose turn succeeded up to a step. Only an image can be deployed.</summary>
    public static TurnScenario AtStep(string step, TurnPlan plan) =>
        Of(plan.Verb == RunVerb.Deploy ? ActiveAtomic : Active).Begin(plan).SucceedUntil(step);

    public HostEvent[] Handle(HostCommand command)
    {
        State = State.ApplyMessage(command, Time);
        HostEvent[] events = [.. State.Decide(command, Time).Events];
        State = events.Aggregate(State, (host, e) => host.Evolve(e));
        Journal.AddRange(events);
        return events;
    }

    public TurnScenario Receive(HostCommand command)
    {
        Handle(command);
        return this;
    }

    public TurnScenario Begin(TurnPlan plan, int attempt = 1) => Receive(BeginTurn(plan, attempt));

    public TurnScenario Wait(double seconds)
    {
        Time += TimeSpan.FromSeconds(seconds);
        return this;
    }

    /// <summary>Handles the outcome of the command of the current step.</summary>
    public TurnScenario CommandReturns(ShellOutcome outcome) => Receive(StepCompleted(State.TurnStep!, outcome));

    /// <summary>Handles the report of the container manager about the current step.</summary>
    public TurnScenario NodeReports(bool done, string detail = "", bool byOthers = false) =>
        Receive(StepReported(State.TurnStep!, done, detail, byOthers));

    /// <summary>Completes steps successfully until the given step starts, or until the turn ends if it is null.</summary>
    public TurnScenario SucceedUntil(string? step)
    {
        for (var steps = 0; State.TurnStep is { } now && now != step && steps < 20; steps++)
        {
            Receive(SuccessOf(now));
        }

        Assert.Equal(step, State.TurnStep);
        return this;
    }

    public TurnEnd End => State.Turn!.End!;

    public static HostCommand.BeginTurn BeginTurn(TurnPlan plan, int attempt = 1) => new(HostSamples.Host, Run, attempt, plan);

    public static HostCommand.CommandCompleted StepCompleted(string step, ShellOutcome outcome) => TurnStepCompleted(Run, step, outcome);

    public static HostCommand.NodeStepReported StepReported(string step, bool done, string detail = "", bool byOthers = false) =>
        new(HostSamples.Host, Kube, Run, step, done, byOthers, detail);

    /// <summary>The status of a host with rpm-ostree that booted a version.</summary>
    public static string BootedDeployment(string version)
    {
        var booted = ImageSamples.OfOstree(version);
        return ImageSamples.Deployments(booted, booted, ImageSamples.Commit);
    }

    public static HostCommand SuccessOf(string step) => step switch
    {
        _ when TurnSteps.OfNode(step) => StepReported(step, true),
        TurnSteps.Preflight => StepCompleted(step, Done(Boot)),
        TurnSteps.WaitForReboot => StepCompleted(step, Done(OtherBoot)),
        TurnSteps.RebootNeeded => StepCompleted(step, Done("yes\n")),
        TurnSteps.Stage => StepCompleted(
            step, Done(ImageSamples.StagedDeployment(ImageSamples.Commit, ImageSamples.OfOstree("7.4")))),
        TurnSteps.BootedVersion => StepCompleted(step, Done(BootedDeployment("7.4"))),
        _ => StepCompleted(step, Done("Complete!")),
    };
}
