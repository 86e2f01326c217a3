using Commissaire.Lab.Hosts;

namespace Commissaire.Acceptance.Tests;

/// <summary>Upgrades and deployments on each distribution.</summary>
public sealed class UpgradingTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private static readonly string[] FromAptGet =
    [
        "apt-get -o DPkg::Lock::Timeout=10 -o APT::Update::Error-Mode=any update -q",
        "apt-get -o DPkg::Lock::Timeout=10 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold dist-upgrade -y -q",
    ];

    private static readonly Dictionary<LabOs, string[]> Words = new()
    {
        [LabOs.Fedora] = ["dnf update -y"],
        [LabOs.Rocky] = ["dnf update -y"],
        [LabOs.CentOs] = ["yum update -y"],
        [LabOs.CentOs7] = ["yum update -y"],
        [LabOs.Rhel] = ["yum update -y"],
        [LabOs.Debian] = FromAptGet,
        [LabOs.Ubuntu] = FromAptGet,
        [LabOs.Atomic] = ["rpm-ostree upgrade"],
    };

    private Server Server => fixture.Server;

    [Theory]
    [InlineData("root")]
    [InlineData("core")]
    public async Task An_upgrade_is_said_in_the_words_of_each_distribution_and_reboots_none_unasked(string user)
    {
        var fleet = await Fleet.Create(
            fixture, Words.Keys.Select(os => new LabHostOptions { Os = os, UpgradesNeedReboot = true }), user: user);
        var before = fleet.Hosts.Select(host => ServerFixture.Commands(host).Count).ToList();

        var over = await fleet.Run("upgrade", new { max_unavailable = "50%" });

        Assert.Equal("finished", over["status"]);
        Assert.Equal(fleet.Addresses, Fleet.List(over, "upgraded"));
        Assert.All(
            fleet.Hosts.Zip(before), host => Assert.Equal(Words[host.First.Os], ServerFixture.Commands(host.First).Skip(host.Second)));
        Assert.All(fleet.Hosts.Zip(before),
            host => Assert.All(host.First.Commands.Skip(host.Second),
            command => Assert.Equal(("root", user == "root" ? "" : user), (command.User, command.SudoUser))));
        Assert.All(fleet.Hosts, host => Assert.Equal(1, host.Boots));
        Assert.False(over.Json.TryGetProperty("restarted", out _) || over.Json.TryGetProperty("version", out _));
    }

    [Fact]
    public async Task A_reboot_if_needed_reboots_those_that_need_it_and_no_others()
    {
        LabOs[] all = [LabOs.Fedora, LabOs.CentOs, LabOs.CentOs7, LabOs.Debian];
        var fleet = await Fleet.Create(fixture,
        [
            .. all.SelectMany(
                os => (LabHostOptions[])[new LabHostOptions { Os = os, UpgradesNeedReboot = true }, new LabHostOptions { Os = os }]),
            new LabHostOptions { Os = LabOs.Atomic, Version = "42.1", LatestVersion = "42.2" },
            new LabHostOptions { Os = LabOs.Atomic, Version = "42.2", LatestVersion = "42.2" },
        ]);

        var over = await fleet.Run("upgrade", new { reboot = "if-needed", max_unavailable = "50%" });

        Assert.Equal("finished", over["status"]);
        Assert.Equal(fleet.Addresses, Fleet.List(over, "upgraded"));
        foreach (var kind in fleet.Hosts.GroupBy(host => host.Os))
        {
            Assert.Equal([1, 2], kind.Select(host => host.Boots).Order());
        }

        Assert.All(fleet.Hosts.Where(host => host.Os == LabOs.Atomic), host => Assert.Equal("42.2", host.Version));
        foreach (var host in fleet.Hosts)
        {
            Assert.Equal(host.Boots == 1, (await fleet.TurnHistory(host)).Contains("no reboot is needed"));
            Assert.Equal("ok", await fleet.NodeStatus(host));
        }
    }

    [Fact]
    public async Task A_deployment_is_for_ostree_hosts_and_the_others_are_skipped_with_a_reason()
    {
        var fleet = await Fleet.Create(fixture, ((LabOs[])[LabOs.Atomic, LabOs.Fedora, LabOs.CentOs, LabOs.Debian, LabOs.Atomic])
            .Select(os => new LabHostOptions { Os = os }));
        var (ostree, others) = (
            fleet.Hosts.Where(host => host.Os == LabOs.Atomic).ToList(), fleet.Hosts.Where(host => host.Os != LabOs.Atomic).ToList());
        var before = others.Select(host => ServerFixture.Commands(host).Count).ToList();

        var over = await fleet.Run("deploy", new { version = "43.20250601.0", reboot = "always" });

        Assert.Equal(("finished", "2 of 5 hosts done, 3 skipped", "43.20250601.0"), (over["status"], over["reason"], over["version"]));
        Assert.Equal(Fleet.AddressesOf(ostree), Fleet.List(over, "deployed"));
        Assert.Equal(Fleet.AddressesOf(others), Fleet.List(over, "skipped"));
        Assert.Empty(Fleet.List(over, "in_process"));
        Assert.All(ostree, host => Assert.Equal((2, "43.20250601.0"), (host.Boots, host.Version)));
        Assert.All(
            ostree, host => Assert.Equal(1, ServerFixture.Commands(host).Count(command => command == "rpm-ostree deploy 43.20250601.0")));
        Assert.All(others,
            host => Assert.Equal(
                ("skipped", "", $"deploy is for hosts whose system is an image (bootc or rpm-ostree); this one runs {host.Os.Name}"),
                Fleet.Result(over, host)));
        Assert.All(
            others.Zip(before), host => Assert.Equal((1, host.Second), (host.First.Boots, ServerFixture.Commands(host.First).Count)));
    }

    [Fact]
    public async Task A_deployment_without_a_reboot_is_staged_for_the_next_one()
    {
        var fleet = await Fleet.Create(fixture, 1);
        var (host, before) = (fleet.Hosts[0], fleet.Hosts[0].Version);

        await fleet.Run("deploy", new { version = "43.1" });
        Assert.Equal((1, before), (host.Boots, host.Version));
        await fleet.Run("restart");
        Assert.Equal((2, "43.1"), (host.Boots, host.Version));
    }

    [Fact]
    public async Task A_deployment_where_no_host_can_is_refused()
    {
        var fleet = await Fleet.Create(fixture, [new LabHostOptions { Os = LabOs.Debian }]);

        var answer = await Server.Put($"{fleet.Path}/deploy", new { version = "43.1" });

        Assert.Equal(409, answer.Code);
        Assert.Contains("ostree", answer.Body, StringComparison.Ordinal);
        Assert.Equal("[]", (await Server.Get($"{fleet.Path}/operations")).Body);
    }

    [Theory]
    [InlineData("deploy", "{}", "version")]
    [InlineData("deploy", """{"version": 43}""", "version")]
    [InlineData("deploy", """{"version": "--reboot"}""", "version")]
    [InlineData("deploy", """{"version": "43; reboot"}""", "version")]
    [InlineData("upgrade", """{"version": "43.1"}""", "version")]
    [InlineData("restart", """{"reboot": "always"}""", "reboot")]
    [InlineData("upgrade", """{"reboot": "sometimes"}""", "reboot")]
    [InlineData("restart", """{"on_failure": "rollback"}""", "on_failure")]
    [InlineData("upgrade", """{"on_failure": "retry"}""", "on_failure")]
    [InlineData("restart", """{"max_unavailable": 0}""", "max_unavailable")]
    [InlineData("restart", """{"max_unavailable": "101%"}""", "max_unavailable")]
    [InlineData("restart", """{"max_failures": -1}""", "max_failures")]
    [InlineData("restart", """{"max_failures": "half"}""", "max_failures")]
    [InlineData("restart", """{"drain": "yes"}""", "drain")]
    [InlineData("restart", """{"drain_timeout": 0}""", "drain_timeout")]
    [InlineData("restart", """{"on_drain_timeout": "wait"}""", "on_drain_timeout")]
    [InlineData("restart", """{"timeout": 86401}""", "timeout")]
    [InlineData("restart", """{"soak": -1}""", "soak")]
    [InlineData("restart", """{"name": "another"}""", "name")]
    public async Task An_option_that_is_none_is_refused_by_its_name(string verb, string body, string field)
    {
        var cluster = await fixture.AddCluster();

        var answer = await Server.Put($"/cluster/{cluster}/{verb}", System.Text.Json.JsonDocument.Parse(body).RootElement);

        Assert.Equal(400, answer.Code);
        Assert.Contains(field, answer.Json.GetProperty("detail").ToString(), StringComparison.Ordinal);
        Assert.Equal("[]", (await Server.Get($"/cluster/{cluster}/operations")).Body);
    }
}
