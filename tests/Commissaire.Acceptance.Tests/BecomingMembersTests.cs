using Commissaire.Lab.Hosts;

namespace Commissaire.Acceptance.Tests;

public sealed class BecomingMembersTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private const string Repositories =
        "subscription-manager repos --enable=rhel-7-server-extras-rpms --enable=rhel-7-server-optional-rpms";

    private static readonly string[] Services =
        ["systemctl enable flanneld", "systemctl restart flanneld", "systemctl enable docker", "systemctl restart docker"];

    public static TheoryData<string, string, string[]> Everything
    {
        get
        {
            (string Os, string[] Told)[] all =
            [
                ("fedora", ["dnf install -y flannel", "dnf install -y docker"]),
                ("centos", ["yum install -y flannel", "yum install -y docker"]),
                ("centos7", ["yum install -y flannel", "yum install -y docker"]),
                ("rhel7", [Repositories, "yum install -y flannel", "yum install -y docker"]),
                ("rocky", ["dnf install -y flannel", "dnf install -y docker"]),
                ("debian", ["apt-get update -q", "apt-get install -y -q flannel", "apt-get install -y -q docker.io"]),
                ("ubuntu", ["apt-get update -q", "apt-get install -y -q flannel", "apt-get install -y -q docker.io"]),
                ("atomic", []),
            ];
            var data = new TheoryData<string, string, string[]>();
            foreach (var (os, told) in all)
            {
                data.Add(os, "root", [.. told, .. Services]);
                data.Add(os, "core", [.. told, .. Services]);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Everything))]
    public async Task A_host_of_a_managed_cluster_is_told_what_its_system_understands_and_becomes_active(
        string os, string user, string[] told)
    {
        var cluster = await fixture.AddManagedCluster();
        var host = await fixture.AddHost(LabOs.Parse(os));

        await fixture.Register(host, cluster, user);
        var active = await fixture.WaitFor(host, "active");

        Assert.Equal(told, ServerFixture.Commands(host));
        Assert.All(host.Commands, command => Assert.Equal(("root", user == "root" ? "" : "core"), (command.User, command.SudoUser)));
        Assert.Equal(("trivial", cluster), (active["container_manager"], active["cluster"]));
        Assert.Equal("ok",
            (await Eventually.Matches(
            () => fixture.Server.Get($"/cluster/{cluster}"), seen => seen["status"] == "ok", "the cluster is ok"))["status"]);
        AssertFiles(host);
    }

    [Fact]
    public async Task A_host_of_a_cluster_without_container_manager_becomes_disassociated_and_its_cluster_is_ok()
    {
        var cluster = await fixture.AddCluster();
        var host = await fixture.AddHost();

        await fixture.Register(host, cluster);
        await fixture.WaitFor(host, "disassociated");

        var seen = await Eventually.Matches(() => fixture.Server.Get($"/cluster/{cluster}"), c => c.Json.GetProperty("hosts")
            .GetProperty("available").GetInt32() == 1, "the host counts");
        Assert.Equal("ok", seen["status"]);
        Assert.Equal([$"{host.Address}"], (await fixture.Server.Get($"/cluster/{cluster}/hosts")).Names);
    }

    [Fact]
    public async Task A_network_with_a_flannel_server_makes_flannel_its_client()
    {
        (await fixture.Server.Put(
            "/network/served", new { type = "flannel_server", options = new { address = "192.168.152.100:8080" } })).Ok();
        var cluster = await fixture.AddCluster(new { network = "served" });
        var host = await fixture.AddHost();

        await fixture.Register(host, cluster);
        await fixture.WaitFor(host, "disassociated");

        Assert.Equal("# Written by Commissaire.\nFLANNEL_OPTIONS=\"--remote=192.168.152.100:8080\"\n",
            ServerFixture.ReadFile(host, "/etc/sysconfig/flanneld"));
    }

    [Fact]
    public async Task Facts_are_those_of_the_host()
    {
        var host = await fixture.AddHost(LabOs.Rocky);

        await fixture.Register(host);
        var seen = await fixture.WaitFor(host, "disassociated");

        var memory = File.ReadLines("/proc/meminfo").First(line => line.StartsWith("MemTotal:", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        Assert.Equal(("rocky", "9.5", memory, host.BootId), (seen["os"], seen["os_version"], seen["memory"], seen["boot_id"]));
        Assert.InRange(seen.Json.GetProperty("cpus").GetInt32(), 1, 4096);
        Assert.InRange(seen.Json.GetProperty("space").GetInt64(), 1024, long.MaxValue);
        Assert.Contains(host.HostKey.Fingerprint, seen["host_key"], StringComparison.Ordinal);
    }

    private static void AssertFiles(LabHost host)
    {
        var directory = host.Os.IsDebianLike ? "/etc/default" : "/etc/sysconfig";
        Assert.Equal(
            """
            # Written by Commissaire.
            FLANNEL_ETCD="http://127.0.0.1:2379"
            FLANNEL_ETCD_ENDPOINTS="http://127.0.0.1:2379"
            FLANNEL_ETCD_KEY="/atomic01/network"
            FLANNEL_ETCD_PREFIX="/atomic01/network"

            """,
            ServerFixture.ReadFile(host, $"{directory}/flanneld"));
        Assert.Equal(
            host.Os.IsDebianLike
                ? "# Written by Commissaire.\nDOCKER_OPTS=\"--registry-mirror=http://127.0.0.1:8080 --log-driver=journald\"\n"
                  + "DOCKER_CERT_PATH=\"/etc/docker\"\n"
                : "# Written by Commissaire.\nOPTIONS=\"--registry-mirror=http://127.0.0.1:8080 --selinux-enabled --log-driver=journald\"\n"
                  + "DOCKER_CERT_PATH=\"/etc/docker\"\n",
            ServerFixture.ReadFile(host, $"{directory}/docker"));
        Assert.Equal("644", ServerFixture.FileMode(host, $"{directory}/flanneld"));
        Assert.Equal("644", ServerFixture.FileMode(host, $"{directory}/docker"));
        Assert.DoesNotContain(
            Directory.EnumerateFiles(host.FilePath(directory)), file => file.EndsWith(".commissaire", StringComparison.Ordinal));
    }
}
