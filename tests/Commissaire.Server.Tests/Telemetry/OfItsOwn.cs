using System.Text.Json.Nodes;
using Commissaire.Server.Tests.Running;
using Microsoft.Data.Sqlite;

namespace Commissaire.Server.Tests.Telemetry;

/// <summary>Metrics of servers with other settings, or in trouble.</summary>
public sealed class OfItsOwn
{
    private readonly string _data = RunningServer.NewDataDirectory();

    [Fact]
    public async Task Anonymous_metrics_open_no_other_path()
    {
        await using var server = await RunningServer.Start(_data, new ScriptedShell(), new JsonObject { ["metrics_anonymous"] = true });
        Assert.Equal(200, (int)(await server.Send("GET ~/metrics", null, null)).Status);
        Assert.Equal(200, (int)(await server.Send("GET ~//metrics/", null, null)).Status);
        foreach (var line in new[] { "GET ~/metrics/x", "GET ~/metricsx", "GET /hosts", "GET ~/openapi/v1.json" })
        {
            Assert.Equal(403, (int)(await server.Send(line, null, null)).Status);
        }
    }

    [Fact]
    public async Task Each_of_several_servers_in_a_process_exports_its_own()
    {
        await using var one = await RunningServer.Start(_data, new ScriptedShell());
        await using var other = await RunningServer.Start(RunningServer.NewDataDirectory(), new ScriptedShell());
        await one.Register("10.5.1.1");
        await one.Becomes("10.5.1.1", "disassociated");
        await Eventually.Is(() => Scraped.From(one), s => s["commissaire_hosts{status=\"disassociated\"}"] == 1, "the host is counted");
        var scraped = await Scraped.From(other);
        Assert.Equal((0, 0), (scraped["commissaire_hosts{status=\"disassociated\"}"], scraped["commissaire_entities{kind=\"host\"}"]));
    }

    [Fact]
    public async Task Without_the_database_only_the_fleet_is_left_out()
    {
        await using var server = await RunningServer.Start(_data, new ScriptedShell());
        Assert.Equal(0, (await Scraped.From(server))["commissaire_hosts{status=\"active\"}"]);
        Execute("ALTER TABLE directory RENAME TO away");
        var without = await Eventually.Is(
            () => Scraped.From(server), s => s["commissaire_hosts{status=\"active\"}"] is null, "the fleet is left out");
        Assert.DoesNotContain(without.Series, s => s.StartsWith("commissaire_hosts", StringComparison.Ordinal));
        Assert.DoesNotContain(without.Series, s => s.StartsWith("commissaire_operations", StringComparison.Ordinal));
        Assert.Equal(1, without["commissaire_process_member"]);
        Execute("ALTER TABLE away RENAME TO directory");
        await Eventually.Is(() => Scraped.From(server), s => s["commissaire_hosts{status=\"active\"}"] == 0, "the fleet is shown again");
    }

    private void Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(_data, "commissaire.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
