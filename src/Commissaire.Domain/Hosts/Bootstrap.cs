using Commissaire.Bootstrap;
using Commissaire.Clusters;
using Commissaire.ContainerManagers;
using Commissaire.Networks;
using Commissaire.Shell;
using static Commissaire.Hosts.HostCommand;

namespace Commissaire.Hosts;

/// <summary>The progress of a bootstrap: its steps, the number of done steps, and the started step that has not finished.</summary>
public sealed record BootstrapProgress(
    NetworkDefinition Network, ImmutableArray<BootstrapStep> Steps, bool Joins, int Done = 0, string? Started = null, bool Complete = false)
{
    /// <summary>When the started step was first started.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>Why the host was adopted instead; null if it was, or is to be, bootstrapped.</summary>
    public Adoption? Adopted { get; init; }

    /// <summary>The step that was started, with its command and deadline; null for none.</summary>
    public BootstrapStep? Current => Started is null ? null : Steps[Done];
}

// The bootstrap: its plan and steps, up to a running container runtime or a joined node.
public sealed partial record HostState
{
    /// <summary>How far the bootstrap is; null before it is planned.</summary>
    public BootstrapProgress? Bootstrap { get; private init; }

    /// <summary>The trace of the registering request, until the bootstrap ends: retries over days do not belong to the request.</summary>
    public string? Trace { get; private init; }

    /// <summary>Whether the bootstrap can be planned once the network is known.</summary>
    public bool AwaitsPlan => Registration is not null && !NeedsInvestigation && Bootstrap is null;

    // Only another network ends this failure of a member; a check ends any other failure before the plan.
    private bool FailedForNetwork => AwaitsPlan && Failure is not null && Membership?.Settings is { } settings
        && Failure.Reason == BootstrapSteps.Problem(settings.Network);

    private bool FailedBeforePlan => AwaitsPlan && Failure is not null && Membership?.Settings is not null && !FailedForNetwork;

    // The host was bootstrapped before it joined a cluster that uses kubeadm, so it has no node.
    private bool MustJoin => Failure is null && Bootstrap is { Complete: true, Joins: false, Adopted: null }
        && Turn is null or { End: not null } && Membership?.Settings?.Manager is { Join: NodeJoin.Kubeadm } manager
        && Node?.Manager == manager.Name;

    private HostEffect? BootstrapEffect => Bootstrap switch
    {
        // A member waits for its cluster to confirm, with the network.
        null when MustFindNode => FindNode,
        null => Membership is null ? new HostEffect.Send(new NetworkCommand.Describe(NetworkDefinition.Default.Name)) : null,
        { Started: KubeadmSteps.Join } when Node is { Phase: NodePhase.Removing } => null,
        { Started: KubeadmSteps.Join, Current.Deadline: var deadline } when Activity.JoinSecret is { } secret =>
            new HostEffect.RunJoin(secret, deadline),
        { Started: KubeadmSteps.Join } =>
            Membership?.Manager is { } manager ? new HostEffect.Send(new ContainerManagerCommand.PrepareJoin(manager, Address)) : null,
        { Current: { Command: { } command } step } =>
            new HostEffect.RunCommand(new HostTask.BootstrapStep(step.Name), command, step.Deadline),
        _ => null,
    };

    private ImmutableArray<HostEvent> OnBootstrapStep(string step, ShellOutcome outcome, DateTimeOffset now) => outcome switch
    {
        _ when Bootstrap?.Started != step => [],
        ShellOutcome.Completed { ExitCode: 0 } done when BootstrapSteps.Installs(step) && PackageResult.NotInstalled(done) is { } problem =>
            Fail($"bootstrap step {step}: {problem}", Tail(done), null, now),
        ShellOutcome.Completed { ExitCode: 0 } done => [new HostEvent.BootstrapStepFinished(step, Tail(done), now)],
        ShellOutcome.Completed done when IsAwaited(done, now) => [],
        ShellOutcome.Completed done => Fail($"bootstrap step {step}: {Explain(outcome)}", Tail(done), null, now),
        _ => Fail($"bootstrap step {step}: {Explain(outcome)}", Tail(outcome), Offered(outcome), now),
    };

    // Another program uses the package manager, and the step may wait for it. A step that already failed is retried after longer pauses.
    private bool IsAwaited(ShellOutcome.Completed done, DateTimeOffset now) => Failure is null && PackageLock.Holder(done) is not null
        && Bootstrap is { Current: { } step } && now < Bootstrap.StartedAt + step.Deadline;

    private Verdict OnJoinPrepared(JoinPrepared c, DateTimeOffset now) =>
        new(c.Problem is { } problem ? OnBootstrapStep(KubeadmSteps.Join, new ShellOutcome.NoCredentials(problem), now) : []);

    private HostEvent? NextOfBootstrap(DateTimeOffset now) => this switch
    {
        { Registration: null } or { Failure: not null } => null,
        { AwaitsPlan: true } => PlanOrAdopt(now).FirstOrDefault(),
        { Bootstrap: { Started: null } b } when b.Done < b.Steps.Length => new HostEvent.BootstrapStepStarted(b.Steps[b.Done].Name, now),
        { Bootstrap: { Started: null, Complete: false } } => new HostEvent.Bootstrapped(now),
        { Bootstrap.Current: { Command: null, Name: not KubeadmSteps.Join and var step } } => new HostEvent.Failed(
            $"bootstrap step {step}: unknown to this version of Commissaire; delete the host and register it again", "", null, now),
        _ => null,
    };

    private ImmutableArray<HostEvent> PlanOrAdopt(DateTimeOffset now) =>
        AdoptionByFacts is { } adoption ? [new HostEvent.Adopted(adoption, now)]
        : Membership?.Settings is { } settings && !MustFindNode ? PlanForCluster(settings, now)
        : [];

    private ImmutableArray<HostEvent> PlanForCluster(ClusterSettings settings, DateTimeOffset now) =>
        Plan(settings.Network, settings.Manager is { Join: NodeJoin.Kubeadm }, now);

    private ImmutableArray<HostEvent> Plan(NetworkDefinition network, bool joins, DateTimeOffset now) =>
        joins ? [new HostEvent.BootstrapPlanned(NetworkDefinition.Default, Names(KubeadmSteps.For(Facts!, Settings.Bootstrap)), now)]
        : BootstrapSteps.Problem(network) is { } problem ? Fail(problem, "", null, now)
        : [new HostEvent.BootstrapPlanned(network, Names(BootstrapSteps.For(Facts!, network, Settings.Bootstrap)), now)];

    private HostState? EvolveBootstrap(HostEvent e) => e switch
    {
        HostEvent.BootstrapPlanned p => this with { Bootstrap = Planned(p), Failure = null },
        HostEvent.BootstrapStepStarted s => this with { Bootstrap = Bootstrap! with { Started = s.Step, StartedAt = s.At } },
        HostEvent.BootstrapStepFinished =>
            this with { Bootstrap = Bootstrap! with { Started = null, Done = Bootstrap.Done + 1 }, Failure = null },
        HostEvent.Bootstrapped => this with
        {
            Bootstrap = Bootstrap! with { Complete = true, Steps = [], Done = 0 },
            Node = Node is { } node ? node with { Problem = null } : null,
            Trace = null,
        },
        _ => null,
    };

    // The steps are built once, from the names in the event. A name that this version does not know has no command.
    private BootstrapProgress Planned(HostEvent.BootstrapPlanned e)
    {
        var joins = e.Steps.Contains(KubeadmSteps.Join);
        var known = NeedsInvestigation ? []
            : joins ? KubeadmSteps.For(Facts!, Settings.Bootstrap)
            : BootstrapSteps.For(Facts!, e.Network, Settings.Bootstrap);
        var steps = e.Steps.Select(name => known.FirstOrDefault(s => s.Name == name)
            ?? (BootstrapSteps.Skips(name, Settings.Bootstrap)
                ? new BootstrapStep(name, ShellCommand.Of("true"), Settings.Bootstrap.StepDeadline)
                : new BootstrapStep(name, null, TimeSpan.Zero)));
        return new BootstrapProgress(e.Network, [.. steps], joins);
    }

    // A host that leaves its cluster before it has joined is bootstrapped again, for its next cluster.
    private BootstrapProgress? WithoutUnfinishedJoin => Bootstrap is { Complete: false, Joins: true } ? null : Bootstrap;

    private static ImmutableArray<string> Names(ImmutableArray<BootstrapStep> steps) => [.. steps.Select(s => s.Name)];

    private static HistoryLine? DescribeBootstrap(HostEvent e) => e switch
    {
        HostEvent.BootstrapPlanned p when p.Steps.Contains(KubeadmSteps.Join) =>
            new("bootstrap-planned", $"to bootstrap as a node of Kubernetes: {string.Join(", ", p.Steps)}"),
        HostEvent.BootstrapPlanned p =>
            new("bootstrap-planned", $"to bootstrap for network '{p.Network.Name}': {string.Join(", ", p.Steps)}"),
        HostEvent.BootstrapStepStarted s => new("bootstrap-step-started", $"started {s.Step}"),
        HostEvent.BootstrapStepFinished s => new("bootstrap-step-finished", $"finished {s.Step}", s.Output),
        HostEvent.Bootstrapped => new("bootstrapped", "bootstrap is complete"),
        _ => null,
    };
}
