using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Commissaire.Lab.Databases;

/// <summary>A private PostgreSQL server with a temporary data directory, on a loopback port, run by an unprivileged user.</summary>
public sealed class PrivatePostgres : IAsyncDisposable
{
    private const string Owner = "postgres";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("commissaire-postgres-");
    private readonly int _port = FreePort();
    private int _databases;

    private readonly string _address;

    private PrivatePostgres(string address) => _address = address;

    private string Port => _port.ToString(CultureInfo.InvariantCulture);

    private static string Limit => WaitLimit.Value.TotalSeconds.ToString(CultureInfo.InvariantCulture);

    private string Data => Path.Combine(_directory.FullName, "data");

    /// <summary>Creates and starts a server.</summary>
    /// <param name="address">The address that it listens on.</param>
    public static async Task<PrivatePostgres> Start(string address = "127.0.0.1")
    {
        var made = new PrivatePostgres(address);
        await Run("chown", Owner, made._directory.FullName);
        await AsOwner("initdb", "-D", made.Data, "-U", "commissaire", "--auth=trust", "-E", "UTF8", "--locale=C");
        await File.AppendAllTextAsync(Path.Combine(made.Data, "pg_hba.conf"), "host all all samenet trust\n");
        await made.StartAgain();
        return made;
    }

    /// <summary>Starts the server again.</summary>
    public Task StartAgain() => AsOwner(
        "pg_ctl", "-D", Data, "-l", Path.Combine(_directory.FullName, "log"), "-w", "-t", Limit, "-o",
        $"-p {Port} -k {_directory.FullName} -c listen_addresses={_address} -c max_connections=300", "start");

    /// <summary>Stops the server immediately, as a crash does.</summary>
    public Task Crash() => AsOwner("pg_ctl", "-D", Data, "-m", "immediate", "-w", "-t", Limit, "stop");

    /// <summary>Creates an empty database and returns its connection string.</summary>
    public async Task<string> Database()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"c{Interlocked.Increment(ref _databases)}");
        await Execute(Connection("postgres"), $"CREATE DATABASE {name}");
        return Connection(name);
    }

    /// <summary>Executes a statement and returns its first value.</summary>
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

    private string Connection(string database) => $"Host={_address};Port={Port};Username=commissaire;Database={database}";

    private static Task AsOwner(string program, params string[] arguments) =>
        Run("setpriv", [$"--reuid={Owner}", $"--regid={Owner}", "--clear-groups", Find(program), .. arguments]);

    // Debian installs the server by version, outside PATH.
    private static string Find(string program) =>
        (Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql") : [])
            .OrderByDescending(version => version, StringComparer.Ordinal)
            .Select(version => Path.Combine(version, "bin", program))
            .FirstOrDefault(File.Exists) ?? program;

    // The server inherits the output of the command that starts it, which therefore must not be a pipe of the tests.
    private static async Task Run(string program, params string[] arguments)
    {
        const string Silently = """exec "$@" >/dev/null 2>&1 </dev/null""";
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", Silently, "sh", program, .. arguments])
        {
            WorkingDirectory = "/",
        })!;
        await WaitLimit.Apply(process.WaitForExitAsync, $"{program} ends");
        if (process.ExitCode != 0)
        {
            throw new LabException(
                $"{program} {string.Join(' ', arguments)} ended with exit code {process.ExitCode}. Is the package postgresql installed?");
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
