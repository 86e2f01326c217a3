using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Commissaire.Lab.Databases;

/// <summary>A real PostgreSQL of one's own: a data directory that is gone afterwards, on a loopback port, run by a user without rights.</summary>
public sealed class PrivatePostgres : IAsyncDisposable
{
    private const string Owner = "postgres";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("commissaire-postgres-");
    private readonly int _port = FreePort();
    private int _databases;

    private readonly string _address;

    private PrivatePostgres(string address) => _address = address;

    private static string Limit => WaitLimit.Value.TotalSeconds.ToString(CultureInfo.InvariantCulture);

    private string Data => Path.Combine(_directory.FullName, "data");

    /// <summary>Makes it and starts it.</summary>
    /// <param name="address">Where it listens: an address of this machine.</param>
    public static async Task<PrivatePostgres> Start(string address = "127.0.0.1")
    {
        var made = new PrivatePostgres(address);
        await Run("chown", Owner, made._directory.FullName);
        await AsOwner("initdb", "-D", made.Data, "-U", "commissaire", "--auth=trust", "-E", "UTF8", "--locale=C");
        await File.AppendAllTextAsync(Path.Combine(made.Data, "pg_hba.conf"), "host all all samenet trust\n");
        await made.StartAgain();
        return made;
    }

    /// <summary>Starts it after it was stopped.</summary>
    public Task StartAgain() => AsOwner(
        "pg_ctl", "-D", Data, "-l", Path.Combine(_directory.FullName, "log"), "-w", "-t", Limit, "-o",
        string.Create(CultureInfo.InvariantCulture, $"-p {_port} -k {_directory.FullName} -c listen_addresses={_address} -c max_connections=300"), "start");

    /// <summary>Stops it as a crash would: whatever is under way is cut off.</summary>
    public Task Crash() => AsOwner("pg_ctl", "-D", Data, "-m", "immediate", "-w", "-t", Limit, "stop");

    /// <summary>A new, empty database; what a server is given to open it.</summary>
    public async Task<string> Database()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"c{Interlocked.Increment(ref _databases)}");
        await Execute(Connection("postgres"), $"CREATE DATABASE {name}");
        return Connection(name);
    }

    /// <summary>Executes a statement; its first value.</summary>
    public static async Task<object?> Execute(string database, string sql)
    {
        await using var source = NpgsqlDataSource.Create(database);
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await Crash();
        _directory.Delete(recursive: true);
    }

    private string Connection(string database) => string.Create(CultureInfo.InvariantCulture, $"Host={_address};Port={_port};Username=commissaire;Database={database}");

    private static Task AsOwner(string program, params string[] arguments) => Run("setpriv", [$"--reuid={Owner}", $"--regid={Owner}", "--clear-groups", Find(program), .. arguments]);

    // Debian keeps the server's programs beside each other by version, not in the PATH.
    private static string Find(string program) =>
        (Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql") : [])
            .OrderByDescending(version => version, StringComparer.Ordinal).Select(version => Path.Combine(version, "bin", program)).FirstOrDefault(File.Exists) ?? program;

    // Whoever starts a server keeps its output open: it goes nowhere, and not to the tests.
    private static async Task Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", """log=$1; shift; exec "$@" >"$log" 2>&1 </dev/null""", "sh", "/dev/null", program, .. arguments])
        {
            WorkingDirectory = "/",
        })!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new LabException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}. PostgreSQL's own programs must be there (package postgresql).");
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
