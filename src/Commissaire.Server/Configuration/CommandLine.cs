using System.CommandLine;
using System.Text.Json.Nodes;
using Commissaire.Import;
using Commissaire.Storage;

namespace Commissaire.Configuration;

/// <summary>The command line of <c>commissaire-server</c>, which accepts all options of 2017.</summary>
internal static class CommandLine
{
    private const string DefaultConfigFile = "/etc/commissaire/commissaire.conf";

    /// <summary>Creates the root command, which runs the server with the parsed settings.</summary>
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
        var healthCheck = Flag("--healthcheck", "Ask the server with these settings whether it is ready. Exit with 0 if it is, or 1.");
        var selfAuths = new Option<string[]>("--self-auth") { Description = "Accepted and ignored: all routes authenticate." };
        Option<string?>[] texts =
        [
            Text("--listen-interface", "Address to listen on. Default: 0.0.0.0 with TLS, 127.0.0.1 without.", "-i"),
            Text("--listen-port", "Port to listen on. Default: 8000.", "-p"),
            Text("--max-connections", "Connections that may be open; others get 503. Default: 4096, or what 'ulimit -n' allows."),
            Text("--tls-pemfile", "PEM file with the server's certificate and private key. Default: none, plain HTTP."),
            Text("--tls-clientverifyfile", "PEM file with the authorities of client certificates, which become mandatory."),
            Text("--data-dir", "Directory for all state. Default: /var/lib/commissaire for root, ~/.local/share/commissaire for others."),
            Text("--key-file", "Existing file with encryption keys. Default: secret.keys in the data directory, created on first start."),
            Text("--database", "PostgreSQL to share with other processes: 'Host=db.example.com;Database=commissaire;Username=commissaire'. "
                + "Set its password in COMMISSAIRE_DATABASE, the configuration file or a Passfile. Default: SQLite in the data directory."),
            Text("--cluster-host", "Name or address at which other processes reach this process. Default: the address it listens on."),
            Text("--cluster-interface", "Address to listen on for other processes. Default: 127.0.0.1."),
            Text("--cluster-port", "Port to listen on for other processes. Default: any free port."),
            Text("--cluster-seeds", "Processes to join, HOST:PORT,… (their --cluster-host and --cluster-port). Default: use the database."),
            Text("--cluster-dns", "Processes to join, NAME:PORT: every address of a DNS name, such as a headless service."),
            Text("--cluster-tls-pemfile", "PEM file with the certificate and private key for connections to other processes."),
            Text("--cluster-tls-cafile", "PEM file with the authorities of the other processes' certificates."),
            Text("--roles", "Roles of this process: api, worker or both. Default: both."),
            Text("--watch-interval", "Seconds between two checks of a healthy host. Default: 60."),
            Text("--watch-retry", "Seconds until a host that failed a check is checked again. Default: 5."),
            Text("--bus-exchange", "Accepted and ignored: there is no message bus."),
            Text("--bus-uri", "Accepted and ignored: there is no message bus."),
        ];
        var command = new RootCommand("Register, bootstrap and watch the hosts of Kubernetes and OpenShift clusters.")
        {
            configFile, noConfigFile, debug, metricsAnonymous, healthCheck, plugins, selfAuths,
        };
        Array.ForEach(texts, command.Options.Add);
        command.Subcommands.Add(MigrateCommand.Create());
        command.Subcommands.Add(ImportCommand.Create(ImportEnvironment.Machine));
        command.SetAction((line, ct) => ReportErrors(line.InvocationConfiguration, () =>
        {
            var config = line.GetValue(noConfigFile) ? [] : ConfigFile.Read(line.GetValue(configFile), DefaultConfigFile);
            foreach (var option in texts)
            {
                if ((line.GetValue(option) ?? FromEnvironment(option)) is { Length: > 0 } text)
                {
                    config[Key(option)] = text;
                }
            }

            RejectPassword("--database", line.GetValue(texts.Single(t => t.Name == "--database")));
            foreach (var flag in new[] { debug, metricsAnonymous })
            {
                if (line.GetValue(flag) || FromEnvironment(flag) is "1" or "true")
                {
                    config[Key(flag)] = true;
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
    public static Task<int> Run(RootCommand command, IReadOnlyList<string> arguments, InvocationConfiguration configuration) =>
        ReportErrors(configuration, () => command.Parse(OptionPrefixes.Expand(command, arguments)).InvokeAsync(configuration));

    /// <summary>Runs an action. Prints a <see cref="StartupException"/> in one line and returns exit code 2.</summary>
    public static async Task<int> ReportErrors(InvocationConfiguration configuration, Func<Task<int>> action)
    {
        try
        {
            return await action();
        }
        catch (StartupException e)
        {
            await configuration.Error.WriteLineAsync($"commissaire-server: {e.Message}");
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
                $"{option}: contains a password, which every user of this machine can read. "
                + "Set it in COMMISSAIRE_DATABASE, in the configuration file, or with Passfile=PATH.");
        }
    }

    // The option --data-dir is the configuration key data_dir and the environment variable COMMISSAIRE_DATA_DIR.
    private static string Key(Option option) => option.Name[2..].Replace('-', '_');

    private static string? FromEnvironment(Option option) =>
        Environment.GetEnvironmentVariable($"COMMISSAIRE_{Key(option).ToUpperInvariant()}");

    private static Option<bool> Flag(string name, string description) => new(name) { Description = description };

    private static Option<string?> Text(string name, string description, params string[] aliases) =>
        new(name, aliases) { Description = description };

    // Values may contain ':' and '=', for example in a URL.
    private static JsonObject Plugin(string text)
    {
        var parts = text.Split(':', 2);
        const StringSplitOptions Options = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;
        var plugin = new JsonObject { ["name"] = parts[0].Trim() };
        foreach (var item in (parts.Length > 1 ? parts[1] : "").Split(',', Options))
        {
            var pair = item.Split('=', 2);
            plugin[pair[0].Trim()] = pair.Length > 1 ? pair[1].Trim()
                : throw new StartupException($"--authentication-plugin: expected key=value, got '{item}'.");
        }

        return plugin;
    }
}
