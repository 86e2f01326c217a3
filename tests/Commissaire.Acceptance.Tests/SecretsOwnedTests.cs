using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Commissaire.Acceptance.Tests;

/// <summary>The secret store contains the keys of registered hosts, and nothing else.</summary>
public sealed class SecretsOwnedTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    private Server Server => fixture.Server;

    [Fact]
    public async Task Registrations_whose_client_went_away_leave_nothing_behind()
    {
        await Task.WhenAll(Enumerable.Range(1, 60).Select(n => Abort($"192.0.2.{1 + (n % 20)}")));
        await Eventually.Matches(Counts, c => c.Keys == c.Hosts, "each host has one key");
        foreach (var host in (await Server.Get("/hosts")).Ok().Json.EnumerateArray().Select(h => h.GetProperty("address").ToString()))
        {
            (await Server.Delete($"/host/{host}")).Ok();
        }

        await Eventually.Matches(Counts, c => c is { Keys: 0, Hosts: 0 }, "the keys of deleted hosts are removed");
    }

    [Fact]
    public async Task A_kill_amid_registrations_leaves_no_key_without_a_host()
    {
        using var stop = new CancellationTokenSource();
        var answered = 0;
        var clients = Enumerable.Range(0, 8).Select(n => Task.Run(async () =>
        {
            for (var i = 0; i < 30 && !stop.IsCancellationRequested; i++)
            {
                try
                {
                    await Server.Put($"/host/198.51.100.{(n * 30) + i + 1}", Registration());
                    Interlocked.Increment(ref answered);
                }
                catch (HttpRequestException)
                {
                    return;
                }
            }
        })).ToList();
        await Eventually.True(() => answered > 40, "registrations are answered");
        await Server.Kill();
        await stop.CancelAsync();
        await Task.WhenAll(clients);

        await Server.Start();
        await Eventually.Matches(Counts, c => c.Keys == c.Hosts && c.Hosts >= 40, "each host has one key");
    }

    [Fact]
    public async Task A_host_does_not_fail_because_the_server_cannot_read_its_key()
    {
        var host = await fixture.AddHost();
        await fixture.Register(host);
        await fixture.WaitFor(host, "disassociated");
        await Execute("ALTER TABLE secret RENAME TO hidden");
        await Eventually.True(
            () => Server.Output.Split($"Host {host.Address} was not contacted").Length > 3, "several checks could not read the key");
        Assert.Equal("disassociated", (await Server.Get($"/host/{host.Address}")).Ok()["status"]);
        Assert.DoesNotContain("failed", await fixture.History(host));

        await Execute("ALTER TABLE hidden RENAME TO secret");
        var hidden = (await Server.Get($"/host/{host.Address}")).Ok()["last_check"];
        await fixture.WaitFor(host, seen => seen["last_check"] != hidden, "checked again");
    }

    private async Task Execute(string sql)
    {
        await using var database = new SqliteConnection(
            $"Data Source={Path.Combine(Server.DataDirectory, "commissaire.db")};Pooling=False;Default Timeout=300");
        await database.OpenAsync();
        await using var command = database.CreateCommand();
#pragma warning disable CA2100 // a constant
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
    }

    private Dictionary<string, object> Registration() => new() { ["ssh_priv_key"] = fixture.Lab.PrivateKeyBase64 };

    // Sends a registration, and closes the connection without reading the reply.
    private async Task Abort(string address)
    {
        var body = JsonSerializer.Serialize(Registration());
        var credentials = Convert.ToBase64String("a:a"u8);
        using var socket = new TcpClient(Server.Address, Server.Port);
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"PUT /api/v0/host/{address} HTTP/1.1\r\nHost: x\r\nAuthorization: Basic {credentials}\r\n"
            + $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}"));
        socket.Client.LingerState = new LingerOption(true, 0);
    }

    private async Task<(long Keys, int Hosts)> Counts()
    {
        await using var database = new SqliteConnection(
            $"Data Source={Path.Combine(Server.DataDirectory, "commissaire.db")};Mode=ReadOnly;Pooling=False");
        await database.OpenAsync();
        await using var command = database.CreateCommand();
        command.CommandText = "SELECT count(*) FROM secret";
        var keys = Convert.ToInt64(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
        return (keys, (await Server.Get("/hosts")).Ok().Json.GetArrayLength());
    }
}
