using System.Security.Cryptography;
using Commissaire.Lab.Hosts;

namespace Commissaire.Acceptance.Tests;

/// <summary>Hosts that are in service already: they are watched and rolled, and nothing on them or their nodes is changed.</summary>
public sealed class AdoptingTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const string KubeletConf = "/etc/kubernetes/kubelet.conf";

    private Server Server => fixture.Server;

    [Theory]
    [InlineData("debian", "/etc/kubernetes/kubelet.conf", "kubeadm")]
    [InlineData("fedora", "/etc/kubernetes/admin.conf", "kubeadm")]
    [InlineData("debian", "/var/lib/rancher/k3s/agent/kubelet.kubeconfig", "k3s")]
    [InlineData("fedora", "/etc/rancher/rke2/rke2.yaml", "rke2")]
    [InlineData("debian", "/var/lib/k0s/kubelet.conf", "k0s")]
    [InlineData("fedora", "/etc/machine-config-daemon/currentconfig", "OpenShift")]
    [InlineData("debian", "/var/lib/kubelet/kubeconfig", "kubelet")]
    public async Task A_host_that_has_joined_a_cluster_is_adopted_untouched_by_whatever_installer(string os, string file, string installer)
    {
        var host = await InService(os, file);
        var before = Files(host);

        await fixture.Register(host);
        var seen = await fixture.WaitFor(host, "disassociated");

        Assert.Equal($"it is in service: {installer} ({file})", seen["adopted"]);
        Assert.Contains("adopted", await fixture.History(host));
        Assert.Empty(ServerFixture.Commands(host));
        Assert.Equal(before, Files(host));
    }

    [Fact]
    public async Task A_node_in_service_is_registered_rolled_and_released_without_a_trace()
    {
        await using var k = await KubernetesFleet.CreateEmpty(fixture, bootstrap: "auto");
        var host = await InService("debian", KubeletConf);
        k.Kubernetes.AddKubelet(host, "worker-1");
        await Eventually.True(() => k.Kubernetes.Node("worker-1").ReadyStatus == "True", "the node is there");
        var node = k.Kubernetes.Node("worker-1");
        var (files, labels, annotations) = (Files(host), Sorted(node.Labels), Sorted(node.Annotations));

        var plan = (await Server.Put($"/host/{host.Address}?dry_run=true", new
        {
            ssh_priv_key = fixture.Lab.PrivateKeyBase64,
            port = host.Port,
            cluster = k.Fleet.Name,
        })).Ok();
        Assert.Equal(("labelled", "[]"), (plan["node"], plan["steps"]));
        Assert.StartsWith("it is in service: kubeadm", plan["adopted"], StringComparison.Ordinal);
        Assert.False(node.Labels.ContainsKey("commissaire.io/cluster"));
        Assert.Empty(ServerFixture.Commands(host));

        await fixture.Register(host, k.Fleet.Name);
        await fixture.WaitFor(host, "active");
        Assert.Equal(k.Fleet.Name, node.Labels["commissaire.io/cluster"]);
        Assert.Equal("1 of 1 hosts done", (await Server.Put($"{k.Fleet.Path}/restart?dry_run=true")).Ok()["reason"]);
        Assert.Equal(1, host.Boots);
        Assert.Equal("finished", (await Fleet.Existing(fixture, k.Fleet.Name, [host]).Run("restart"))["status"]);
        await fixture.WaitFor(host, "active");
        Assert.Equal(2, host.Boots);
        var released = (await Server.Send(HttpMethod.Post, $"/host/{host.Address}/release", new { restore = true })).Ok();
        Assert.Equal((k.Manager, "[]"), (released["container_manager"], released["files"]));
        await Eventually.True(() => Sorted(node.Labels) == labels && Sorted(node.Annotations) == annotations, "the node is released");

        Assert.True(node.Exists && !node.Unschedulable);
        Assert.DoesNotContain(k.Kubernetes.Requests, request => request.Method == "DELETE");
        Assert.Equal(["systemctl reboot"], ServerFixture.Commands(host));
        Assert.Equal(files, Files(host));
    }

    [Fact]
    public async Task Deleting_a_cluster_releases_adopted_nodes_and_removes_those_that_commissaire_made()
    {
        await using var k = await KubernetesFleet.CreateEmpty(fixture, bootstrap: "auto");
        var (adopted, made) = (await InService("debian", KubeletConf), await fixture.AddHost(LabOs.Atomic));
        k.Kubernetes.AddKubelet(adopted);
        k.Kubernetes.AddKubelet(made, registers: false);
        await Task.WhenAll(fixture.Register(adopted, k.Fleet.Name), fixture.Register(made, k.Fleet.Name));
        await Task.WhenAll(fixture.WaitFor(adopted, "active"), fixture.WaitFor(made, "active"));

        (await Server.Delete(k.Fleet.Path)).Ok();

        await Eventually.True(() => !k.Node(made).Exists, "the node that Commissaire made is gone");
        await Eventually.True(() => !k.Node(adopted).Annotations.ContainsKey("commissaire.io/address"), "the adopted node is released");
        Assert.True(k.Node(adopted).Exists);
    }

    [Fact]
    public async Task A_host_whose_node_is_known_is_adopted_without_a_sign_on_the_host()
    {
        await using var k = await KubernetesFleet.CreateEmpty(fixture, bootstrap: "auto");
        var host = await fixture.AddHost(LabOs.Debian);
        k.Kubernetes.AddKubelet(host, "worker-2");
        await Eventually.True(() => k.Kubernetes.Node("worker-2").ReadyStatus == "True", "the node is there");

        await fixture.Register(host, k.Fleet.Name);
        var seen = await fixture.WaitFor(host, "active");

        Assert.Equal($"it is in service: container manager '{k.Manager}' has its node 'worker-2'", seen["adopted"]);
        Assert.Empty(ServerFixture.Commands(host));
    }

    [Fact]
    public async Task A_host_in_service_elsewhere_gets_no_node()
    {
        await using var k = await KubernetesFleet.CreateEmpty(fixture, bootstrap: "auto");
        var host = await InService("debian", KubeletConf);

        await fixture.Register(host, k.Fleet.Name);
        await fixture.WaitFor(host, seen => seen["reason"].EndsWith("its kubelet has not registered the node", StringComparison.Ordinal),
            "without a node");

        Assert.Empty(k.Kubernetes.Nodes);
        Assert.Empty(ServerFixture.Commands(host));
    }

    [Fact]
    public async Task While_the_api_is_away_nothing_is_installed()
    {
        await using var k = await KubernetesFleet.CreateEmpty(fixture, bootstrap: "auto");
        var host = await fixture.AddHost(LabOs.Debian);
        k.Kubernetes.AddKubelet(host, registers: false);
        await k.Kubernetes.Stop();

        await fixture.Register(host, k.Fleet.Name);
        await fixture.WaitFor(host, seen => seen["status"] == "bootstrapping"
            && seen["reason"].Contains("the API cannot be reached", StringComparison.Ordinal), "waiting for the API");
        Assert.Empty(ServerFixture.Commands(host));
        await k.Kubernetes.Start();

        await fixture.WaitFor(host, "active");
        Assert.Contains("apt-get install -y -q docker.io", ServerFixture.Commands(host));
    }

    [Fact]
    public async Task The_policy_of_the_host_or_of_its_cluster_decides()
    {
        var cluster = await fixture.AddCluster(new { bootstrap = "never" });
        var (bare, forced, served) =
            (await fixture.AddHost(LabOs.Debian), await fixture.AddHost(LabOs.Debian), await InService("debian", KubeletConf));
        Task<Reply> Put(LabHost host, object body) => Server.Put($"/host/{host.Address}", body);
        (await Put(bare, new { ssh_priv_key = fixture.Lab.PrivateKeyBase64, port = bare.Port, cluster })).Ok();
        (await Put(forced, new { ssh_priv_key = fixture.Lab.PrivateKeyBase64, port = forced.Port, cluster, bootstrap = "always" })).Ok();
        (await Put(served, new { ssh_priv_key = fixture.Lab.PrivateKeyBase64, port = served.Port, bootstrap = "always" })).Ok();
        await Task.WhenAll(new[] { bare, forced, served }.Select(host => fixture.WaitFor(host, "disassociated")));

        Assert.Empty(ServerFixture.Commands(bare));
        Assert.Equal("its bootstrap is 'never'", (await Server.Get($"/host/{bare.Address}"))["adopted"]);
        Assert.Contains("apt-get install -y -q docker.io", ServerFixture.Commands(forced));
        Assert.Contains("apt-get install -y -q docker.io", ServerFixture.Commands(served));
        Assert.False((await Server.Get($"/host/{forced.Address}")).Json.TryGetProperty("adopted", out _));
        Assert.Equal("never", (await Server.Get($"/cluster/{cluster}"))["bootstrap"]);

        var refused = await Put(bare, new { ssh_priv_key = fixture.Lab.PrivateKeyBase64, bootstrap = "sometimes" });
        Assert.Equal((400, true), (refused.Code, refused.Body.Contains("bootstrap: expected one of", StringComparison.Ordinal)));
    }

    private async Task<LabHost> InService(string os, string file)
    {
        var host = await fixture.AddHost(LabOs.Parse(os));
        foreach (var path in (string[])[file, "/etc/containerd/config.toml", "/etc/sysctl.d/99-kubernetes.conf"])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(host.FilePath(path))!);
            await File.WriteAllTextAsync(host.FilePath(path), $"# {path} of the operator\n");
        }

        return host;
    }

    /// <summary>
    /// Every file below the directories that a bootstrap writes to, with its permissions and contents, and the state of units.
    /// </summary>
    internal static string Files(LabHost host, bool units = true) => string.Join(
        '\n', ((string[])["/etc", "/root", .. units ? ["/var/lib/lab/units"] : Array.Empty<string>()]).SelectMany(directory =>
            Directory.EnumerateFiles(host.FilePath(directory), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
                .Select(path => $"{path} {File.GetUnixFileMode(path)} {Hash(path)}")));

    private static string Hash(string path) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));

    private static string Sorted(IReadOnlyDictionary<string, string> values) =>
        string.Join('\n', values.Select(value => $"{value.Key}={value.Value}").Order(StringComparer.Ordinal));
}
