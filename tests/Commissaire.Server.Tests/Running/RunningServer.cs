using System.Text.Json.Nodes;
using Commissaire.Configuration;
using Commissaire.Shell;
using Microsoft.AspNetCore.Builder;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Commissaire.Server.Tests.Running;

/// <summary>A whole server in this process, on its own port; only its hosts are scripted.</summary>
public sealed class RunningServer : IAsyncDisposable
{
    private static readonly string HashOfA = BCrypt.Net.BCrypt.HashPassword("a", 4);
    private static readonly string HashOfColons = BCrypt.Net.BCrypt.HashPassword("b:c:d", 4);

    private static readonly Lazy<DirectoryInfo> Scratch = new(() =>
    {
        var scratch = Directory.CreateTempSubdirectory("commissaire-server-tests-");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => scratch.Delete(recursive: true);
        return scratch;
    });

    private readonly WebApplication _app;
    private readonly string _data;

    private RunningServer(WebApplication app, string data, ScriptedShell shell, CapturedLog log)
    {
        (_app, _data, Shell, Log) = (app, data, shell, log);
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
    }

    internal ScriptedShell Shell { get; }

    internal CapturedLog Log { get; }

    internal HttpClient Http { get; }

    /// <summary>A directory that is deleted after the tests.</summary>
    internal static string NewDataDirectory() => Scratch.Value.CreateSubdirectory(Path.GetRandomFileName()).FullName;

    /// <summary>Starts a server and waits until it is ready.</summary>
    internal static async Task<RunningServer> Start(
        string data, ScriptedShell shell, JsonObject? more = null, Action<IServiceCollection>? services = null)
    {
        var log = new CapturedLog();
        var app = ServerHost.Build(Settings(data, more), TextWriter.Null, builder =>
        {
            builder.Logging.ClearProviders().AddProvider(log).SetMinimumLevel(LogLevel.Debug);
            builder.Services.AddSingleton<IRemoteShell>(shell);
            services?.Invoke(builder.Services);
        }, SerializedMessages.AddTo);
        await app.StartAsync();
        var server = new RunningServer(app, data, shell, log);
        await Eventually.Is(
            () => server.Http.GetAsync(new Uri("/healthz/ready", UriKind.Relative)), r => r.IsSuccessStatusCode, "the server is ready");
        return server;
    }

    /// <summary>The ids of everything in the secret store.</summary>
    internal IReadOnlyList<string> Secrets()
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(_data, "commissaire.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT id FROM secret ORDER BY id";
        using var rows = command.ExecuteReader();
        var ids = new List<string>();
        while (rows.Read())
        {
            ids.Add(rows.GetString(0));
        }

        return ids;
    }

    /// <summary>The envelope of the only secret.</summary>
    internal byte[] Envelope()
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(_data, "commissaire.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT envelope FROM secret";
        return (byte[])command.ExecuteScalar()!;
    }

    /// <summary>Makes every read of a secret fail, or work again.</summary>
    internal void HideSecrets(bool hidden)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(_data, "commissaire.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = hidden ? "ALTER TABLE secret RENAME TO hidden" : "ALTER TABLE hidden RENAME TO secret";
        command.ExecuteNonQuery();
    }

    /// <summary>Deletes the secrets of an owner.</summary>
    internal void LoseSecrets(string owner) => Assert.NotEqual(0, Execute($"DELETE FROM secret WHERE id LIKE '{owner}/%'"));

    /// <summary>Makes the secrets of an owner impossible to decrypt.</summary>
    internal void DamageSecrets(string owner) => Assert.NotEqual(
        0, Execute($"UPDATE secret SET envelope = zeroblob(length(envelope)) WHERE id LIKE '{owner}/%'"));

    /// <summary>Executes a statement in the database of the server, which is running.</summary>
    internal int Execute(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(_data, "commissaire.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteNonQuery();
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    internal static ServerSettings Settings(string data, JsonObject? more = null)
    {
        var config = new JsonObject
        {
            ["listen_interface"] = "127.0.0.1",
            ["listen_port"] = "0",
            ["data_dir"] = data,
            ["authentication_plugins"] = new JsonArray(new JsonObject
            {
                ["name"] = "httpbasicauth",
                ["users"] = new JsonObject
                {
                    ["a"] = new JsonObject { ["hash"] = HashOfA },
                    ["colons"] = new JsonObject { ["hash"] = HashOfColons },
                },
            }),
        };
        foreach (var (key, value) in more ?? [])
        {
            config[key] = value?.DeepClone();
        }

        return SettingsReader.Read(config);
    }
}
