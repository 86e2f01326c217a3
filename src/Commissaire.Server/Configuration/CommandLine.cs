using System.CommandLine;
using System.Text.Json.Nodes;
using Commissaire.Http;
using Commissaire.Storage;

namespace Commissaire.Configuration;

/// <summary>The options of <c>commissaire-server</c>: those of 2017, and a few of ours.</summary>
internal static class CommandLine
{
    private const string DefaultConfigFile = "/etc/commissaire/commissaire.conf";

    /// <summary>The command.</summary>
    /// <param name="run">What it does with the settings it was given.</param>
    public static RootCommand Command(Func<ServerSettings, CancellationToken, Task<int>> run)
    {
        var configFile = new Option<string?>("--config-file", "-c") { Description = $"Configuration file (JSON), or - for standard input. Default: {DefaultConfigFile}, which need not exist." };
        var noConfigFile = new Option<bool>("--no-config-file") { Description = "Read no configuration file." };
        var debug = new Option<bool>("--debug") { Description = "Log in detail." };
        var metricsAnonymous = new Option<bool>("--metrics-anonymous") { Description = "Show /metrics to whoever asks. Default: needs credentials like every other path." };
        var plugins = new Option<string[]>("--authentication-plugin") { Description = "A way of authentication, NAME:key=value,… (repeatable): httpbasicauth:filepath=PATH, httpauthclientcert:cn=NAME." };
        var healthCheck = new Option<bool>("--healthcheck") { Description = "Ask the server that runs here with the same settings whether it is ready, and exit with 0 if it is, or 1." };
        var selfAuths = new Option<string[]>("--self-auth") { Description = "Accepted and ignored: every route but health checks needs credentials." };
        (Option<string?> Option, string Key)[] texts =
        [
            (Text("--listen-interface", "Address to listen on. Default: 0.0.0.0.", "-i"), "listen_interface"),
            (Text("--listen-port", "Port to listen on. Default: 8000.", "-p"), "listen_port"),
            (Text("--tls-pemfile", "PEM file with the server's certificate and key. Default: none, plain HTTP."), "tls_pemfile"),
            (Text("--tls-clientverifyfile", "PEM file with the authorities that client certificates are verified with; makes them mandatory."), "tls_clientverifyfile"),
            (Text("--data-dir", "Where the database and the key file are. Default: /var/lib/commissaire for root, ~/.local/share/commissaire for others."), "data_dir"),
            (Text("--key-file", "File with the keys that protect stored secrets; must be there. Default: secret.keys in the data directory, made at the first start."), "key_file"),
            (Text("--database", "PostgreSQL to share with other processes, such as 'Host=db.example.com;Database=commissaire;Username=commissaire'; its password in COMMISSAIRE_DATABASE, the file or a Passfile. Default: SQLite in the data directory."), "database"),
            (Text("--cluster-host", "Name or address under which other processes reach this one. Default: what it listens on."), "cluster_host"),
            (Text("--cluster-interface", "Address to listen on for other processes. Default: 127.0.0.1."), "cluster_interface"),
            (Text("--cluster-port", "Port to listen on for other processes. Default: any."), "cluster_port"),
            (Text("--cluster-seeds", "Where to ask to be let in: HOST:PORT,… of other processes, as they are told in their own options. Default: the database says."), "cluster_seeds"),
            (Text("--cluster-dns", "As --cluster-seeds, all that a name stands for: NAME:PORT, such as a headless service's."), "cluster_dns"),
            (Text("--cluster-tls-pemfile", "PEM file with the certificate and key that this process shows the others."), "cluster_tls_pemfile"),
            (Text("--cluster-tls-cafile", "PEM file with the authorities of the other processes' certificates."), "cluster_tls_cafile"),
            (Text("--roles", "What this process does: api, worker or both. Default: both."), "roles"),
            (Text("--watch-interval", "Seconds between two checks of a healthy host. Default: 60."), "watch_interval"),
            (Text("--watch-retry", "Seconds until a host that missed a check is tried again. Default: 5."), "watch_retry"),
            (Text("--bus-exchange", "Accepted and ignored: there is no message bus."), "bus_exchange"),
            (Text("--bus-uri", "Accepted and ignored: there is no message bus."), "bus_uri"),
        ];
        var command = new RootCommand("Registers, bootstraps and watches the hosts of Kubernetes and OpenShift clusters.") { configFile, noConfigFile, debug, metricsAnonymous, healthCheck, plugins, selfAuths };
        foreach (var (option, _) in texts)
        {
            command.Options.Add(option);
        }

        command.Subcommands.Add(MigrateCommand.Create());
        command.SetAction((line, ct) => Explained(line, () =>
        {
            var config = line.GetValue(noConfigFile) ? [] : ConfigFile.Read(line.GetValue(configFile), DefaultConfigFile);
            foreach (var (option, key) in texts)
            {
                if ((line.GetValue(option) ?? Environment.GetEnvironmentVariable($"COMMISSAIRE_{key.ToUpperInvariant()}")) is { Length: > 0 } text)
                {
                    config[key] = text;
                }
            }

            RefusePassword("--database", line.GetValue(texts.Single(t => t.Key == "database").Option));
            foreach (var (flag, key) in new[] { (debug, "debug"), (metricsAnonymous, "metrics_anonymous") })
            {
                if (line.GetValue(flag) || Environment.GetEnvironmentVariable($"COMMISSAIRE_{key.ToUpperInvariant()}") is "1" or "true")
                {
                    config[key] = true;
                }
            }

            if (line.GetValue(plugins) is { Length: > 0 } given)
            {
                config["authentication_plugins"] = new JsonArray([.. given.Select(Plugin)]);
            }

            var settings = SettingsReader.Read(config);
            return line.GetValue(healthCheck) ? HealthCheck.Run(settings, line.InvocationConfiguration.Error, ct) : run(settings, ct);
        }));
        return command;
    }

    /// <summary>Runs the command with a command line, in which options may be abbreviated.</summary>
    public static async Task<int> Run(RootCommand command, IReadOnlyList<string> arguments, InvocationConfiguration configuration)
    {
        try
        {
            return await command.Parse(Abbreviations.InFull(command, arguments)).InvokeAsync(configuration);
        }
        catch (StartupException e)
        {
            await configuration.Error.WriteLineAsync($"commissaire-server: {e.Message}");
            return 2;
        }
    }

    /// <summary>Runs a command; what keeps it from its work is said in a line, and its exit code is 2.</summary>
    public static async Task<int> Explained(ParseResult line, Func<Task<int>> action)
    {
        try
        {
            return await action();
        }
        catch (StartupException e)
        {
            await line.InvocationConfiguration.Error.WriteLineAsync($"commissaire-server: {e.Message}");
            return 2;
        }
    }

    /// <summary>Refuses a connection string with a password in it.</summary>
    /// <exception cref="StartupException">It has one.</exception>
    public static void RefusePassword(string option, string? connection)
    {
        if (connection is not null && PostgresDatabase.HasPassword(connection))
        {
            throw new StartupException($"{option}: a password on the command line can be read by everybody on this machine. Give it in COMMISSAIRE_DATABASE, in the configuration file, or by Passfile=PATH.");
        }
    }

    private static Option<string?> Text(string name, string description, params string[] aliases) => new(name, aliases) { Description = description };

    // Values may hold ':' and '=': a URL is one.
    private static JsonObject Plugin(string text)
    {
        var parts = text.Split(':', 2);
        var plugin = new JsonObject { ["name"] = parts[0].Trim() };
        foreach (var item in (parts.Length > 1 ? parts[1] : "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var pair = item.Split('=', 2);
            plugin[pair[0].Trim()] = pair.Length > 1 ? pair[1].Trim() : throw new StartupException($"--authentication-plugin: '{item}' is not key=value.");
        }

        return plugin;
    }
}
