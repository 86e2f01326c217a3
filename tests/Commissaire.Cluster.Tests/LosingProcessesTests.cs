using System.Diagnostics;
using Commissaire.Acceptance.Tests;
using Commissaire.Lab.Hosts;

namespace Commissaire.Cluster.Tests;

/// <summary>Runs, acknowledged changes and requests survive the loss of a process.</summary>
public sealed class LosingProcessesTests(Installation installation) : IClassFixture<Installation>, IAsyncLifetime
{
    private static readonly TimeSpan IdleLimit = TimeSpan.FromSeconds(15);

    // Longer than every lease and request timeout.
    private static readonly TimeSpan Sleep = TimeSpan.FromSeconds(60);

    public Task InitializeAsync() => installation.StartNew(3);

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_run_goes_on_by_itself_when_a_process_is_killed(bool oldest)
    {
        await installation.WaitForAllMembers();
        var lost = await installation.Oldest();
        lost = oldest ? lost : installation.Servers.First(s => s != lost);
        installation.UseServer(installation.Servers.First(s => s != lost));
        var fleet = await Fleet.Create(installation, 4);
        foreach (var host in fleet.Hosts)
        {
            host.NextReboot = new Reboot { Away = TimeSpan.FromSeconds(1) };
        }

        using var away = fleet.Hosts[0].HoldReboot();
        await fleet.Start("restart", new { max_unavailable = 2 });
        await fleet.WaitForStep(fleet.Hosts[0], "wait-for-reboot");
        await lost.Kill();
        away.Dispose();
        var idle = new IdleTime();
        foreach (var path in (string[])[fleet.Path, $"{fleet.Path}/operations/1", .. fleet.Addresses.Select(address => $"/host/{address}")])
        {
            await Eventually.Matches(() => Asked(path), seen => seen.Code == 200, $"{path} answers again");
        }

        var answered = idle.Elapsed;
        var over = await Over(fleet);

        Assert.Equal(("finished", "4 of 4 hosts done"), (over["status"], over["reason"]));
        Assert.All(fleet.Hosts, host => Assert.Equal(2, host.Boots));
        Assert.All(fleet.Hosts, host => Assert.Single(host.Commands, command => command.ToString() == "systemctl reboot"));
        Assert.InRange(await MostAtOnce(fleet), 1, 2);
        Assert.True(answered < IdleLimit, $"answered after {answered} without work");
    }

    [Fact]
    public async Task What_was_acknowledged_by_a_process_that_is_killed_is_known_to_the_others()
    {
        await installation.WaitForAllMembers();
        var lost = installation.Servers[2];
        var acknowledged = new List<string>();
        for (var i = 0; i < 50; i++)
        {
            (await lost.Put($"/cluster/a{i}")).Ok();
            acknowledged.Add($"a{i}");
        }

        await lost.Kill();

        Assert.Empty(acknowledged.Except((await installation.Server.Get("/clusters")).Names));
        foreach (var name in acknowledged)
        {
            await Eventually.Matches(() => Asked($"/cluster/{name}"), seen => seen.Code == 200, $"{name} answers");
        }
    }

    [Fact]
    public async Task A_process_that_slept_while_it_was_given_up_does_nothing_when_it_wakes_but_join_again()
    {
        await installation.WaitForAllMembers();
        var slept = await installation.Oldest();
        installation.UseServer(installation.Servers.First(s => s != slept));
        var fleet = await Fleet.Create(installation, 3);
        using var away = fleet.Hosts[0].HoldReboot();
        await fleet.Start("restart");
        await fleet.WaitForStep(fleet.Hosts[0], "wait-for-reboot");

        await Installation.Signal(slept, "STOP");
        away.Dispose();
        var since = Stopwatch.StartNew();
        var over = await Over(fleet);
        await Eventually.Matches(
            () => installation.Server.Get("/processes"), seen => seen.Json.GetArrayLength() == 2, "the suspended process was removed");
        await Eventually.True(() => since.Elapsed > Sleep, "the suspension was long enough");
        var told = fleet.Hosts.Select(host => ServerFixture.Commands(host).Count).ToList();
        await Installation.Signal(slept, "CONT");
        await installation.WaitForAllMembers();

        Assert.Equal("finished", over["status"]);
        Assert.All(fleet.Hosts, host => Assert.Equal(2, host.Boots));
        Assert.Equal(told, fleet.Hosts.Select(host => ServerFixture.Commands(host).Count));
        Assert.Contains("The other processes removed this process from the cluster", slept.Output, StringComparison.Ordinal);
        Assert.Equal(200, (await slept.Get(fleet.Path)).Code);
    }

    [Fact]
    public async Task A_database_that_crashes_in_the_middle_of_a_run_holds_it_up_and_no_more()
    {
        await installation.WaitForAllMembers();
        var fleet = await Fleet.Create(installation, 2);
        using var away = fleet.Hosts[0].HoldReboot();
        await fleet.Start("restart");
        await fleet.WaitForStep(fleet.Hosts[0], "wait-for-reboot");

        await installation.Postgres.Crash();
        away.Dispose();
        var meanwhile = await installation.Server.Put("/cluster/while-it-is-away");
        var metrics = await Eventually.Matches(
            () => installation.Server.Scrape(), seen =>
                !seen.Body.Contains("commissaire_hosts{", StringComparison.Ordinal), "the fleet is left out of the metrics");
        await installation.Postgres.StartAgain();
        await Eventually.Matches(
            () => installation.Server.Put("/cluster/when-it-is-back"), answer => answer.Code == 201, "writes work again");
        var over = await Over(fleet);

        Assert.Equal((503, 200), (meanwhile.Code, metrics.Code));
        Assert.Contains("commissaire_process_member{} ", metrics.Body, StringComparison.Ordinal);
        await Eventually.Matches(
            () => installation.Server.Scrape(), seen => seen.Body.Contains("commissaire_hosts{status=\"active\"}", StringComparison.Ordinal)
                && seen.Body.Contains("commissaire_operations{status=\"finished\",verb=\"restart\"}", StringComparison.Ordinal),
                "the fleet is counted again");
        Assert.Equal("finished", over["status"]);
        Assert.All(fleet.Hosts, host => Assert.Equal(2, host.Boots));
        await installation.WaitForAllMembers();
    }

    [Fact]
    public async Task All_processes_can_be_restarted_one_by_one_while_they_are_used()
    {
        await installation.WaitForAllMembers();
        await using var usage = Usage.Start(installation.Servers);
        foreach (var server in installation.Servers)
        {
            await usage.WaitForAnswers();
            Assert.Equal(0, (await server.Terminate()).ExitCode);
            await usage.WaitForAnswers();
            await server.Start();
        }

        await usage.AssertUninterrupted(restarts: installation.Servers.Count);
        await installation.WaitForAllMembers();
    }

    // The largest number of hosts in turn at the same time, from the history of the run.
    private async Task<int> MostAtOnce(Fleet fleet)
    {
        var story = await Eventually.Matches(
            () => Asked($"{fleet.Path}/operations/1/history"), seen => seen.Code == 200, "the run has a history");
        var (now, most) = (0, 0);
        foreach (var entry in story.Json.EnumerateArray())
        {
            now += entry.GetProperty("event").ToString() switch
            {
                "host-began" => 1,
                "host-succeeded" or "host-skipped" or "host-failed" => -1,
                _ => 0,
            };
            most = Math.Max(most, now);
        }

        Assert.Equal(0, now);
        return most;
    }

    // While entities move, requests may get 503.
    private Task<Reply> Over(Fleet fleet) =>
        Eventually.Matches(
            () => Asked($"{fleet.Path}/operations/1"), seen => seen.Code == 200 && seen["status"] != "in_process", "the run is over");

    private Task<Reply> Asked(string path) => Installation.TryGet(installation.Server, path);
}
