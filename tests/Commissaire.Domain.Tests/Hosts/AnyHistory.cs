using Commissaire.Hosts;
using Commissaire.Networks;
using Commissaire.Shell;
using CsCheck;
using static Commissaire.Domain.Tests.Hosts.HostStory;
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
    private static readonly Gen<string> Step = Gen.OneOfConst("install-docker", "start-docker");

    private static readonly Gen<OfferedCredential> Offered = Gen.OneOfConst(
        Credential with { Digests = ["digest-1", UnderAnOldKey] }, new OfferedCredential("secret-2", ["digest-2", UnderAnOldKey], null),
        new OfferedCredential(null, ["digest-3"], "it is encrypted"));

    private static readonly NetworkDefinition Nowhere = new(ResourceName.Parse("flannel"), NetworkType.FlannelServer, OptionSet.Empty);

    private static readonly Gen<ShellOutcome> Outcome = Gen.OneOfConst<ShellOutcome>(
        Done(Gathered()), Done(Gathered("debian")), Done(Gathered("plan9")), Done(Gathered("plan9", boot: OtherBoot)),
        Done(Boot), Done(OtherBoot), Done("?"),
        Exit(1, "some", "error"), Exit(1, "", "sudo: a password is required"),
        new ShellOutcome.Unreachable("no route"), new ShellOutcome.Unreachable("refused"),
        new ShellOutcome.AuthenticationFailed("publickey"), new ShellOutcome.HostKeyChanged(OtherKey), new ShellOutcome.HostKeyChanged(Key),
        new ShellOutcome.Interrupted("reset"), new ShellOutcome.TimedOut(TimeSpan.FromSeconds(1)), new ShellOutcome.NoCredentials("no secret"));

    private static readonly Gen<HostCommand> Anything = Gen.OneOf(
        Gen.Select(Offered, SomeCluster, Gen.OneOfConst(null, Key, new HostKey("", Key.Fingerprint)))
            .Select((credential, cluster, key) => (HostCommand)new Register(Host, 22, "core", credential, key, cluster, "")),
        Gen.OneOfConst<HostCommand>(
            new Delete(Host), new Wake(Host), new ReadCredentials(Host, "ops"), Plan, Plan with { Network = Nowhere }, Plan with { Steps = [] }),
        Cluster.Select(c => (HostCommand)new Join(Host, c)),
        Cluster.Select(c => (HostCommand)new Leave(Host, c)),
        Cluster.Select(c => (HostCommand)new Evict(Host, c)),
        Cluster.Select(c => (HostCommand)new ConfirmDeparture(Host, c)),
        Gen.Select(Cluster, SomeManager).Select((c, m) => (HostCommand)new ConfirmMembership(Host, c, m)),
        Gen.OneOfConst(Key, OtherKey).Select(k => (HostCommand)new AcceptHostKey(Host, k.Fingerprint, "ops")),
        Gen.Select(Gen.OneOfConst(Kube, Origin), Gen.Bool, SomeProblem).Select((m, r, p) => (HostCommand)new NodeReported(Host, m, r, p)),
        Outcome.Select(o => (HostCommand)Found(o)),
        Gen.Select(Step, Outcome).Select((s, o) => (HostCommand)new RecordStep(Host, s, o)),
        Gen.Select(Outcome, Gen.Int[0, 2]).Select((o, n) => (HostCommand)Checked(o, n)));

    private static readonly Gen<Func<HostState, HostCommand>> Turn = Gen.Frequency(
        (3, Gen.Int[0, 9].Select(which => new Func<HostState, HostCommand>(host => GoAlong(host, which)))),
        (2, Anything.Select(command => new Func<HostState, HostCommand>(_ => command))));

    public static Gen<Func<HostState, HostCommand>[]> Turns { get; } = Turn.Array[0, 40];

    public static bool IsKeyMaterial(string text) =>
        text.Contains(UnderAnOldKey, StringComparison.Ordinal) || text.Contains("PRIVATE KEY", StringComparison.Ordinal);

    /// <summary>Everything the host asks for, at once or again.</summary>
    public static List<HostEffect> Asked(HostState host) => [.. host.Outstanding().Concat(host.Due()).Distinct()];

    /// <summary>What the host is told when what it asked for was done.</summary>
    public static HostCommand Success(HostEffect effect) => effect switch
    {
        HostEffect.Investigate => Found(Done(Gathered())),
        HostEffect.FindNetwork => Plan,
        HostEffect.RunStep e => new RecordStep(Host, e.Step, Done("")),
        HostEffect.Check => Checked(Done(Boot)),
        HostEffect.Report e => new ConfirmMembership(Host, e.Cluster, Kube),
        HostEffect.Depart e => new ConfirmDeparture(Host, e.Cluster),
        HostEffect.RegisterNode e => new NodeReported(Host, e.Manager, true, null),
        HostEffect.RemoveNode e => new NodeReported(Host, e.Manager, false, null),
        HostEffect.WatchNode e => new NodeSeen(Host, e.Manager, true, ""),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static HostCommand GoAlong(HostState host, int which) =>
        Asked(host) is { Count: > 0 } asked ? Success(asked[which % asked.Count]) : RegisterInBlue;
}
