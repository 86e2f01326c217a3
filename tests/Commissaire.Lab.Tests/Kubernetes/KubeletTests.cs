using Commissaire.Lab.Hosts;
using k8s;

namespace Commissaire.Lab.Tests.Kubernetes;

public sealed class KubeletTests(LabFixture fixture) : ClusterTest, IClassFixture<LabFixture>
{
    [Fact]
    public async Task The_kubelet_of_a_host_registers_its_node_and_says_which_boot_it_is()
    {
        var host = await fixture.Host();

        var kubelet = Kubernetes.AddKubelet(host);

        await Eventually.True(() => Kubernetes.Node(kubelet.NodeName) is { ReadyStatus: "True", Taints.IsEmpty: true }, "it is ready");
        var node = await Client.CoreV1.ReadNodeAsync($"{host.Address}");
        Assert.Equal(host.BootId, node.Status.NodeInfo.BootID);
        Assert.Contains(node.Status.Addresses, address => address.Type == "InternalIP" && address.Address == $"{host.Address}");
    }

    [Fact]
    public async Task A_kubelet_that_does_not_register_waits_for_its_node()
    {
        var host = await fixture.Host();
        Kubernetes.AddKubelet(host, "n1", registers: false);

        await Client.CoreV1.CreateNodeAsync(NewNode("n1"));

        await Eventually.True(() => Kubernetes.Node("n1") is { ReadyStatus: "True" } node && node.BootId == host.BootId, "it is ready");
        Assert.Equal("demo", Kubernetes.Node("n1").Labels["commissaire.io/cluster"]);
    }

    [Fact]
    public async Task A_kubelet_is_silent_while_its_host_is_down_and_tells_the_new_boot_afterwards()
    {
        var clock = await StopClock();
        var host = await fixture.Host();
        var first = host.BootId;
        Kubernetes.AddKubelet(host, "n1");
        await Eventually.True(() => Kubernetes.Node("n1").ReadyStatus == "True", "it is ready");

        await host.Stop();
        Assert.Equal((first, "True"), (Kubernetes.Node("n1").BootId, Kubernetes.Node("n1").ReadyStatus));
        await Eventually.True(
            () =>
            {
                clock.Advance(1);
                return Kubernetes.Node("n1").ReadyStatus == "Unknown";
            },
            "the node is unknown after 40 seconds of silence");

        await host.Start();
        await Eventually.True(
            () => Kubernetes.Node("n1") is { ReadyStatus: "True" } node && node.BootId == host.BootId, "the pod or node is back");
        Assert.NotEqual(first, host.BootId);
    }

    [Fact]
    public async Task A_node_that_is_removed_stays_away_until_its_host_boots_again()
    {
        var host = await fixture.Host();
        host.NextReboot = new Reboot { Away = TimeSpan.FromMilliseconds(100) };
        Kubernetes.AddKubelet(host, "n1");
        await Eventually.True(() => Kubernetes.Node("n1").ReadyStatus == "True", "it is ready");

        await Client.CoreV1.DeleteNodeAsync("n1");
        Assert.False(Kubernetes.Node("n1").Exists);
        await Ssh.Run(fixture.Lab, host, "reboot");

        await Eventually.True(() => Kubernetes.Node("n1").BootId == host.BootId, "it has registered again");
    }
}
