using Commissaire.Lab.Hosts;

namespace Commissaire.Acceptance.Tests;

/// <summary>Dry runs of registrations and of runs, and the release of hosts.</summary>
public sealed class PlanningTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private Server Server => fixture.Server;

    [Theory]
    [InlineData("fedora", "/etc/sysconfig/docker", "flannel")]
    [InlineData("debian", "/etc/default/docker", "docker.io")]
    public async Task A_dry_run_shows_packages_and_differences_and_changes_nothing(string os, string file, string installed)
    {
        var host = await fixture.AddHost(LabOs.Parse(os));
        Write(host, file, "OPTIONS=\"--mine\"\n");
        Install(host, installed);
        var before = AdoptingTests.Files(host);

        var plan = await Plan(host);

        Assert.Equal((os, "", ""), (plan["os"], plan["cluster"], plan["container_manager"]));
        Assert.StartsWith("ssh-ed25519 SHA256:", plan["host_key"], StringComparison.Ordinal);
        Assert.False(plan.Json.TryGetProperty("problem", out _), plan.Body);
        var steps = plan.Json.GetProperty("steps").EnumerateArray().ToList();
        foreach (var step in steps.Where(s => s.TryGetProperty("package", out _)))
        {
            Assert.Equal($"{step.GetProperty("package")}" == installed, step.GetProperty("installed").GetBoolean());
        }

        var docker = steps.Single(s => s.TryGetProperty("file", out var path) && $"{path}" == file);
        Assert.Equal("replaced", $"{docker.GetProperty("change")}");
        Assert.Contains("-OPTIONS=\"--mine\"", $"{docker.GetProperty("diff")}", StringComparison.Ordinal);
        Assert.Contains("+# Written by Commissaire.", $"{docker.GetProperty("diff")}", StringComparison.Ordinal);
        Assert.Contains(steps, s => $"{s.GetProperty("step")}" == "start-docker");
        Assert.Equal(404, (await Server.Get($"/host/{host.Address}")).Code);
        Assert.Equal(before, AdoptingTests.Files(host));
        Assert.All(host.Commands, command => Assert.Contains(command.Argv[0], (string[])["rpm", "dpkg-query", "systemctl"]));
    }

    [Fact]
    public async Task A_dry_run_of_a_host_in_service_says_that_it_is_adopted()
    {
        await using var k = await KubernetesFleet.CreateEmpty(fixture, bootstrap: "auto");
        var host = await fixture.AddHost(LabOs.Debian);
        k.Kubernetes.AddKubelet(host, "worker-1");
        await Eventually.True(() => k.Kubernetes.Node("worker-1").ReadyStatus == "True", "the node is there");

        var plan = await Plan(host, k.Fleet.Name);

        Assert.Equal($"it is in service: container manager '{k.Manager}' has its node 'worker-1'", plan["adopted"]);
        Assert.Equal((k.Manager, "labelled", "[]"), (plan["container_manager"], plan["node"], plan["steps"]));
        Assert.False(k.Kubernetes.Node("worker-1").Labels.ContainsKey("commissaire.io/cluster"));
    }

    [Fact]
    public async Task A_dry_run_of_a_host_that_cannot_be_reached_says_why_and_keeps_nothing()
    {
        var host = await fixture.AddHost(LabOs.Debian);
        host.Break(LabFault.Locked);
        var plan = (await Server.Put(
            $"/host/{host.Address}?dry_run=true", new { ssh_priv_key = fixture.Lab.PrivateKeyBase64, port = 1 })).Ok();
        Assert.StartsWith($"investigation: cannot connect to {host.Address} port 1:", plan["problem"], StringComparison.Ordinal);
        Assert.Equal(404, (await Server.Get($"/host/{host.Address}")).Code);
    }

    [Fact]
    public async Task A_dry_run_of_a_restart_has_the_order_the_commands_and_the_pods_that_stay()
    {
        await using var k = await KubernetesFleet.Create(fixture, 3);
        k.AddPods();
        k.Kubernetes.AddBudget("demo", "web", KubernetesFleet.Web, minAvailable: "3");
        await Eventually.True(() => k.Kubernetes.Pods.Length == 3, "the pods run");

        var plan = (await Server.Put(
            $"{k.Fleet.Path}/restart?dry_run=true", new { max_unavailable = "50%", exclude = new[] { k.Fleet.Addresses[1] } })).Ok();

        Assert.Equal(("2 of 2 hosts done", "[]"), (plan["reason"], plan["unavailable"]));
        Assert.Equal(1, plan.Json.GetProperty("options").GetProperty("max_unavailable_hosts").GetInt32());
        var hosts = plan.Json.GetProperty("hosts").EnumerateArray().ToList();
        Assert.Equal([k.Fleet.Addresses[0], k.Fleet.Addresses[2]], hosts.Select(h => $"{h.GetProperty("address")}"));
        Assert.Equal([1, 2], hosts.Select(h => h.GetProperty("place").GetInt32()));
        var steps = hosts[0].GetProperty("steps").EnumerateArray().ToDictionary(
            s => $"{s.GetProperty("step")}", s => $"{s.GetProperty("command")}");
        Assert.Equal("systemctl reboot", steps["reboot"]);
        Assert.Equal("", steps["drain"]);
        var pod = Assert.Single(hosts[0].GetProperty("pods").EnumerateArray());
        Assert.Equal("web-0", $"{pod.GetProperty("name")}");
        Assert.Contains("disruption budget", $"{pod.GetProperty("refusal")}", StringComparison.Ordinal);

        Assert.Equal("[]", (await Server.Get($"{k.Fleet.Path}/operations")).Ok().Body);
        Assert.All(k.Fleet.Hosts, host => Assert.Equal(1, host.Boots));
        Assert.Equal(3, k.Kubernetes.Pods.Length);
    }

    [Fact]
    public async Task Only_the_chosen_hosts_have_a_turn()
    {
        var fleet = await Fleet.Create(fixture, 3);
        Assert.Equal(400, (await Server.Put($"{fleet.Path}/restart", new { hosts = new[] { "10.9.9.9" } })).Code);
        Assert.Equal(400, (await Server.Put($"{fleet.Path}/restart?dry_run=yes")).Code);
        var over = await fleet.Run("restart", new { hosts = new[] { fleet.Addresses[2], fleet.Addresses[0] } });
        Assert.Equal(("finished", "2 of 2 hosts done"), (over["status"], over["reason"]));
        Assert.Equal([2, 1, 2], fleet.Hosts.Select(host => host.Boots));
    }

    [Theory]
    [InlineData("fedora", "/etc/sysconfig/docker")]
    [InlineData("debian", "/etc/default/docker")]
    public async Task A_released_host_has_its_files_back(string os, string file)
    {
        var host = await fixture.AddHost(LabOs.Parse(os));
        Write(host, file, "OPTIONS=\"--mine\"\n");
        var before = AdoptingTests.Files(host, units: false);
        await fixture.Register(host);
        await fixture.WaitFor(host, "disassociated");
        Assert.NotEqual(before, AdoptingTests.Files(host, units: false));
        var bootstrapped = ServerFixture.Commands(host);

        var released = (await Server.Send(HttpMethod.Post, $"/host/{host.Address}/release", new { restore = true })).Ok();

        Assert.Contains(released.Json.GetProperty("files").EnumerateArray(), line => $"{line}" == $"restored {file}");
        Assert.Equal(before, AdoptingTests.Files(host, units: false));
        Assert.Equal(bootstrapped, ServerFixture.Commands(host));
        Assert.Equal(404, (await Server.Get($"/host/{host.Address}")).Code);
        Assert.Contains("released", await fixture.History(host));
    }

    [Fact]
    public async Task A_file_that_was_changed_since_the_bootstrap_is_kept()
    {
        var host = await fixture.AddHost(LabOs.Debian);
        Write(host, "/etc/default/docker", "DOCKER_OPTS=--first\n");
        await fixture.Register(host);
        await fixture.WaitFor(host, "disassociated");
        Write(host, "/etc/default/docker", "DOCKER_OPTS=--since\n");

        var released = (await Server.Send(HttpMethod.Post, $"/host/{host.Address}/release", new { restore = true })).Ok();

        Assert.Contains(
            released.Json.GetProperty("files").EnumerateArray(),
            line => $"{line}".StartsWith("kept /etc/default/docker, which was changed since", StringComparison.Ordinal));
        Assert.Equal("DOCKER_OPTS=--since\n", ServerFixture.ReadFile(host, "/etc/default/docker"));
        Assert.Equal("DOCKER_OPTS=--first\n", ServerFixture.ReadFile(host, "/etc/default/docker.before-commissaire"));
    }

    private async Task<Reply> Plan(LabHost host, string? cluster = null) => (await Server.Put(
        $"/host/{host.Address}?dry_run=true", cluster is null
            ? new { ssh_priv_key = fixture.Lab.PrivateKeyBase64, port = host.Port }
            : (object)new { ssh_priv_key = fixture.Lab.PrivateKeyBase64, port = host.Port, cluster })).Ok();

    private static void Write(LabHost host, string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(host.FilePath(path))!);
        File.WriteAllText(host.FilePath(path), text);
    }

    private static void Install(LabHost host, string package) => File.WriteAllText(host.FilePath($"/var/lib/lab/packages/{package}"), "");
}
