using Commissaire.Bootstrap;
using Commissaire.Clusters;
using Commissaire.ContainerManagers;
using Commissaire.Hosts;
using Commissaire.Networks;
using Commissaire.Runs;
using Commissaire.Shell;
using static Commissaire.Hosts.HostCommand;
using static Commissaire.Hosts.HostEvent;
using static Commissaire.Shell.ShellOutcome;

namespace Commissaire.Domain.Tests.Hosts;

/// <summary>A host with its addresses, keys and commands, and event histories for the stages of its life.</summary>
internal static class HostSamples
{
    public const string Boot = "6d1d5a53-0d4d-4b4c-a0f1-6c1f6c9f3f10";
    public const string OtherBoot = "0b0e4a52-9d9c-4c52-8f43-7a0e2d3c4b5a";

    public static readonly HostAddress Host = HostAddress.Parse("10.2.0.2");
    public static readonly DateTimeOffset Earlier = new(2026, 3, 1, 11, 0, 0, TimeSpan.Zero);
    public static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    public static readonly HostKey Key = new("ssh-ed25519", "SHA256:" + new string('a', 43));
    public static readonly HostKey OtherKey = new("ssh-ed25519", "SHA256:" + new string('b', 43));
    public static readonly ResourceName Blue = ResourceName.Parse("blue");
    public static readonly ResourceName Green = ResourceName.Parse("green");
    public static readonly ResourceName Kube = ResourceName.Parse("kube");
    public static readonly ResourceName Origin = ResourceName.Parse("origin");
    public static readonly OfferedCredential Credential = new(Secret("secret-1"), ["digest-1"], null);
    public static readonly HostFacts Facts = new("fedora", "40", 2, 4_000_000, 50_000_000, "6.8.5", Boot);

    public static readonly Register RegisterAlone = new(Host, 22, "root", Credential, null, null, "");
    public static readonly Register RegisterInBlue = RegisterAlone with { Cluster = Blue };
    public static readonly HostSettings Settings =
        new(new BootstrapSettings(), new WatchSchedule(TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(20)));
    public static readonly ClusterSettings NoManager = new(NetworkDefinition.Default, null);
    public static readonly ClusterSettings WithKube =
        NoManager with { Manager = new ClusterManager(Kube, NodeJoin.Register), Bootstrap = BootstrapPolicy.Always };

    public static readonly ClusterSettings WithOrigin = WithKube with { Manager = new ClusterManager(Origin, NodeJoin.Register) };
    public static readonly ClusterSettings WithKubeadm = WithKube with { Manager = new ClusterManager(Kube, NodeJoin.Kubeadm) };

    /// <summary>Settings with which hosts in service are adopted.</summary>
    public static readonly ClusterSettings WithKubeAuto = WithKube with { Bootstrap = BootstrapPolicy.Auto };
    public static readonly PlanBootstrap Plan = new(Host, NetworkDefinition.Default);
    public static readonly CommandCompleted DockerInstalled = BootstrapStepCompleted("install-docker", Done("Complete!"));
    public static readonly CommandCompleted DockerStarted = BootstrapStepCompleted("start-docker", Done(""));
    public static readonly HostEffect.Send DescribeNetwork = new(new NetworkCommand.Describe(NetworkDefinition.Default.Name));
    public static readonly HostEffect.Send EnsureNode = new(new ContainerManagerCommand.EnsureNode(Kube, Host, Blue));
    public static readonly HostEffect.Send RemoveNode = new(new ContainerManagerCommand.RemoveNode(Kube, Host));
    public static readonly HostEffect.Send GetReadiness = new(new ContainerManagerCommand.GetReadiness(Kube, Host) { Cluster = Blue });
    public static readonly HostEffect Investigate = RunTask(new HostTask.Investigate());
    public static readonly HostEffect Check = RunTask(new HostTask.Check());

    private static readonly HostEvent[] Bootstrap =
    [
        new HostKeyTrusted(Key, null, Earlier),
        new Investigated(Facts, Earlier),
        new BootstrapPlanned(Plan.Network, ["install-docker", "start-docker"], Earlier),
        new BootstrapStepStarted("install-docker", Earlier),
        new BootstrapStepFinished("install-docker", "", Earlier),
        new BootstrapStepStarted("start-docker", Earlier),
        new BootstrapStepFinished("start-docker", "", Earlier),
        new Bootstrapped(Earlier),
    ];

    public static HostEvent[] Alone { get; } = [new Registered(22, "root", "secret-1", "digest-1", null, null, "", Earlier)];

    public static HostEvent[] InBlue { get; } = [new Registered(22, "root", "secret-1", "digest-1", null, Blue, "", Earlier)];

    public static HostEvent[] Known { get; } = [.. Alone, .. Bootstrap[..2]];

    public static HostEvent[] Installing { get; } = [.. Alone, .. Bootstrap[..4]];

    public static HostEvent[] Ready { get; } = [.. Alone, .. Bootstrap];

    public static HostEvent[] Listed { get; } = [.. InBlue, .. Bootstrap, new MembershipConfirmed(Blue, NoManager, Earlier)];

    public static HostEvent[] BecomingNode { get; } =
        [.. InBlue, .. Bootstrap, new MembershipConfirmed(Blue, WithKube, Earlier), new NodeRegistrationStarted(Kube, Earlier)];

    public static HostEvent[] Active { get; } = [.. BecomingNode, new NodeRegistered(Kube, Earlier)];

    /// <summary>Returns the host after it handled a command as its actor does.</summary>
    public static HostState After(this HostState host, HostCommand command) => host.After(command, Now);

    public static HostState After(this HostState host, HostCommand command, DateTimeOffset at)
    {
        var received = host.ApplyMessage(command, at);
        return received.Decide(command, at).Events.Aggregate(received, (state, e) => state.Evolve(e));
    }

    public static HostEffect.RunCommand RunTask(HostTask task) => new(task, ShellCommand.Of("true"), TimeSpan.Zero);

    public static HostEffect.RunCommand RunBootstrapStep(string step) => RunTask(new HostTask.BootstrapStep(step));

    public static HostEffect.RunCommand RunTurnStep(RunId run, string step) => RunTask(new HostTask.TurnStep(run, step));

    public static HostEffect.Send Report(
        ResourceName cluster, ClusterSettings? settings, HostStatus status, string reason, int failures = 0) =>
        new(new ClusterCommand.ReportMember(cluster, Host, settings, status, reason) { Failures = failures });

    public static HostEffect.Send Depart(ResourceName cluster) => new(new ClusterCommand.MemberLeft(cluster, Host));

    public static CommandCompleted BootstrapStepCompleted(string step, ShellOutcome outcome) =>
        new(Host, new HostTask.BootstrapStep(step), outcome);

    public static CommandCompleted TurnStepCompleted(RunId run, string step, ShellOutcome outcome) =>
        new(Host, new HostTask.TurnStep(run, step), outcome);

    public static Completed Done(string output) => new(0, output, "", Key);

    public static Completed Exit(int status, string output, string error) => new(status, output, error, Key);

    public static string InvestigationOutput(
        string os = "fedora", string version = "40", string boot = Boot, string bootc = "", string inService = "") => $"""
        == boot_id
        {boot}
        == kernel
        6.8.5
        == cpus
        2
        == memory
        MemTotal:        4000000 kB
        == ostree
        == os-release
        ID={os}
        VERSION_ID="{version}"
        == space
        Filesystem     1024-blocks    Used Available Capacity Mounted on
        /dev/vda1         50000000 1000000  49000000       3% /
        == in-service
        {inService}
        == bootc
        {bootc}

        """;

    public static CommandCompleted InvestigationCompleted(ShellOutcome outcome) => new(Host, new HostTask.Investigate(), outcome);

    public static CommandCompleted CheckCompleted(ShellOutcome outcome) => new(Host, new HostTask.Check(), outcome);

    public static EncryptedSecret Secret(string id) => new(id, default);
}
