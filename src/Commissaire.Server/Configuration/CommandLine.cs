using System.CommandLine;
using System.Text.Json.Nodes;
using Commissaire.Http;
using Commissaire.Storage;

namespace Commissaire.Configuration;

/// <summary>The command line of <c>commissaire-server</c>, which accepts all options of 2017.</summary>
internal static class CommandLine
{
    private const string DefaultConfigFile = "/etc/commissaire/commissaire.conf";

    /// <summary>Creates the root command.</summary>
    /// <param name="run">Runs the server with the parsed settings.</param>
    public static RootCommand Command(Func<ServerSettings, CancellationToken, Task<int>> run)
    {
        var configFile = new Option<string?>("--config-file", "-c")
        {
            Description = $"Configuration file (JSON), or - for standard input. Default: {DefaultConfigFile}, if it exists.",
        };
        var noConfigFile = Flag("--no-config-file", "Read no configuration file.");
        var debug = Flag("--debug", "Log in detail.");
        var metricsAnonymous = Flag("--metrics-anonymous", "Serve /metrics without authentication. Default: with authentication.");
        var plugins = new Option<string[]>("--authentication-plugin")
        {
            Description = "Authentication plugin, NAME:key=value,… (repeatable): httpbasicauth:filepath=PATH, httpauthclientcert:cn=NAME.",
        };
        var healthCheck = Flag("--healthcheck", "Ask the server that runs here with the same settings whether it is ready. Exit with 0 if it is, or 1.");
        var selfAuths = new Option<string[]>("--self-auth")
        {
            Description = "Accepted and ignored: every route except health checks needs credentials.",
        };
        (Option<string?> Option, string Key)[] texts =
        [
            (Text("--listen-interface", "Address to listen on. Default: 0.0.0.0.", "-i"), "listen_interface"),
            (Text("--listen-port", "Port to listen on. Default: 8000.", "-p"), "listen_port"),
            (Text("--tls-pemfile", "PEM file with the server's certificate and private key. Default: none, plain HTTP."), "tls_pemfile"),
            (Text("--tls-clientverifyfile", "PEM file with the authorities of client certificates. Makes client certificates mandatory."),
                "tls_clientverifyfile"),
            (Text("--data-dir", "Directory of the database and the key file. Default: /var/lib/commissaire for root, else "
                + "~/.local/share/commissaire."), "data_dir"),
            (Text("--key-file", "Existing file with the keys that encrypt stored secrets. Default: secret.keys in the data directory, created at "
                + "the first start."), "key_file"),
            (Text("--database", "PostgreSQL database to share with other processes, such as "
                + "'Host=db.example.com;Database=commissaire;Username=commissaire'. Set its password in COMMISSAIRE_DATABASE, in the configuration "
                + "file or in a Passfile. Default: SQLite in the data directory."), "database"),
            (Text("--cluster-host", "Name or address at which other processes reach this process. Default: the address it listens on."),
                "cluster_host"),
            (Text("--cluster-interface", "Address to listen on for other processes. Default: 127.0.0.1."), "cluster_interface"),
            (Text("--cluster-port", "Port to listen on for other processes. Default: any free port."), "cluster_port"),
            (Text("--cluster-seeds", "Processes to join, HOST:PORT,…: the --cluster-host and --cluster-port of each. Default: the processes recorded "
                + "in the database."), "cluster_seeds"),
            (Text("--cluster-dns", "Processes to join, NAME:PORT: every address of a DNS name, such as a headless service."), "cluster_dns"),
            (Text("--cluster-tls-pemfile", "PEM file with the certificate and private key for connections to other processes."),
                "cluster_tls_pemfile"),
            (Text("--cluster-tls-cafile", "PEM file with the authorities of the other processes' certificates."), "cluster_tls_cafile"),
            (Text("--roles", "Roles of this process: api, worker or both. Default: both."), "roles"),
            (Text("--watch-interval", "Seconds between two checks of a healthy host. Default: 60."), "watch_interval"),
            (Text("--watch-retry", "Seconds until a host that failed a check is checked again. Default: 5."), "watch_retry"),
            (Text("--bus-exchange", "Accepted and ignored: there is no message bus."), "bus_exchange"),
            (Text("--bus-uri", "Accepted and ignored: there is no message bus."), "bus_uri"),
        ];
        var command = new RootCommand("Register, bootstrap and watch the hosts of Kubernetes and OpenShift clusters.")
        {
            configFile, noConfigFile, debug, metricsAnonymous, healthCheck, plugins, selfAuths,
        };
        foreach (var (option, _) in texts)
        {
            command.Options.Add(option);
        }

        command.Subcommands.Add(MigrateCommand.Create());
        command.SetAction((line, ct) => ReportErrors(line, () =>
        {
            var config = line.GetValue(noConfigFile) ? [] : ConfigFile.Read(line.GetValue(configFile), DefaultConfigFile);
            foreach (var (option, key) in texts)
            {
                if ((line.GetValue(option) ?? FromEnvironment(key)) is { Length: > 0 } text)
                {
                    config[key] = text;
                }
            }

            RejectPassword("--database", line.GetValue(texts.Single(t => t.Key == "database").Option));
            foreach (var (flag, key) in new[] { (debug, "debug"), (metricsAnonymous, "metrics_anonymous") })
            {
                if (line.GetValue(flag) || FromEnvironment(key) is "1" or "true")
                {
                    config[key] = true;
                }
            }

            if (line.GetValue(plugins) is { Length: > 0 } values)
            {
                config["authentication_plugins"] = new JsonArray([.. values.Select(Plugin)]);
            }

            var settings = SettingsReader.Read(config);
            return line.GetValue(healthCheck) ? HealthCheck.Run(settings, line.InvocationConfiguration.Error, ct) : run(settings, ct);
        }));
        return command;
    }

    /// <summary>Runs a command. Options may be abbreviated to an unambiguous prefix.</summary>
    public static async Task<int> Run(RootCommand command, IReadOnlyList<string> arguments, InvocationConfiguration configuration)
    {
        try
        {
            return await command.Parse(OptionPrefixes.Expand(command, arguments)).InvokeAsync(configuration);
        }
        catch (StartupException e)
        {
            await configuration.Error.WriteLineAsync($"commissaire-server: {e.Message}");
            return 2;
        }
    }

    /// <summary>Runs an action. Prints a <see cref="StartupException"/> in one line and returns exit code 2.</summary>
    public static async Task<int> ReportErrors(ParseResult line, Func<Task<int>> action)
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

    /// <summary>Rejects a connection string that contains a password, because other users can read command lines.</summary>
    /// <exception cref="StartupException">The connection string contains a password.</exception>
    public static void RejectPassword(string option, string? connection)
    {
        if (connection is not null && PostgresDatabase.HasPassword(connection))
        {
            throw new StartupException(
                $"{option}: contains a password, which every user of this machine can read. Set it in COMMISSAIRE_DATABASE, in the configuration "
                + "file, or with Passfile=PATH.");
        }
    }

    private static string? FromEnvironment(string key) => Environment.GetEnvironmentVariable($"COMMISSAIRE_{key.ToUpperInvariant()}");

    private static Option<bool> Flag(string name, string description) => new(name) { Description = description };

    private static Option<string?> Text(string name, string description, params string[] aliases) =>
        new(name, aliases) { Description = description };

    // Values may contain ':' and '=', for example in a URL.
    private static JsonObject Plugin(string text)
    {
        var parts = text.Split(':', 2);
        var plugin = new JsonObject { ["name"] = parts[0].Trim() };
        foreach (var item in (parts.Length > 1 ? parts[1] : "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var pair = item.Split('=', 2);
            plugin[pair[0].Trim()] = pair.Length > 1 ? pair[1].Trim()
                : throw new StartupException($"--authentication-plugin: expected key=value, got '{item}'.");
        }

        return plugin;
    }
}
