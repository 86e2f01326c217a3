using System.Net;
using Commissaire.Lab;

namespace Commissaire.Acceptance.Tests;

public sealed class EventsTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private Server Server => fixture.Server;

    [Fact]
    public async Task A_stream_opened_before_a_restart_hears_all_of_it_in_order()
    {
        var fleet = await Fleet.Create(fixture, 2);
        await using var feed = await EventFeed.Open(Server);

        await fleet.Run("restart");
        var heard = await feed.WaitFor(item => item is { Subject: "operation", Event: "finished" }, "the run is finished");

        Assert.Equal(
            ["begun", "host-began", "host-succeeded", "host-began", "host-succeeded", "finished"],
            heard.Where(item => item.Subject == "operation" && item.Name == $"{fleet.Name}/1").Select(item => item.Event));
        foreach (var host in fleet.Hosts)
        {
            Assert.Equal(
                ["preflight", "cordon", "drain", "reboot", "wait-for-reboot", "node-ready", "uncordon"],
                heard.Where(item => item.Name == $"{host.Address}" && item.Event == "turn-step-finished").Select(
                    item => item.Summary["finished ".Length..]));
        }

        Assert.All(heard, item => Assert.Equal(item.Subject, item.Type));
        Assert.Equal(heard.Select(item => long.Parse(item.Id, null)).Order().Distinct(), heard.Select(item => long.Parse(item.Id, null)));
    }

    [Fact]
    public async Task A_stream_taken_up_where_it_was_left_misses_nothing_even_over_a_kill()
    {
        var fleet = await Fleet.Create(fixture, 2);
        await using var whole = await EventFeed.Open(Server);
        using var away = fleet.Hosts[1].HoldReboot();

        await fleet.Start("restart");
        var first = await whole.WaitFor(item => item.Event == "host-succeeded", "the first host is done");
        await fleet.WaitForStep(fleet.Hosts[1], "wait-for-reboot");
        await Server.KillAndStart();
        await whole.End.WaitAsync(WaitLimit.Value);
        await using var rest = await EventFeed.Open(Server, lastEventId: first[^1].Id);
        away.Dispose();
        await fleet.WaitForEnd();
        await using var again = await EventFeed.Open(Server, lastEventId: $"{long.Parse(first[0].Id, null) - 1}");
        var all = (await again.WaitFor(item => item is { Subject: "operation", Event: "finished" }, "the end of the run, again")).TakeWhile(
            item => item.Event != "finished");
        var after = (await rest.WaitFor(item => item is { Subject: "operation", Event: "finished" }, "the end of the run")).TakeWhile(
            item => item.Event != "finished");

        Assert.Equal(all, [.. first, .. after]);
    }

    [Fact]
    public async Task A_stream_that_is_lost_before_anything_happened_can_be_taken_up_too()
    {
        var fleet = await Fleet.Create(fixture, 1);
        string? place;
        await using (var lost = await EventFeed.Open(Server, $"?cluster={fleet.Name}"))
        {
            await Eventually.True(() => lost.LastId is not null, "the stream sends its first id");
            place = lost.LastId;
        }

        await fleet.Run("restart");
        await using var rest = await EventFeed.Open(Server, $"?cluster={fleet.Name}", lastEventId: place);

        var heard = await rest.WaitFor(item => item is { Subject: "operation", Event: "finished" }, "the end of the run");
        Assert.Equal("begun", heard.First(item => item.Subject == "operation").Event);
    }

    [Fact]
    public async Task A_stream_of_a_cluster_hears_of_it_and_its_members_only()
    {
        var (fleet, other) = (await Fleet.Create(fixture, 1), await Fleet.Create(fixture, 1));
        await using var feed = await EventFeed.Open(Server, $"?cluster={fleet.Name}");

        await other.Run("upgrade");
        await fleet.Run("upgrade");
        var heard = await feed.WaitFor(item => item is { Subject: "cluster", Event: "run-ended" }, "the run has ended");

        Assert.Subset(
            new HashSet<string> { fleet.Name, $"{fleet.Name}/1", fleet.Addresses[0] }, heard.Select(item => item.Name).ToHashSet());
        Assert.Contains(heard, item => item.Subject == "host");
        using var unknown = await Server.Open("/events?cluster=nowhere");
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("99999999999999999999")]
    public async Task An_id_that_is_none_is_refused(string id)
    {
        using var answer = await Server.Open("/events", id);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains("Last-Event-ID", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_told_to_stop_does_so_although_streams_are_open()
    {
        await using var server = new Server();
        await server.Start();
        await using var feed = await EventFeed.Open(server);
        await using var another = await EventFeed.Open(server);

        var (exitCode, idle) = await server.Terminate();

        await Task.WhenAll(feed.End, another.End).WaitAsync(WaitLimit.Value);
        Assert.Equal(0, exitCode);
        Assert.InRange(idle, TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }
}
