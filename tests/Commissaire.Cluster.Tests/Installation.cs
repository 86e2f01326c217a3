using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Commissaire.Acceptance.Tests;
using Commissaire.Lab.Databases;

namespace Commissaire.Cluster.Tests;

/// <summary>Server processes with one database and one key file, each with its own data directory, and a lab.</summary>
public sealed class Installation : ServerFixture
{
    private readonly List<Acceptance.Tests.Server> _servers = [];
    private readonly string _keys = JsonSerializer.Serialize(
        new { keys = new[] { new { id = "k1", key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)) } } });

    public PrivatePostgres Postgres { get; private set; } = null!;

    /// <summary>The connection string of the database.</summary>
    public string Database { get; private set; } = "";

    public IReadOnlyList<Acceptance.Tests.Server> Servers => _servers;

    public override async Task InitializeAsync()
    {
        // The server of the base class uses SQLite.
        await Server.DisposeAsync();
        Postgres = await PrivatePostgres.Start();
        Lab = await StartLab();
        await StartNew(3);
    }

    /// <summary>Creates a new database and starts a number of processes on it at once.</summary>
    public async Task StartNew(int processes)
    {
        await StopAll();
        Database = await Postgres.Database();
        _servers.AddRange(Enumerable.Range(0, processes).Select(_ => New()));
        await Task.WhenAll(_servers.Select(s => s.Start()));
        if (processes > 0)
        {
            UseServer(_servers[0]);
        }
    }

    /// <summary>Creates one more process without starting it.</summary>
    /// <param name="keys">The content of its key file; the key of the installation if null.</param>
    /// <param name="arguments">Additional arguments.</param>
    public Acceptance.Tests.Server New(string? keys = null, params string[] arguments) =>
        AddKeyFile(new Acceptance.Tests.Server(["--database", Database, .. arguments]), keys);

    /// <summary>Writes the key file of a process.</summary>
    public Acceptance.Tests.Server AddKeyFile(Acceptance.Tests.Server server, string? keys = null)
    {
        Directory.CreateDirectory(server.DataDirectory);
        File.WriteAllText(Path.Combine(server.DataDirectory, "secret.keys"), keys ?? _keys);
        return server;
    }

    /// <summary>Creates one more process with a shared data directory and without configured users, without starting it.</summary>
    public Acceptance.Tests.Server NewIn(string directory)
    {
        var server = new Acceptance.Tests.Server("--database", Database) { HasUsers = false };
        Directory.CreateSymbolicLink(server.DataDirectory, directory);
        return server;
    }

    /// <summary>Waits until every process is up and sees all others.</summary>
    public async Task WaitForAllMembers()
    {
        await Eventually.Matches(async () => await Members(), members => members.All(m => m == _servers.Count),
            $"each of {_servers.Count} processes sees {_servers.Count} members");
    }

    /// <summary>How many members each process sees.</summary>
    public async Task<IReadOnlyList<int>> Members() => await Task.WhenAll(_servers.Select(async s =>
        await TryGet(s, "/processes") is { Code: 200 } seen
            ? seen.Json.EnumerateArray().Count(p => p.GetProperty("status").ToString() == "up") : 0));

    /// <summary>The oldest process, which runs the shard coordinators.</summary>
    public async Task<Acceptance.Tests.Server> Oldest()
    {
        var oldest = (await _servers[0].Get("/processes")).Ok().Json.EnumerateArray().First().GetProperty("address").ToString();
        foreach (var server in _servers)
        {
            if ((await server.Get("/processes")).Ok().Json.EnumerateArray()
                .Any(p => p.GetProperty("self").GetBoolean() && p.GetProperty("address").ToString() == oldest))
            {
                return server;
            }
        }

        throw new InvalidOperationException($"Nobody is {oldest}.");
    }

    /// <summary>Reads from a process that may not listen: then the code is 0.</summary>
    public static async Task<Reply> TryGet(Acceptance.Tests.Server server, string path)
    {
        try
        {
            return await server.Get(path);
        }
        catch (HttpRequestException e)
        {
            return new Reply(0, e.Message);
        }
    }

    /// <summary>Sends a signal such as <c>STOP</c>.</summary>
    public static async Task Signal(Acceptance.Tests.Server server, string signal)
    {
        using var kill = Process.Start("/bin/kill", [$"-{signal}", server.ProcessId.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    public override async Task DisposeAsync()
    {
        await StopAll();
        await Lab.DisposeAsync();
        await Postgres.DisposeAsync();
    }

    private async Task StopAll()
    {
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }

        var refused = _servers.SelectMany(server => server.Output.Split('\n'))
            .Where(line => line.Contains("Deserialization failed", StringComparison.Ordinal)).ToList();
        _servers.Clear();

        // Processes read only the messages that they are known to send each other: none of them may be missing.
        Assert.Empty(refused);
    }
}
