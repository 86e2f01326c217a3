using Commissaire.ContainerManagers;
using Commissaire.ContainerManagers.Kubernetes;
using Commissaire.Lab.Kubernetes;
using Commissaire.Runs;
using Commissaire.Server.Tests.Running;
using k8s;
using k8s.Models;

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

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_cordon_that_another_client_made_after_ours_is_never_ended(bool byLibrary)
    {
        Kubernetes.AddNode("10.0.0.1");
        await Take(TurnSteps.Cordon);
        Node.Uncordon();
        if (byLibrary)
        {
            using var stranger = new k8s.Kubernetes(KubernetesSettings.Read(
                OptionSet.Empty.With("server_url", Kubernetes.Url).With("ca", Kubernetes.CaPem), Kubernetes.Token));
            await stranger.CoreV1.PatchNodeAsync(
                new V1Patch("""{"spec":{"unschedulable":true}}""", V1Patch.PatchType.MergePatch), "10.0.0.1");
        }
        else
        {
            Node.Cordon();
        }

        Assert.Equal((false, "is cordoned, but not by Commissaire"), await Nodes.GetReadiness(Host, Blue, default));
        Assert.True((await Take(TurnSteps.Cordon, Other)).CordonedByOthers);
        await Take(TurnSteps.Uncordon, Other);
        Assert.True(Node.Unschedulable);
        Assert.Equal("another client cordoned the node, and it stays cordoned", (await Take(TurnSteps.Uncordon)).Detail);
        Assert.True(Node.Unschedulable);
        Assert.DoesNotContain(CordonedBy, Node.Annotations.Keys);
    }

    [Fact]
    public async Task A_node_that_is_uncordoned_during_its_drain_is_cordoned_again_once()
    {
        Kubernetes.AddNode("10.0.0.1");
        Kubernetes.AddPod("demo", "web-1", "10.0.0.1", new() { Grace = 1000 });
        await Take(TurnSteps.Cordon);
        Node.Uncordon();

        Assert.Null((await Take(TurnSteps.Drain)).Failure);
        Assert.True(Node.Unschedulable);
        using (var restarted = Open(Kubernetes.Token))
        {
            Node.Uncordon();
            var step = new ContainerManagerCommand.TakeNodeStep(Kube, Host, Run, TurnSteps.Drain, false, "boot", default);
            Assert.Equal("another client uncordoned the node during the drain", (await restarted.TakeStep(step, default)).Failure);
        }

        Assert.False(Node.Unschedulable);
        await Take(TurnSteps.Uncordon);
        Assert.Empty(Node.Annotations.Keys.Where(key => key.Contains("cordoned", StringComparison.Ordinal)));
        await Take(TurnSteps.Cordon, Other);
        Node.Uncordon();
        Assert.Null((await Take(TurnSteps.Drain, Other)).Failure);
        Assert.Equal("blue.2", Node.Annotations[CordonedBy]);
    }

    [Fact]
    public async Task A_foreign_cordon_that_ends_during_the_drain_fails_it()
    {
        Kubernetes.AddNode("10.0.0.1").Cordon();
        await Take(TurnSteps.Cordon);
        Node.Uncordon();

        Assert.Equal("another client uncordoned the node during the drain", (await Take(TurnSteps.Drain)).Failure);
        Assert.DoesNotContain(Kubernetes.Requests, request => request.Method == "PATCH");
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
    public async Task A_check_of_a_node_that_changes_meanwhile_reads_it_again()
    {
        Kubernetes.AddNode("10.0.0.1").Heartbeat("boot");
        using var hold = Kubernetes.Hold(request => request.Method == "PATCH");
        var checking = Nodes.GetReadiness(Host, Blue, default);
        await Eventually.True(() => Count("GET", "/10.0.0.1") > 0, "the node was read");
        Node.Cordon();
        hold.Dispose();

        Assert.Equal((false, "is cordoned, but not by Commissaire"), await checking);
        // The node controller taints the cordoned node some time later, which may be a second conflict.
        var statuses = Kubernetes.Requests.Where(request => request.Method == "PATCH").Select(request => request.Status).ToList();
        Assert.Equal((409, 200), (statuses[0], statuses[^1]));
        Assert.All(statuses[..^1], status => Assert.Equal(409, status));
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
