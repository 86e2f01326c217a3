using Commissaire.Lab.Kubernetes;
using Commissaire.Runs;
using Commissaire.Server.Tests.Running;

namespace Commissaire.Server.Tests.ContainerManagers;

public sealed class CordoningAndReturning : NodesSpec
{
    private const string CordonedBy = "commissaire.io/cordoned-by";

    private static readonly RunId Other = new(Blue, 2);

    private LabNode Node => Kubernetes.Node("10.0.0.1");

    [Fact]
    public async Task A_cordon_says_whose_it_is_and_is_taken_away_twice_harmlessly()
    {
        Kubernetes.AddNode("10.0.0.1");

        Assert.True((await Take(TurnSteps.Cordon)).Done);
        Assert.True((await Take(TurnSteps.Cordon)).Done);
        Assert.Equal((true, "blue.1"), (Node.Unschedulable, Node.Annotations[CordonedBy]));
        Assert.Equal(1, Asked("PATCH", "/10.0.0.1"));
        Assert.All(Kubernetes.Requests.Where(asked => asked.Method == "PATCH"), asked => Assert.StartsWith("application/merge-patch+json", asked.ContentType, StringComparison.Ordinal));

        Assert.True((await Take(TurnSteps.Uncordon)).Done);
        Assert.True((await Take(TurnSteps.Uncordon)).Done);
        Assert.False(Node.Unschedulable);
        Assert.DoesNotContain(CordonedBy, Node.Annotations.Keys);
        Assert.Equal(2, Kubernetes.Requests.Count(asked => asked is { Method: "PATCH", Status: 200 }));
    }

    [Fact]
    public async Task A_cordon_of_somebody_else_is_told_and_left()
    {
        Kubernetes.AddNode("10.0.0.1").Cordon();

        var progress = await Take(TurnSteps.Cordon);
        await Take(TurnSteps.Uncordon);

        Assert.Equal((true, true), (progress.Done, progress.CordonedByOthers));
        Assert.True(Node.Unschedulable);
        Assert.DoesNotContain(Kubernetes.Requests, asked => asked.Method == "PATCH");
    }

    [Fact]
    public async Task A_run_takes_over_what_another_left_cordoned_and_that_one_does_not_take_it_away_any_more()
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
    public async Task A_node_that_was_changed_meanwhile_is_looked_at_again()
    {
        Kubernetes.AddNode("10.0.0.1");
        using var hold = Kubernetes.Hold(asked => asked.Method == "PATCH");
        var cordoning = Take(TurnSteps.Cordon);
        await Eventually.True(() => Asked("GET", "/10.0.0.1") > 0, "the node was read");
        Node.Cordon();
        hold.Dispose();
        Assert.True((await cordoning).CordonedByOthers);

        Assert.Equal([409], Kubernetes.Requests.Where(asked => asked.Method == "PATCH").Select(asked => asked.Status));
        Assert.DoesNotContain(CordonedBy, Node.Annotations.Keys);
    }

    [Fact]
    public async Task A_node_is_back_when_its_kubelet_has_told_the_boot_the_host_is_in()
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
    public async Task Steps_of_a_node_that_is_gone_wait_except_for_uncordoning_it()
    {
        Assert.Equal((false, "the node is gone"), (await Take(TurnSteps.Cordon)) is var cordon ? (cordon.Done, cordon.Detail) : default);
        Assert.True((await Take(TurnSteps.Uncordon)).Done);
    }
}
