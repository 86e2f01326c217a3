using k8s;

namespace Commissaire.Lab.Tests.Kubernetes;

public sealed class DrainTests : ClusterTest
{
    private static readonly Dictionary<string, string> Web = new() { ["app"] = "web" };

    [Fact]
    public async Task What_a_drain_leaves_alone_is_known_by_its_owner_and_its_annotation()
    {
        Kubernetes.AddNode("n1").Cordon();
        Kubernetes.AddNode("n2");
        Kubernetes.AddPod("demo", "web-1", "n1", new() { Owner = "ReplicaSet", Labels = Web, Grace = 1 });
        Kubernetes.AddPod("demo", "log-1", "n1", new() { Owner = "DaemonSet" });
        Kubernetes.AddPod("kube-system", "etcd-n1", "n1", new() { Mirror = true });
        Kubernetes.AddPod("demo", "job-1", "n1", new() { Phase = "Succeeded" });

        var pods = await Client.CoreV1.ListPodForAllNamespacesAsync(fieldSelector: "spec.nodeName=n1");
        var leaving = pods.Items.Where(pod => pod.Status.Phase is not ("Succeeded" or "Failed")
            && pod.Metadata.OwnerReferences?.Any(owner => owner is { Kind: "DaemonSet", Controller: true }) is not true
            && pod.Metadata.Annotations?.ContainsKey("kubernetes.io/config.mirror") is not true);
        foreach (var pod in leaving)
        {
            await Client.CoreV1.Evict(pod.Metadata.NamespaceProperty, pod.Metadata.Name, pod.Metadata.Uid);
        }

        await Eventually.True(() => Kubernetes.Pod("demo", "web-1") is null, "the evicted pod is gone");
        Assert.Equal(["etcd-n1", "job-1", "log-1"], Kubernetes.Pods.Where(pod => pod.Node == "n1").Select(pod => pod.Name).Order());
    }

    [Fact]
    public async Task Completed_pods_are_not_healthy_ones_to_a_budget()
    {
        Kubernetes.AddNode("n1");
        Kubernetes.AddPod("demo", "web-1", "n1", new() { Labels = Web });
        Kubernetes.AddPod("demo", "web-2", "n1", new() { Labels = Web, Phase = "Succeeded" });

        var budget = Kubernetes.AddBudget("demo", "web", Web, minAvailable: "1");

        Assert.Equal(0, budget.DisruptionsAllowed);
        await Client.CoreV1.Evict("demo", "web-2");
        Assert.Null(Kubernetes.Pod("demo", "web-2"));
    }

    [Fact]
    public async Task Pods_wait_for_a_node_while_all_are_cordoned()
    {
        Kubernetes.AddNode("n1").Cordon();
        Kubernetes.AddPod("demo", "web-1", "n1", new() { Owner = "ReplicaSet", Labels = Web, Grace = 1 });

        await Client.CoreV1.Evict("demo", "web-1");

        await Eventually.True(() => Kubernetes.Pods is [{ Phase: "Pending", Node: "" }], "the new pod has no node");
        Kubernetes.Node("n1").Uncordon();
        await Eventually.True(() => Kubernetes.Pods is [{ Ready: true, Node: "n1" }], "the new pod runs");
    }
}
