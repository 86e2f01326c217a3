using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Commissaire.Lab.Hosts;

namespace Commissaire.Acceptance.Tests;

/// <summary>Hosts that become nodes with <c>kubeadm join</c>.</summary>
public sealed partial class JoiningTests(JoiningTests.WithSources fixture) : IClassFixture<JoiningTests.WithSources>
{
    private const string Kept = "/var/lib/lab/kubeadm-join.yaml";
    private static readonly Dictionary<string, string> Kubeadm = new() { ["join"] = "kubeadm" };

    private static readonly string[] Services =
    [
        "systemctl restart systemd-modules-load systemd-sysctl", "systemctl enable containerd", "systemctl restart containerd",
        "systemctl enable kubelet",
    ];

    private static string[] Words(string os) => os switch
    {
        "fedora" => ["dnf install -y containerd", "dnf install -y kubelet", "dnf install -y kubeadm", .. Services],
        "centos" => ["yum install -y containerd.io", "yum install -y kubelet", "yum install -y kubeadm", .. Services],
        "ubuntu" => ["apt-get update -q", "apt-get install -y -q containerd", "apt-get install -y -q kubelet",
            "apt-get install -y -q kubeadm", .. Services],
        _ => Services,
    };

    [Theory]
    [InlineData("fedora", "root")]
    [InlineData("centos", "core")]
    [InlineData("ubuntu", "core")]
    [InlineData("atomic", "core")]
    public async Task A_host_is_made_a_node_by_containerd_kubelet_and_kubeadm(string os, string user)
    {
        await using var k = await KubernetesFleet.CreateEmpty(fixture, more: Kubeadm);
        var host = await fixture.AddHost(LabOs.Parse(os));

        await fixture.Register(host, k.Fleet.Name, user);
        await Joined(host);
        await fixture.WaitFor(host, seen => seen["reason"].EndsWith("its kubelet has not registered the node", StringComparison.Ordinal),
            "waiting for its kubelet");
        k.Kubernetes.AddKubelet(host);
        await fixture.WaitFor(host, "active");

        var told = ServerFixture.Commands(host);
        Assert.Equal(Words(os), told.SkipLast(1));
        Assert.Matches(@"^kubeadm join --config /run/commissaire-join\.\w+$", told[^1]);
        Assert.Equal("600", ServerFixture.FileMode(host, Kept));
        Assert.Empty(Directory.EnumerateFiles(host.FilePath("/run"), "commissaire-join*"));
        var token = Token().Match(ServerFixture.ReadFile(host, Kept)).Groups[1].Value;
        Assert.Equal(
            $"""
            apiVersion: kubeadm.k8s.io/v1beta4
            kind: JoinConfiguration
            discovery:
              bootstrapToken:
                apiServerEndpoint: "{new Uri(k.Kubernetes.Url).Authority}"
                token: "{token}"
                caCertHashes:
                - "{Hash(k.Kubernetes.CaPem)}"
            nodeRegistration:
              name: "{host.Address}"
              criSocket: "unix:///run/containerd/containerd.sock"

            """, ServerFixture.ReadFile(host, Kept));
        AssertToken(k, token);
        Assert.Empty(k.Kubernetes.Secrets);
        Assert.Equal((k.Fleet.Name, $"{host.Address}"),
            (k.Node(host).Labels["commissaire.io/cluster"], k.Node(host).Labels["commissaire.io/address"]));
        Assert.Contains("SystemdCgroup = true", ServerFixture.ReadFile(host, "/etc/containerd/config.toml"), StringComparison.Ordinal);
        Assert.False(File.Exists(host.FilePath("/etc/sysconfig/docker")) || File.Exists(host.FilePath("/etc/default/docker")));
        await AssertNowhere(host, token.Split('.')[1]);
    }

    [Fact]
    public async Task Repositories_and_their_key_are_those_that_the_operator_named()
    {
        await using var k = await KubernetesFleet.CreateEmpty(fixture, more: Kubeadm);
        var (fedora, debian) = (await fixture.AddHost(LabOs.Fedora), await fixture.AddHost(LabOs.Debian));

        await Task.WhenAll(fixture.Register(fedora, k.Fleet.Name), fixture.Register(debian, k.Fleet.Name));
        await Task.WhenAll(Joined(fedora), Joined(debian));

        Assert.Equal(WithSources.Key, ServerFixture.ReadFile(fedora, "/etc/pki/rpm-gpg/RPM-GPG-KEY-kubernetes"));
        Assert.Contains("baseurl=https://mirror.example/k8s/rpm/\n", ServerFixture.ReadFile(fedora, "/etc/yum.repos.d/kubernetes.repo"),
            StringComparison.Ordinal);
        Assert.Contains("gpgkey=file:///etc/pki/rpm-gpg/RPM-GPG-KEY-kubernetes\n",
            ServerFixture.ReadFile(fedora, "/etc/yum.repos.d/kubernetes.repo"), StringComparison.Ordinal);
        Assert.Equal(WithSources.Key, ServerFixture.ReadFile(debian, "/etc/apt/keyrings/kubernetes.asc"));
        Assert.Equal("deb [signed-by=/etc/apt/keyrings/kubernetes.asc] https://mirror.example/k8s/deb/ /\n",
            ServerFixture.ReadFile(debian, "/etc/apt/sources.list.d/kubernetes.list"));
    }

    [Fact]
    public async Task A_host_that_has_joined_is_not_joined_twice()
    {
        await using var k = await KubernetesFleet.CreateEmpty(fixture, more: Kubeadm);
        var host = await fixture.AddHost(LabOs.Atomic);
        Directory.CreateDirectory(host.FilePath("/etc/kubernetes"));
        await File.WriteAllTextAsync(host.FilePath("/etc/kubernetes/kubelet.conf"), "");
        k.Kubernetes.AddKubelet(host, "worker-7");

        await fixture.Register(host, k.Fleet.Name);
        await fixture.WaitFor(host, "active");

        Assert.DoesNotContain(host.Commands, command => command.ToString().StartsWith("kubeadm", StringComparison.Ordinal));
        Assert.Equal(k.Fleet.Name, k.Kubernetes.Node("worker-7").Labels["commissaire.io/cluster"]);
        Assert.Empty(k.Kubernetes.Secrets);
    }

    [Fact]
    public async Task A_join_that_failed_is_begun_again_with_another_token_and_what_it_left_is_cleared_away()
    {
        await using var k = await KubernetesFleet.CreateEmpty(fixture, more: Kubeadm);
        var host = await fixture.AddHost(LabOs.Atomic);
        host.Script("kubeadm",
            new Behaviour { When = "join*", Times = 1, ExitCode = 1, Error = "couldn't validate the identity of the API Server\n" });
        Directory.CreateDirectory(host.FilePath("/etc/kubernetes"));
        await File.WriteAllTextAsync(host.FilePath("/etc/kubernetes/bootstrap-kubelet.conf"), "");

        await fixture.Register(host, k.Fleet.Name);
        await fixture.WaitFor(host, seen => seen["reason"].Contains("bootstrap step join-cluster", StringComparison.Ordinal)
            && seen["status"] == "failed", "failed to join");
        await Joined(host);
        k.Kubernetes.AddKubelet(host);
        await fixture.WaitFor(host, "active");

        Assert.Contains(
            host.Commands, command => command.ToString() == "kubeadm reset -f --cri-socket unix:///run/containerd/containerd.sock");
        Assert.Equal(2, k.Kubernetes.Requests.Count(
            request => request is { Method: "POST", Status: 201 } && request.Path.EndsWith("/secrets", StringComparison.Ordinal)));
        Assert.Empty(k.Kubernetes.Secrets);
    }

    [Fact]
    public async Task A_host_whose_api_is_away_joins_when_it_is_back()
    {
        await using var k = await KubernetesFleet.CreateEmpty(fixture, more: Kubeadm);
        await k.Kubernetes.Stop();
        var host = await fixture.AddHost(LabOs.Atomic);

        await fixture.Register(host, k.Fleet.Name);
        await fixture.WaitFor(
            host, seen => seen["reason"].Contains("the API cannot be reached", StringComparison.Ordinal), "unable to join");
        await k.Kubernetes.Start();
        await Joined(host);
    }

    [Fact]
    public async Task A_server_killed_while_a_host_joins_sees_it_through()
    {
        await using var k = await KubernetesFleet.CreateEmpty(fixture, more: Kubeadm);
        var host = await fixture.AddHost(LabOs.Atomic);
        host.Script("kubeadm", new Behaviour { When = "join*", Times = 1, Held = true });

        await fixture.Register(host, k.Fleet.Name);
        await host.WaitForCommand(command => command.ToString().StartsWith("kubeadm join", StringComparison.Ordinal));
        await fixture.Server.Kill();
        host.Unscript("kubeadm");
        await fixture.Server.Start();
        await Joined(host);
        k.Kubernetes.AddKubelet(host);
        await fixture.WaitFor(host, "active");

        Assert.Empty(k.Kubernetes.Secrets);
    }

    [Fact]
    public async Task A_host_that_was_bootstrapped_before_it_came_into_the_cluster_joins_too()
    {
        await using var k = await KubernetesFleet.CreateEmpty(fixture, more: Kubeadm);
        var host = await fixture.AddHost(LabOs.Atomic);
        await fixture.Register(host);
        await fixture.WaitFor(host, "disassociated");

        (await fixture.Server.Put($"{k.Fleet.Path}/hosts/{host.Address}")).Ok();
        await Joined(host);
        k.Kubernetes.AddKubelet(host);

        await fixture.WaitFor(host, "active");
    }

    private static Task Joined(LabHost host) =>
        Eventually.True(() => File.Exists(host.FilePath("/etc/kubernetes/kubelet.conf")), $"{host.Address} has joined");

    private static string Hash(string pem)
    {
        using var ca = X509Certificate2.CreateFromPem(pem);
        return "sha256:" + Convert.ToHexStringLower(SHA256.HashData(ca.PublicKey.ExportSubjectPublicKeyInfo()));
    }

    // The token has the fields of a kubeadm bootstrap token, and expires soon.
    private static void AssertToken(KubernetesFleet k, string token)
    {
        var asked = Assert.Single(
            k.Kubernetes.Requests, request => request.Method == "POST" && request.Path == "/api/v1/namespaces/kube-system/secrets");
        using var body = JsonDocument.Parse(asked.Body);
        var data = body.RootElement.GetProperty("data").EnumerateObject().ToDictionary(
            d => d.Name, d => Encoding.UTF8.GetString(d.Value.GetBytesFromBase64()));
        Assert.Equal("bootstrap.kubernetes.io/token", body.RootElement.GetProperty("type").ToString());
        Assert.Equal($"bootstrap-token-{data["token-id"]}", body.RootElement.GetProperty("metadata").GetProperty("name").ToString());
        Assert.Equal(token, $"{data["token-id"]}.{data["token-secret"]}");
        Assert.Equal(("true", "true"), (data["usage-bootstrap-authentication"], data["usage-bootstrap-signing"]));
        Assert.Equal("system:bootstrappers:kubeadm:default-node-token", data["auth-extra-groups"]);
        Assert.InRange(DateTimeOffset.Parse(data["expiration"], null) - DateTimeOffset.UtcNow, TimeSpan.Zero, TimeSpan.FromMinutes(15));
    }

    private async Task AssertNowhere(LabHost host, string secret)
    {
        Assert.Equal(16, secret.Length);
        Assert.DoesNotContain(secret, fixture.Server.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, await File.ReadAllTextAsync(host.CommandLogPath), StringComparison.Ordinal);
        Assert.DoesNotContain(secret, (await fixture.Server.Get($"/host/{host.Address}/history")).Body, StringComparison.Ordinal);
        foreach (var file in Directory.EnumerateFiles(fixture.Server.DataDirectory, "*", SearchOption.AllDirectories)
            .Where(f => !f.EndsWith(".lock", StringComparison.Ordinal)))
        {
            Assert.DoesNotContain(secret, Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file)), StringComparison.Ordinal);
        }
    }

    [GeneratedRegex("token: \"([a-z0-9]{6}\\.[a-z0-9]{16})\"")]
    private static partial Regex Token();

    /// <summary>A server with a package mirror that logs everything.</summary>
    public sealed class WithSources : ServerFixture
    {
        public const string Key = "-----BEGIN PGP PUBLIC KEY BLOCK-----\nmirror\n-----END PGP PUBLIC KEY BLOCK-----\n";

        private static readonly DirectoryInfo Files = Directory.CreateTempSubdirectory("commissaire-sources-");

        public WithSources()
            : base(["--debug", "--config-file", Config()])
        {
        }

        public override async Task DisposeAsync()
        {
            await base.DisposeAsync();
            Files.Delete(recursive: true);
        }

        private static string Config()
        {
            var (key, config) = (Path.Combine(Files.FullName, "key"), Path.Combine(Files.FullName, "config"));
            File.WriteAllText(key, Key);
            File.WriteAllText(config, JsonSerializer.Serialize(new
            {
                bootstrap = new
                {
                    kubernetes = new { repository = "https://mirror.example/k8s", repository_key_path = key, join_deadline = 300 },
                },
            }));
            return config;
        }
    }
}
