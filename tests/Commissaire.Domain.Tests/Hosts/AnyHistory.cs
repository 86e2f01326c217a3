using Commissaire.Bootstrap;
using Commissaire.Hosts;
using Commissaire.Networks;
using Commissaire.Runs;
using Commissaire.Shell;
using CsCheck;
using static Commissaire.Domain.Tests.Hosts.HostScenario;
using static Commissaire.Hosts.HostCommand;

namespace Commissaire.Domain.Tests.Hosts;

/// <summary>What a host may be told next, given what it is: something that goes along with what it asks for, or anything at all.</summary>
internal static class AnyHistory
{
    private const string UnderAnOldKey = "digest-under-an-old-key";

    private static readonly Gen<ResourceName> Cluster = Gen.OneOfConst(Blue, Green);
    private static readonly Gen<ResourceName?> SomeCluster = Gen.OneOfConst<ResourceName?>(null, Blue, Green);
    private static readonly Gen<ResourceName?> SomeManager = Gen.OneOfConst<ResourceName?>(null, Kube, Origin);
    private static readonly Gen<string?> SomeProblem = Gen.OneOfConst<string?>(null, "refused", "timed out");
    private static readonly Gen<string> Step = Gen.OneOfConst("install-docker", "start-docker", KubeadmSteps.Join);

    private static readonly Gen<OfferedCredential> Offered = Gen.OneOfConst(
        Credential with { Digests = ["digest-1", UnderAnOldKey] }, new OfferedCredential("secret-2", ["digest-2", UnderAnOldKey], null),
        new OfferedCredential(null, ["digest-3"], "it is encrypted"));

    private static readonly Gen<RunId> Run = Gen.OneOfConst(TurnScenario.Run, TurnScenario.Run with { Number = 8 });

    private static readonly Gen<string> TurnStep = Gen.OneOfConst(
        TurnSteps.Preflight, TurnSteps.Cordon, TurnSteps.Drain, TurnSteps.Upgrade, TurnSteps.RebootNeeded, TurnSteps.Reboot, TurnSteps.WaitForReboot, TurnSteps.NodeReady, TurnSteps.Uncordon);

    private static readonly Gen<TurnPlan> AnyPlan = Gen.OneOfConst(
        TurnScenario.Restart, TurnScenario.Upgrade, TurnScenario.Deploy, TurnScenario.Upgrade with { Reboot = RebootPolicy.Never, Drain = false });

    private static readonly NetworkDefinition Nowhere = new(ResourceName.Parse("flannel"), NetworkType.FlannelServer, OptionSet.Empty);

    private static readonly Gen<ShellOutcome> Outcome = Gen.OneOfConst<ShellOutcome>(
        Done(Gathered()), Done(Gathered("debian")), Done(Gathered("plan9")), Done(Gathered("plan9", boot: OtherBoot)),
        Done(Boot), Done(OtherBoot), Done("?"), Done("no"),
        Exit(1, "some", "error"), Exit(1, "", "sudo: a password is required"),
        new ShellOutcome.Unreachable("no route"), new ShellOutcome.Unreachable("refused"),
        new ShellOutcome.AuthenticationFailed("publickey"), new ShellOutcome.HostKeyChanged(OtherKey), new ShellOutcome.HostKeyChanged(Key),
        new ShellOutcome.Interrupted("reset"), new ShellOutcome.TimedOut(TimeSpan.FromSeconds(1)), new ShellOutcome.NoCredentials("no secret"));

    private static readonly Gen<HostCommand> Anything = Gen.OneOf(
        Gen.Select(Offered, SomeCluster, Gen.OneOfConst(null, Key, new HostKey("", Key.Fingerprint)))
            .Select((credential, cluster, key) => (HostCommand)new Register(Host, 22, "core", credential, key, cluster, "")),
        Gen.OneOfConst<HostCommand>(
            new Delete(Host), new Wake(Host), new ReadCredentials(Host, "ops"), Plan, Plan with { Network = Nowhere }, Plan with { Steps = [] },
            new PlanJoin(Host, Kube, ["install-kubelet", KubeadmSteps.Join]), new PlanJoin(Host, Origin, [KubeadmSteps.Join])),
        Cluster.Select(c => (HostCommand)new Join(Host, c)),
        Cluster.Select(c => (HostCommand)new Leave(Host, c)),
        Cluster.Select(c => (HostCommand)new ClusterDeleted(Host, c)),
        Cluster.Select(c => (HostCommand)new ConfirmDeparture(Host, c)),
        Gen.Select(Cluster, SomeManager).Select((c, m) => (HostCommand)new ConfirmMembership(Host, c, m)),
        Gen.OneOfConst(Key, OtherKey).Select(k => (HostCommand)new AcceptHostKey(Host, k.Fingerprint, "ops")),
        Gen.Select(Gen.OneOfConst(Kube, Origin), Gen.Bool, SomeProblem).Select((m, r, p) => (HostCommand)new NodeReported(Host, m, r, p)),
        Outcome.Select(o => (HostCommand)Found(o)),
        Gen.Select(Run, Gen.Int[1, 2], AnyPlan).Select((r, n, p) => (HostCommand)new BeginTurn(Host, r, n, p)),
        Gen.Select(Run, Gen.Int[1, 2]).Select((r, n) => (HostCommand)new TurnAcknowledged(Host, r, n)),
        Gen.Select(Run, TurnStep, Outcome).Select((r, s, o) => (HostCommand)new RecordTurnStep(Host, r, s, o)),
        Gen.Select(Run, TurnStep, Gen.Bool).Select((r, s, done) => (HostCommand)new NodeStepReported(Host, Kube, r, s, done, done && s == TurnSteps.Cordon, "so")),
        Gen.Bool.Select(usable => (HostCommand)new ReadinessReported(Host, Kube, usable, usable ? "" : "is cordoned")),
        Gen.Select(Step, Outcome).Select((s, o) => (HostCommand)new RecordStep(Host, s, o)),
        Gen.Select(Outcome, Gen.Int[0, 2]).Select((o, n) => (HostCommand)Checked(o, n)));

    private static readonly Gen<Func<HostState, HostCommand>> Turn = Gen.Frequency(
        (1, Gen.Select(Gen.Int[1, 3], AnyPlan).Select((n, p) => new Func<HostState, HostCommand>(_ => new BeginTurn(Host, TurnScenario.Run, n, p)))),
        (1, Outcome.Select(o => new Func<HostState, HostCommand>(host => new RecordTurnStep(Host, host.Turn?.Run ?? TurnScenario.Run, host.TurnStep ?? TurnSteps.Preflight, o)))),
        (1, Gen.Bool.Select(byOthers => new Func<HostState, HostCommand>(host => Otherwise(host, byOthers)))),
        (3, Gen.Int[0, 9].Select(which => new Func<HostState, HostCommand>(host => GoAlong(host, which)))),
        (2, Anything.Select(command => new Func<HostState, HostCommand>(_ => command))));

    public static Gen<Func<HostState, HostCommand>[]> Turns { get; } = Turn.Array[0, 40];

    public static bool IsKeyMaterial(string text) =>
        text.Contains(UnderAnOldKey, StringComparison.Ordinal) || text.Contains("PRIVATE KEY", StringComparison.Ordinal);

    /// <summary>Everything the host asks for, at once or again.</summary>
    public static List<HostEffect> Asked(HostState host) => [.. host.Outstanding().Concat(host.Due()).Distinct()];

    /// <summary>What the host is told when what it asked for was done.</summary>
    /// <param name="effect">What it asked for.</param>
    /// <param name="host">The host: it comes back from a reboot in another boot than the one it was in.</param>
    public static HostCommand Success(HostEffect effect, HostState host) => effect switch
    {
        HostEffect.Investigate => Found(Done(Gathered())),
        HostEffect.FindNetwork => Plan,
        HostEffect.RunStep e => new RecordStep(Host, e.Step, Done("")),
        HostEffect.Check => Checked(Done(Boot)),
        HostEffect.TakeStep(var run, TurnSteps.WaitForReboot) => new RecordTurnStep(Host, run, TurnSteps.WaitForReboot, Done(host.Turn?.Boot == OtherBoot ? Boot : OtherBoot)),
        HostEffect.TakeStep e => TurnScenario.Success(e.Step) switch
        {
            RecordTurnStep c => c with { Run = e.Run },
            NodeStepReported c => c with { Run = e.Run },
            var other => other,
        },
        HostEffect.ReportTurn e => new TurnAcknowledged(Host, e.Run, e.Attempt),
        HostEffect.Report e => new ConfirmMembership(Host, e.Cluster, Kube),
        HostEffect.Depart e => new ConfirmDeparture(Host, e.Cluster),
        HostEffect.RegisterNode e => new NodeReported(Host, e.Manager, true, null),
        HostEffect.RemoveNode e => new NodeReported(Host, e.Manager, false, null),
        HostEffect.WatchNode e => new ReadinessReported(Host, e.Manager, true, ""),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    // What a turn may also find: that no reboot is needed, or that somebody else cordoned the node.
    private static HostCommand Otherwise(HostState host, bool byOthers) => host.TurnStep switch
    {
        TurnSteps.RebootNeeded => new RecordTurnStep(Host, host.Turn!.Run, TurnSteps.RebootNeeded, Done("no")),
        TurnSteps.Cordon => new NodeStepReported(Host, Kube, host.Turn!.Run, TurnSteps.Cordon, true, byOthers, "so"),
        { } step => Success(new HostEffect.TakeStep(host.Turn!.Run, step), host),
        null => GoAlong(host, 0),
    };

    private static HostCommand GoAlong(HostState host, int which) =>
        Asked(host) is { Count: > 0 } asked ? Success(asked[which % asked.Count], host) : RegisterInBlue;
}
