using Commissaire.Lab.Hosts;

namespace Commissaire.Acceptance.Tests;

/// <summary>SIGKILL while a host runs a command, which logs its start and hangs the first time.</summary>
public sealed class KilledWhileBootstrappingTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    // First in PATH. Hangs once for each set of arguments, and then runs the real command.
    private const string HangsOnce = """
        #!/bin/sh
        echo "${0##*/} $*" >>/var/log/hung
        if mkdir "/var/lib/lab/used/$(echo "${0##*/} $*" | tr ' /' '__')" 2>/dev/null; then exec sleep 2147483647; fi
        exec /usr/bin/${0##*/} "$@"

        """;

    [Theory]
    [InlineData("root")]
    [InlineData("core")]
    public async Task A_kill_in_every_step_neither_skips_nor_repeats_another(string user)
    {
        var cluster = await fixture.AddManagedCluster();
        var host = await fixture.AddHost();
        Hang(host, "getconf", "mv");
        string[] steps = ["install -y flannel", "install -y docker", "restart flanneld", "restart docker"];
        foreach (var step in steps)
        {
            host.Script(step.StartsWith("install", StringComparison.Ordinal) ? "dnf"
                : "systemctl", new Behaviour { When = step, Times = 1, Hangs = true });
        }

        await fixture.Register(host, cluster, user);
        await KillAt(() => Hung(host).Contains("getconf _NPROCESSORS_ONLN"), "it is being investigated");
        await KillAt(() => Count(host, "dnf install -y flannel") == 1, "install-flannel");
        await KillAt(() => Count(host, "dnf install -y docker") == 1, "install-docker");
        await KillAt(() => Hung(host).Any(line => line.EndsWith("/flanneld", StringComparison.Ordinal)), "configure-flannel");
        await KillAt(() => Hung(host).Any(line => line.EndsWith("/docker", StringComparison.Ordinal)), "configure-docker");
        await KillAt(() => Count(host, "systemctl restart flanneld") == 1, "start-flannel");
        await KillAt(() => Count(host, "systemctl restart docker") == 1, "start-docker");
        await fixture.WaitFor(host, "active");

        string[] flannel = ["systemctl enable flanneld", "systemctl restart flanneld"];
        string[] docker = ["systemctl enable docker", "systemctl restart docker"];
        Assert.Equal(
            ["dnf install -y flannel", "dnf install -y flannel", "dnf install -y docker", "dnf install -y docker", .. flannel, .. flannel,
                .. docker, .. docker],
            ServerFixture.Commands(host));
        Assert.Equal(2, Hung(host).Count(line => line.EndsWith("/flanneld", StringComparison.Ordinal)));
        Assert.Equal(2, Hung(host).Count(line => line.EndsWith("/docker", StringComparison.Ordinal)));
        var history = await fixture.History(host);
        Assert.Equal(6, history.Count(name => name == "bootstrap-step-started"));
        Assert.Equal(6, history.Count(name => name == "bootstrap-step-finished"));
        Assert.Equal(1, history.Count(name => name == "bootstrapped"));
        Assert.DoesNotContain("failed", history);
    }

    [Fact]
    public async Task A_step_interrupted_by_a_kill_runs_twice_and_the_result_is_that_of_once()
    {
        LabHost[] hosts = [await fixture.AddHost(LabOs.Debian), await fixture.AddHost(LabOs.Debian)];
        Hang(hosts[1], "mv");

        await fixture.Register(hosts[0]);
        await fixture.WaitFor(hosts[0], "disassociated");
        await fixture.Register(hosts[1]);
        await KillAt(() => Hung(hosts[1]).Length == 1, "the first file is being written");
        await KillAt(() => Hung(hosts[1]).Length == 3, "the second file is being written");
        await fixture.WaitFor(hosts[1], "disassociated");

        Assert.Equal(ServerFixture.Commands(hosts[0]), ServerFixture.Commands(hosts[1]));
        foreach (var file in (string[])["/etc/default/flanneld", "/etc/default/docker"])
        {
            Assert.Equal(ServerFixture.ReadFile(hosts[0], file), ServerFixture.ReadFile(hosts[1], file));
            Assert.Equal(ServerFixture.FileMode(hosts[0], file), ServerFixture.FileMode(hosts[1], file));
        }

        Assert.Equal(Files(hosts[0]), Files(hosts[1]));

        static IEnumerable<string?> Files(LabHost host) =>
            Directory.EnumerateFiles(host.FilePath("/etc/default")).Select(Path.GetFileName).Order();
    }

    private async Task KillAt(Func<bool> underWay, string what)
    {
        await Eventually.True(underWay, what);
        await fixture.Server.KillAndStart();
    }

    private static int Count(LabHost host, string command) => ServerFixture.Commands(host).Count(each => each == command);

    private static void Hang(LabHost host, params string[] commands)
    {
        foreach (var command in commands)
        {
            var path = host.FilePath($"/usr/local/bin/{command}");
            File.WriteAllText(path, HangsOnce);
            File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        }
    }

    private static string[] Hung(LabHost host) =>
        File.Exists(host.FilePath("/var/log/hung")) ? File.ReadAllLines(host.FilePath("/var/log/hung")) : [];
}
