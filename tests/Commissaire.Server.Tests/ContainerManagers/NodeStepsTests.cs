using Commissaire.Lab.Kubernetes;
using Commissaire.Runs;
using Commissaire.Server.Tests.Running;

namespace Commissaire.Server.Tests.ContainerManagers;

public sealed class NodeStepsTests : NodesSpec
{
    private const string CordonedBy = "commissaire.io/cordoned-by";

    private static readonly RunId Other = new(Blue, 2);

    private LabNode Node => Kubernetes.Node("10.0.0.1");

    [Fact]
    public async Task Cordon_and_uncordon_twice_patch_once()
    {
        Kubernetes.AddNode("10.0.0.1");

        Assert.True((await Take(TurnSteps.Cordon)).Done);
        Assert.True((await Take(TurnSteps.Cordon)).Done);
        Assert.Equal((true, "blue.1"), (Node.Unschedulable, Node.Annotations[CordonedBy]));
        Assert.Equal(1, Count("PATCH", "/10.0.0.1"));
        Assert.All(Kubernetes.Requests.Where(request => request.Method == "PATCH"),
            request => Assert.StartsWith("application/merge-patch+json", request.ContentType, StringComparison.Ordinal));

        Assert.True((await Take(TurnSteps.Uncordon)).Done);
        Assert.True((await Take(TurnSteps.Uncordon)).Done);
        Assert.False(Node.Unschedulable);
        Assert.DoesNotContain(CordonedBy, Node.Annotations.Keys);
        Assert.Equal(2, Kubernetes.Requests.Count(request => request is { Method: "PATCH", Status: 200 }));
    }

    [Fact]
    public async Task A_cordon_of_somebody_else_is_reported_and_stays()
    {
        Kubernetes.AddNode("10.0.0.1").Cordon();

        var progress = await Take(TurnSteps.Cordon);
        await Take(TurnSteps.Uncordon);

        Assert.Equal((true, true), (progress.Done, progress.CordonedByOthers));
        Assert.True(Node.Unschedulable);
        Assert.DoesNotContain(Kubernetes.Requests, request => request.Method == "PATCH");
    }

    [Fact]
    public async Task A_run_takes_over_the_cordon_of_another_run()
    {
        Kubernetes.AddNode("10.0.0.1");
        await Take(TurnSteps.Cordon);

        Assert.False((await Take(TurnSteps.Cordon, Other)).CordonedByOthers);
        await Take(TurnSteps.Uncordon);
        Assert.Equal((true, "blue.2"), (Node.Unschedulable, Node.Annotations[CordonedBy]));
        await Take(TurnSteps.Uncordon, Other);
        Assert.False(Node.Unschedulable);
    }

    [Fact]
    public async Task A_conflicting_change_is_read_again()
    {
        Kubernetes.AddNode("10.0.0.1");
        using var hold = Kubernetes.Hold(request => request.Method == "PATCH");
        var cordoning = Take(TurnSteps.Cordon);
        await Eventually.True(() => Count("GET", "/10.0.0.1") > 0, "the node was read");
        Node.Cordon();
        hold.Dispose();
        Assert.True((await cordoning).CordonedByOthers);

        Assert.Equal([409], Kubernetes.Requests.Where(request => request.Method == "PATCH").Select(request => request.Status));
        Assert.DoesNotContain(CordonedBy, Node.Annotations.Keys);
    }

    [Fact]
    public async Task A_node_is_ready_once_its_kubelet_reports_the_new_boot()
    {
        var node = Kubernetes.AddNode("10.0.0.1");
        node.Heartbeat("old");

        Assert.Equal("the node has not reported the new boot yet", (await Take(TurnSteps.NodeReady, boot: "new")).Detail);
        node.Heartbeat("new");
        node.Ready(false);
        Assert.StartsWith("the node is not ready", (await Take(TurnSteps.NodeReady, boot: "new")).Detail, StringComparison.Ordinal);
        node.Ready(true);
        Assert.True((await Take(TurnSteps.NodeReady, boot: "new")).Done);
    }

    [Fact]
    public async Task Steps_of_a_deleted_node_wait_except_uncordon()
    {
        Assert.Equal(
            (false, "the node does not exist"), (await Take(TurnSteps.Cordon)) is var cordon ? (cordon.Done, cordon.Detail) : default);
        Assert.True((await Take(TurnSteps.Uncordon)).Done);
    }
}
