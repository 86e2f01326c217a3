using Commissaire.Lab.Hosts;

namespace Commissaire.Acceptance.Tests;

public sealed class RunLimitsTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task Half_of_four_hosts_are_two_at_a_time_and_never_more()
    {
        var fleet = await Fleet.Create(fixture, 4);
        await using var feed = await EventFeed.Open(fixture.Server, $"?cluster={fleet.Name}");

        var over = await fleet.Run("restart", new { max_unavailable = "50%" });
        var heard = await feed.WaitFor(item => item is { Subject: "operation", Event: "finished" }, "the run is finished");

        var going = 0;
        var atATime = heard.Where(item => item.Subject == "operation")
            .Select(item => going += item.Event switch { "host-began" => 1, "host-succeeded" => -1, _ => 0 }).ToList();
        Assert.Equal(2, atATime.Max());
        Assert.Equal("finished", over["status"]);
        Assert.Equal(("50%", 2),
            ($"{over.Json.GetProperty("options").GetProperty("max_unavailable")}", over.Json.GetProperty("options")
            .GetProperty("max_unavailable_hosts").GetInt32()));
        Assert.All(fleet.Hosts, host => Assert.Equal(2, host.Boots));
    }

    [Fact]
    public async Task No_host_begins_after_as_many_have_failed_as_may()
    {
        var fleet = await Fleet.Create(fixture, Enumerable.Repeat(new LabHostOptions { Os = LabOs.Fedora }, 4));
        foreach (var bad in fleet.Hosts.Take(2))
        {
            bad.Script("dnf", new Behaviour { When = "update*", ExitCode = 1, Error = "Error: no\n" });
        }

        var over = await fleet.Run("upgrade", new { max_failures = 2, drain = false });

        Assert.Equal(("failed", "2 of 4 hosts failed; 2 never began"), (over["status"], over["reason"]));
        Assert.Equal(Fleet.AddressesOf(fleet.Hosts.Take(2)), Fleet.List(over, "failed"));
        Assert.Equal(Fleet.AddressesOf(fleet.Hosts.Skip(2)), Fleet.List(over, "waiting"));
        Assert.All(fleet.Hosts.Skip(2), host => Assert.DoesNotContain("dnf update -y", ServerFixture.Commands(host)));
    }

    [Fact]
    public async Task Fewer_failures_than_may_be_do_not_stop_a_run_and_fail_it_in_the_end()
    {
        var fleet = await Fleet.Create(fixture, 3);
        fleet.Hosts[0].Script("rpm-ostree", new Behaviour { When = "upgrade", ExitCode = 1, Error = "error: no\n" });

        var over = await fleet.Run("upgrade", new { max_failures = "100%", drain = false });

        Assert.Equal(("failed", "1 of 3 hosts failed"), (over["status"], over["reason"]));
        Assert.Equal(Fleet.AddressesOf(fleet.Hosts.Skip(1)), Fleet.List(over, "upgraded"));
    }

    [Fact]
    public async Task A_host_that_had_failed_before_counts_as_unavailable_and_goes_last()
    {
        var fleet = await Fleet.Create(fixture, 3);
        var ill = fleet.Hosts[0];
        await ill.Stop();
        await Eventually.Matches(() => fixture.Server.Get(fleet.Path), seen => seen.Json.GetProperty("hosts")
            .GetProperty("unavailable").GetInt32() == 1, "the cluster counts the unavailable host");

        await fleet.Start("restart", new { max_unavailable = 2 });
        await fleet.WaitForStep(ill, "preflight");
        await ill.Start();
        var over = await fleet.WaitForEnd();

        Assert.Equal("finished", over["status"]);
        Assert.Equal(
            ["begun", .. fleet.Addresses.Skip(1).Append(
                fleet.Addresses[0]).SelectMany(address => (string[])[$"host-began {address}", $"host-succeeded {address}"]), "finished"],
            await fleet.History());
        Assert.Equal([3, 2, 2], fleet.Hosts.Select(host => host.Boots));
    }

    [Fact]
    public async Task No_other_host_begins_within_the_soak_of_one_that_returned()
    {
        var fleet = await Fleet.Create(fixture, 2);

        var idle = new IdleTime();
        await fleet.Run("upgrade", new { soak = 2 });

        var times = (await fixture.Server.Get($"{fleet.Path}/operations/1/history")).Ok().Json.EnumerateArray()
            .ToLookup(entry => $"{entry.GetProperty("event")}", entry => DateTimeOffset.Parse($"{entry.GetProperty("at")}", null));
        Assert.True(times["host-began"].Last() - times["host-succeeded"].First() >= TimeSpan.FromSeconds(2));
        Assert.InRange(idle.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));
    }
}
