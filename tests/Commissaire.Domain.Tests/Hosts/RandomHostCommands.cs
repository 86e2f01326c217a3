using Commissaire.Bootstrap;
using Commissaire.Clusters;
using Commissaire.ContainerManagers;
using Commissaire.Hosts;
using Commissaire.Networks;
using Commissaire.Runs;
using Commissaire.Shell;
using CsCheck;
using static Commissaire.Domain.Tests.Hosts.HostSamples;
using static Commissaire.Hosts.HostCommand;

namespace Commissaire.Domain.Tests.Hosts;

/// <summary>Generates sequences of commands: results of the effects that the host requests, mixed with arbitrary commands.</summary>
internal static class RandomHostCommands
{
    // The label of hosts in image mode.
    private const string ImageSource = "image";
    private const string ServiceSource = "in service";
    private const string OldKeyDigest = "digest-under-an-old-key";

    private static readonly Gen<ResourceName> Cluster = Gen.OneOfConst(Blue, Green);
    private static readonly Gen<ResourceName?> SomeCluster = Gen.OneOfConst<ResourceName?>(null, Blue, Green);
    private static readonly Gen<string?> SomeProblem = Gen.OneOfConst<string?>(null, "refused", "timed out");
    private static readonly Gen<string> Step = Gen.OneOfConst("install-docker", "start-docker", KubeadmSteps.Join);

    private static readonly Gen<OfferedCredential> Offered = Gen.OneOfConst(
        Credential with { Digests = ["digest-1", OldKeyDigest] },
            new OfferedCredential(Secret("secret-2"), ["digest-2", OldKeyDigest], null),
        new OfferedCredential(null, ["digest-3"], "it is encrypted"));

    private static readonly Gen<RunId> Run = Gen.OneOfConst(TurnScenario.Run, TurnScenario.Run with { Number = 8 });

    private static readonly Gen<string> TurnStep = Gen.OneOfConst(
        TurnSteps.Preflight, TurnSteps.Stage, TurnSteps.Cordon, TurnSteps.Drain, TurnSteps.Upgrade, TurnSteps.RebootNeeded,
        TurnSteps.Reboot, TurnSteps.WaitForReboot, TurnSteps.BootedVersion, TurnSteps.RollbackCheck, TurnSteps.Rollback,
        TurnSteps.RolledBack, TurnSteps.NodeReady, TurnSteps.Uncordon);

    private static readonly TurnPlan RollbackPlan =
        TurnScenario.Upgrade with { Reboot = RebootPolicy.Always, OnFailure = FailurePolicy.Rollback };

    private static readonly Gen<TurnPlan> AnyPlan = Gen.OneOfConst(
        TurnScenario.Restart, TurnScenario.Upgrade, TurnScenario.Deploy,
        TurnScenario.Upgrade with { Reboot = RebootPolicy.Never, Drain = false }, RollbackPlan);

    private static readonly NetworkDefinition NetworkWithoutAddress =
        new(ResourceName.Parse("flannel"), NetworkType.FlannelServer, OptionSet.Empty);

    private static readonly Gen<ClusterSettings> SomeSettings =
        Gen.OneOfConst(NoManager, WithKube, WithKubeAuto, WithOrigin, WithKubeadm, NoManager with { Network = NetworkWithoutAddress });

    private static readonly Gen<ShellOutcome> Outcome = Gen.Frequency((9, ExpectedOutcome()), (1, HostileOutput.Outcome));

    private static Gen<ShellOutcome> ExpectedOutcome() => Gen.OneOfConst<ShellOutcome>(
        Done(InvestigationOutput()), Done(InvestigationOutput("debian")), Done(InvestigationOutput("plan9")),
        Done(InvestigationOutput("plan9", boot: OtherBoot)), Done(InvestigationOutput(inService: "k3s (/etc/rancher/k3s/k3s.yaml)")),
        Done(InvestigationOutput(bootc: ImageSamples.Status(ImageSamples.Old))),
        Done(ImageSamples.Staged(ImageSamples.Old, ImageSamples.New)), Done(ImageSamples.Staged(ImageSamples.Old, null)),
        Done(ImageSamples.Status(ImageSamples.New)), Done(ImageSamples.Status(ImageSamples.Old)),
        Done(Boot), Done(OtherBoot), Done("?"), Done("no"),
        Exit(1, "some", "error"), Exit(1, "", "sudo: a password is required"),
        new ShellOutcome.Unreachable("no route"), new ShellOutcome.Unreachable("refused"),
        new ShellOutcome.AuthenticationFailed("publickey"), new ShellOutcome.HostKeyChanged(OtherKey), new ShellOutcome.HostKeyChanged(Key),
        new ShellOutcome.Interrupted("reset"), new ShellOutcome.TimedOut(TimeSpan.FromSeconds(1)),
        new ShellOutcome.Unrecognized(0, "Welcome!", Key), new ShellOutcome.NotRoot("sudo: a password is required", Key),
        new ShellOutcome.NoCredentials("no secret"), new ShellOutcome.NotTried("database is locked"));

    private static readonly RotateKey Rotate =
        new(Host, new OfferedCredential(Secret("secret-3"), ["digest-3"], null), "ecdsa-sha2-nistp256 NEW", "ops");

    private static readonly Gen<HostCommand> AnyCommand = Gen.OneOf(
        Gen.Select(Offered, SomeCluster, Gen.OneOfConst(null, Key, new HostKey("", Key.Fingerprint)))
            .Select((credential, cluster, key) => (HostCommand)new Register(Host, 22, "core", credential, key, cluster, "")),
        Gen.OneOfConst<HostCommand>(
            new Delete(Host), new Delete(Host) { Nodes = NodeDisposal.Keep }, new Release(Host, false, "ops"),
            new Release(Host, true, "ops"), new Wake(Host), new ReadCredentials(Host, "ops"), Plan,
            Plan with { Network = NetworkWithoutAddress },
            new JoinPrepared(Host, Kube, "secret-9", null), new JoinPrepared(Host, Kube, null, "forbidden"),
            new NodeReported(Host, Kube, true, "no node") { NotJoined = true },
            new NodeFound(Host, Kube, "worker-1", null), new NodeFound(Host, Kube, null, "forbidden")),
        Cluster.Select(c => (HostCommand)new Join(Host, c)),
        Cluster.Select(c => (HostCommand)new Leave(Host, c)),
        Cluster.Select(c => (HostCommand)new ClusterDeleted(Host, c)),
        Cluster.Select(c => (HostCommand)new ConfirmDeparture(Host, c)),
        Gen.Select(Cluster, SomeSettings).Select((c, s) => (HostCommand)new ConfirmMembership(Host, c, s)),
        Gen.OneOfConst(Key, OtherKey).Select(k => (HostCommand)new AcceptHostKey(Host, k.Fingerprint, "ops")),
        Gen.Select(Gen.OneOfConst(Kube, Origin), Gen.Bool, SomeProblem).Select((m, r, p) => (HostCommand)new NodeReported(Host, m, r, p)),
        Outcome.Select(o => (HostCommand)InvestigationCompleted(o)),
        Gen.Const((HostCommand)Rotate),
        Gen.Select(Outcome, Gen.OneOfConst("secret-1", "secret-2")).Select(
            (o, old) => (HostCommand)new KeyRotated(Host, Rotate, old, "OLD", Done(""), o)),
        Outcome.Select(o => (HostCommand)new KeysRemoved(Host, ["OLD"], o)),
        Outcome.Select(o => (HostCommand)new FilesRestored(Host, new Release(Host, true, "ops"), o)),
        Gen.Select(Outcome, Gen.OneOfConst(22, 2222)).Select((o, port) => (HostCommand)new CredentialsTried(
            Host, new ChangeCredentials(Host, port, "core", new OfferedCredential(Secret("secret-2"), ["digest-2"], null), "ops"),
            new HostRegistration(port, "core", "secret-2", "digest-2", ""), o)),
        Gen.Select(Run, Gen.Int[1, 2], AnyPlan).Select((r, n, p) => (HostCommand)new BeginTurn(Host, r, n, p)),
        Gen.Select(Run, Gen.Int[1, 2]).Select((r, n) => (HostCommand)new TurnAcknowledged(Host, r, n)),
        Gen.Select(Run, TurnStep, Outcome).Select((r, s, o) => (HostCommand)TurnStepCompleted(r, s, o)),
        Gen.Select(Run, TurnStep, Gen.Bool)
            .Select((r, s, done) => (HostCommand)new NodeStepReported(Host, Kube, r, s, done, done && s == TurnSteps.Cordon, "reason")),
        Gen.Bool.Select(usable => (HostCommand)new ReadinessReported(Host, Kube, usable, usable ? "" : "is cordoned")),
        Gen.Select(Step, Outcome).Select((s, o) => (HostCommand)BootstrapStepCompleted(s, o)),
        Outcome.Select(o => (HostCommand)CheckCompleted(o)));

    private static readonly Gen<Func<HostState, HostCommand>> NextCommand = Gen.Frequency(
        (1, Gen.Select(Gen.Int[1, 3], AnyPlan)
            .Select((n, p) => new Func<HostState, HostCommand>(_ => new BeginTurn(Host, TurnScenario.Run, n, p)))),
        (1, AnyPlan.Select(plan => new Func<HostState, HostCommand>(host => RetryTurn(host, plan)))),
        (1, Outcome.Select(o => new Func<HostState, HostCommand>(host =>
            TurnStepCompleted(host.Turn?.Run ?? TurnScenario.Run, host.TurnStep ?? TurnSteps.Preflight, o)))),
        (1, Gen.Bool.Select(byOthers => new Func<HostState, HostCommand>(host => AlternativeResult(host, byOthers)))),
        (4, Gen.Int[0, 9].Select(index => new Func<HostState, HostCommand>(host => CompleteEffect(host, index)))),
        (2, AnyCommand.Select(command => new Func<HostState, HostCommand>(_ => command))));

    public static Gen<Func<HostState, HostCommand>[]> Commands { get; } = NextCommand.Array[0, 80];

    public static bool IsKeyMaterial(string text) =>
        text.Contains(OldKeyDigest, StringComparison.Ordinal) || text.Contains("PRIVATE KEY", StringComparison.Ordinal);

    /// <summary>Returns all effects that the host requests, immediately or at the next health check.</summary>
    public static List<HostEffect> AllEffects(HostState host) => [.. host.Outstanding(Now).Concat(host.Due()).Distinct()];

    /// <summary>Returns the command that reports the success of an effect.</summary>
    /// <param name="effect">The effect.</param>
    /// <param name="host">The host. After a reboot it reports another boot ID.</param>
    public static HostCommand Success(HostEffect effect, HostState host) => effect switch
    {
        HostEffect.RunCommand { Task: HostTask.Investigate } => InvestigationCompleted(Done(
            InvestigationOutput(bootc: IsImage(host) ? ImageSamples.Status(host.Facts?.Images?.Booted ?? ImageSamples.Old) : "",
                inService: host.Registration?.Source == ServiceSource ? "k3s (/etc/rancher/k3s/k3s.yaml)" : ""))),
        HostEffect.RunCommand { Task: HostTask.Check } => CheckCompleted(Done(Boot)),
        HostEffect.RunCommand { Task: HostTask.BootstrapStep task } => BootstrapStepCompleted(task.Step, Done("")),
        HostEffect.RunCommand { Task: HostTask.TurnStep(var run, TurnSteps.WaitForReboot) } =>
            TurnStepCompleted(run, TurnSteps.WaitForReboot, Done(host.Turn?.Boot == OtherBoot ? Boot : OtherBoot)),
        HostEffect.RunCommand { Task: HostTask.TurnStep(var run, TurnSteps.Preflight) } =>
            TurnStepCompleted(run, TurnSteps.Preflight, Done(host.Turn?.EarlierBoot == Boot ? OtherBoot : Boot)),
        HostEffect.RunCommand { Task: HostTask.TurnStep(var run, TurnSteps.Stage) } when host.Facts?.Images is { } images =>
            TurnStepCompleted(run, TurnSteps.Stage, Done(ImageSamples.Staged(images.Booted, ImageSamples.New))),
        HostEffect.RunCommand { Task: HostTask.TurnStep(var run, TurnSteps.RollbackCheck) } => TurnStepCompleted(
            run, TurnSteps.RollbackCheck, Done(ImageSamples.Status(host.Turn!.Target, rollback: host.Turn.Previous))),
        HostEffect.RunCommand { Task: HostTask.TurnStep(var run, TurnSteps.RolledBack) } =>
            TurnStepCompleted(run, TurnSteps.RolledBack, Done(ImageSamples.Status(host.Turn!.Previous))),
        HostEffect.RunCommand { Task: HostTask.TurnStep(var run, TurnSteps.BootedVersion) } when host.Turn?.Target is { } target =>
            TurnStepCompleted(run, TurnSteps.BootedVersion, Done(ImageSamples.Status(target))),
        HostEffect.RunCommand { Task: HostTask.TurnStep task } =>
            ((CommandCompleted)TurnScenario.SuccessOf(task.Step)) with { Task = task },
        HostEffect.RunJoin => BootstrapStepCompleted(KubeadmSteps.Join, Done("")),
        HostEffect.Send(var message) => Reply(message),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static HostCommand Reply(object message) => message switch
    {
        NetworkCommand.Describe => Plan,
        RunCommand.ReportTurn m => new TurnAcknowledged(Host, m.Run, m.Attempt),
        ClusterCommand.ReportMember m => new ConfirmMembership(Host, m.Cluster, WithKube),
        ClusterCommand.MemberLeft m => new ConfirmDeparture(Host, m.Cluster),
        ContainerManagerCommand.FindNode m => new NodeFound(Host, m.Manager, null, null),
        ContainerManagerCommand.EnsureNode m => new NodeReported(Host, m.Manager, true, null),
        ContainerManagerCommand.RemoveNode m => new NodeReported(Host, m.Manager, false, null),
        ContainerManagerCommand.GetReadiness m => new ReadinessReported(Host, m.Manager, true, ""),
        ContainerManagerCommand.PrepareJoin m => new JoinPrepared(Host, m.Manager, "secret-9", null),
        ContainerManagerCommand.TakeNodeStep m => TurnScenario.StepReported(m.Step, true) with { Run = m.Run, Manager = m.Manager },
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    // Covers a reboot that is not needed, a host that does not come back, and a node that somebody else cordoned.
    private static HostCommand AlternativeResult(HostState host, bool byOthers) => host.TurnStep switch
    {
        TurnSteps.RebootNeeded => TurnStepCompleted(host.Turn!.Run, TurnSteps.RebootNeeded, Done("no")),
        TurnSteps.WaitForReboot or TurnSteps.Reboot when byOthers =>
            TurnStepCompleted(host.Turn!.Run, host.TurnStep!, new ShellOutcome.NoCredentials("no secret")),
        TurnSteps.Cordon =>
            new NodeStepReported(Host, host.Node?.Manager ?? Kube, host.Turn!.Run, TurnSteps.Cordon, true, byOthers, "reason"),
        { } step when TurnSteps.OfNode(step) =>
            TurnScenario.StepReported(step, true) with { Run = host.Turn!.Run, Manager = host.Node?.Manager ?? Kube },
        { } step => Success(RunTurnStep(host.Turn!.Run, step), host),
        null => CompleteEffect(host, 0),
    };

    private static bool IsImage(HostState host) =>
        host.Facts is { } facts ? facts.Images is not null : host.Registration?.Source == ImageSource;

    // A turn that is retried after its reboot may find that the host rebooted meanwhile.
    private static HostCommand RetryTurn(HostState host, TurnPlan plan) => host switch
    {
        { Turn: { End: { } } turn } => new BeginTurn(Host, turn.Run, turn.Attempt + 1, turn.Plan),
        { TurnStep: { } step } => AlternativeResult(host, byOthers: step == TurnSteps.WaitForReboot),
        { Turn: null, Node.Phase: NodePhase.Registered } =>
            new BeginTurn(
                Host, TurnScenario.Run, (host.LastTurn?.Attempt ?? 0) + 1, host.Facts is { Images: not null } ? RollbackPlan : plan),
        _ => CompleteEffect(host, 0),
    };

    private static HostCommand CompleteEffect(HostState host, int index) =>
        AllEffects(host) is { Count: > 0 } effects ? Success(effects[index % effects.Count], host)
        : (index % 3) switch
        {
            0 => RegisterInBlue,
            1 => RegisterInBlue with { Source = ImageSource },
            _ => RegisterInBlue with { Source = ServiceSource, Bootstrap = BootstrapPolicy.Auto },
        };
}
