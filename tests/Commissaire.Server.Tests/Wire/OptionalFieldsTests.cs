using System.Text;
using Commissaire.Clusters;
using Commissaire.ContainerManagers;
using Commissaire.Hosts;
using Commissaire.Networks;
using Commissaire.Runs;
using Commissaire.Wire;

namespace Commissaire.Server.Tests.Wire;

/// <summary>Fields that were added to messages and events after their golden files: their names and forms never change.</summary>
public sealed class OptionalFieldsTests
{
    private static readonly ProtocolSerializer Serializer = new(null!);
    private static readonly HostAddress Host = HostAddress.Parse("10.0.0.1");
    private static readonly ResourceName Name = ResourceName.Parse("blue");
    private static readonly RunId Run = new(Name, 1);

    public static TheoryData<object, string> Messages => new()
    {
        {
            new ContainerManagerCommand.TakeNodeStep(Name, Host, Run, "drain", true, "", default) { ForceGrace = TimeSpan.FromSeconds(5) },
            "\"forceGrace\":\"00:00:05\""
        },
        { new ContainerManagerCommand.GetReadiness(Name, Host) { Cluster = Name }, "\"cluster\":\"blue\"" },
        {
            new ContainerManagerCommand.RemoveNode(Name, Host) { JoinedSince = DateTimeOffset.UnixEpoch },
            "\"joinedSince\":\"1970-01-01T00:00:00+00:00\""
        },
        { new HostCommand.NodeStepReported(Host, Name, Run, "drain", false, false, "") { Failure = "no" }, "\"failure\":\"no\"" },
        {
            new HostEvent.TurnBegan(Run, 1, Plan with { ForceGrace = TimeSpan.FromMinutes(2) }, [], DateTimeOffset.UnixEpoch),
            "\"forceGrace\":\"00:02:00\""
        },
        {
            new HostEvent.TurnStepFinished("upgrade", "", DateTimeOffset.UnixEpoch) { Summary = "1 package changed" },
            "\"summary\":\"1 package changed\""
        },
        { new HostCommand.Delete(Host) { Nodes = NodeDisposal.Keep }, "\"nodes\":\"Keep\"" },
        { new HostCommand.Leave(Host, Name) { Nodes = NodeDisposal.Remove }, "\"nodes\":\"Remove\"" },
        { new HostCommand.ClusterDeleted(Host, Name) { Nodes = NodeDisposal.Keep }, "\"nodes\":\"Keep\"" },
        { new HostEvent.LeftCluster(Name, true, DateTimeOffset.UnixEpoch) { Nodes = NodeDisposal.Keep }, "\"nodes\":\"Keep\"" },
        { new HostReply.Forgotten { Node = new(Name, Stays: true) }, "\"node\":{\"manager\":\"blue\",\"stays\":true}" },
        { new ClusterCommand.Delete(Name) { Nodes = NodeDisposal.Keep }, "\"nodes\":\"Keep\"" },
        { new ClusterCommand.MemberLeft(Name, Host) { Node = new(Name, true) }, "\"node\":{\"manager\":\"blue\",\"stays\":true}" },
        { new ClusterEvent.Deleted(DateTimeOffset.UnixEpoch) { Nodes = NodeDisposal.Remove }, "\"nodes\":\"Remove\"" },
        {
            new ClusterEvent.DeletionAcknowledged(Host, DateTimeOffset.UnixEpoch) { Node = new(Name, false) },
            "\"node\":{\"manager\":\"blue\",\"stays\":false}"
        },
        {
            new ClusterReply.Forgotten { Nodes = [new(Host, new(Name, true))] },
            "\"nodes\":[{\"host\":\"10.0.0.1\",\"node\":{\"manager\":\"blue\",\"stays\":true}}]"
        },
        { new HostEvent.TurnRebootNotNeeded(DateTimeOffset.UnixEpoch) { Unknown = "no plugin" }, "\"unknown\":\"no plugin\"" },
        {
            new HostEvent.Investigated(
                new HostFacts("linuxmint", "22", 1, 1, 1, "k", "b") { ContainerSpaceKiB = 7, OsLike = "ubuntu debian" },
                DateTimeOffset.UnixEpoch),
            "\"containerSpaceKiB\":7,\"osLike\":\"ubuntu debian\""
        },
        {
            new HostEvent.Investigated(
                new HostFacts("atomic", "42", 1, 1, 1, "k", "b")
                {
                    Images = new(
                        new("quay.io/a/b:1", "sha256:1") { Version = "1", Transport = "oci", Architecture = "arm64" }, null,
                        new("quay.io/a/b:0", "sha256:0") { Base = "0" })
                    {
                        RollbackQueued = true,
                    },
                },
                DateTimeOffset.UnixEpoch),
            "\"images\":{\"booted\":{\"image\":\"quay.io/a/b:1\",\"digest\":\"sha256:1\",\"version\":\"1\",\"transport\":\"oci\","
            + "\"architecture\":\"arm64\"},\"rollback\":{\"image\":\"quay.io/a/b:0\",\"digest\":\"sha256:0\",\"base\":\"0\"},"
            + "\"rollbackQueued\":true}"
        },
        {
            new HostEvent.Investigated(
                new HostFacts("fedora", "42", 1, 1, 1, "k", "b") { InService = "k3s (/etc/rancher)" }, DateTimeOffset.UnixEpoch),
            "\"inService\":\"k3s (/etc/rancher)\""
        },
        {
            new HostEvent.Registered(22, "root", "s", "d", null, null, "", DateTimeOffset.UnixEpoch)
            {
                Bootstrap = BootstrapPolicy.Never,
            },
            "\"bootstrap\":\"Never\""
        },
        {
            new ClusterEvent.Created(
                new ClusterSettings(NetworkDefinition.Default, null) { Bootstrap = BootstrapPolicy.Always }, DateTimeOffset.UnixEpoch),
            "\"bootstrap\":\"Always\""
        },
        { new ClusterCommand.Put(Name, null, null) { Bootstrap = BootstrapPolicy.Auto }, "\"bootstrap\":\"Auto\"" },
        { new ContainerManagerCommand.EnsureNode(Name, Host, null) { Existing = true }, "\"existing\":true" },
        { new ContainerManagerCommand.RemoveNode(Name, Host) { Release = true }, "\"release\":true" },
        { new ClusterCommand.ReportMember(Name, Host, null, HostStatus.Active, "") { Follows = "quay.io/a/b:1 amd64" }, Follows },
        {
            new ClusterEvent.MemberReported(Host, HostStatus.Active, "", DateTimeOffset.UnixEpoch) { Follows = "quay.io/a/b:1 amd64" },
            Follows
        },
        { new RunCommand.MemberChanged(Run, new MemberHealth(Host, true, "") { Follows = "quay.io/a/b:1 amd64" }), Follows },
        {
            new RunEvent.HostBegan(Host, DateTimeOffset.UnixEpoch) { Follows = "quay.io/a/b:1 amd64", Stages = true },
            $"{Follows},\"stages\":true"
        },
        {
            new HostCommand.BeginTurn(Host, Run, 1, Plan) { Stages = true, Digest = "sha256:1" },
            "\"stages\":true,\"digest\":\"sha256:1\""
        },
        {
            new HostEvent.TurnBegan(Run, 1, Plan with { OnFailure = FailurePolicy.Rollback }, [], DateTimeOffset.UnixEpoch),
            "\"onFailure\":\"Rollback\""
        },
        { new HostEvent.TurnBegan(Run, 1, Plan, [], DateTimeOffset.UnixEpoch) { Digest = "sha256:1" }, "\"digest\":\"sha256:1\"" },
        {
            new RunEvent.HostEnded(
                Host, new TurnEnd(TurnOutcome.Succeeded, "", "", "", false) { Digest = "sha256:1" }, DateTimeOffset.UnixEpoch)
            {
                Stages = true,
            },
            "\"digest\":\"sha256:1\"},\"stages\":true"
        },
        {
            new RunCommand.Begin(Run, new RunOptions(Limit.One, Limit.One, TimeSpan.Zero, Plan)
            {
                SharedMachines = [new SharedMachine([Host, HostAddress.Parse("10.0.0.2")])],
            }, "a", []),
            "\"sharedMachines\":[{\"hosts\":[\"10.0.0.1\",\"10.0.0.2\"]}]"
        },
    };

    private const string Follows = "\"follows\":\"quay.io/a/b:1 amd64\"";

    private static TurnPlan Plan => new(
        RunVerb.Restart, null, true, TimeSpan.Zero, DrainTimeoutPolicy.Force, RebootPolicy.Never, TimeSpan.Zero);

    [Theory]
    [MemberData(nameof(Messages))]
    public void An_added_field_is_written_and_read(object message, string field)
    {
        var written = Serializer.ToBinary(message);

        Assert.Contains(field, Encoding.UTF8.GetString(written), StringComparison.Ordinal);
        var read = Serializer.ToBinary(Serializer.FromBinary(written, Serializer.Manifest(message)));
        Assert.Equal(Encoding.UTF8.GetString(written), Encoding.UTF8.GetString(read));
    }
}
