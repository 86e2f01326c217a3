using System.CommandLine;
using Commissaire.Configuration;
using Commissaire.Import.Ansible;
using Commissaire.Import.Etcd;
using Commissaire.Storage;

namespace Commissaire.Import;

/// <summary>The command <c>commissaire-server import</c>.</summary>
internal static class ImportCommand
{
    private const string Kinds = "expected etcd=URL, etcd=FILE or inventory=FILE";

    public static Command Create(ImportEnvironment environment)
    {
        var options = new ImportOptions();
        var command = new Command(
            "import",
            "Register the hosts of a Commissaire of 2017, or of an Ansible inventory, with a running server, as they are: nothing is "
            + "installed or changed on them. Exit with 0 if all were taken over, with 3 if some were not. Repeat it at any time.");
        options.All.ForEach(command.Options.Add);
        command.SetAction((line, ct) => CommandLine.ReportErrors(line.InvocationConfiguration, async () =>
        {
            var (kind, where) = Split("--from", line.GetValue(options.From)!, Kinds);
            var fallback = new FallbackLogin(
                line.GetValue(options.SshKey) is { } file
                    ? Convert.ToBase64String(ImportFile.Read("--ssh-key", file, OptionFile.MaxSize)) : null,
                line.GetValue(options.RemoteUser) ?? "root");
            var login = ServerLogin.Find(options.ServerOptions(line), environment);
            var fleet = kind switch
            {
                "etcd" => await FromEtcd(where, options, line, fallback, environment, ct),
                "inventory" => await FromInventory(where, options, line, fallback, environment, ct),
                _ => throw new StartupException($"--from: {Kinds}."),
            };
            return await Import(fleet, login, line.GetValue(options.DryRun), line.InvocationConfiguration.Output, ct);
        }));
        return command;
    }

    private static async Task<Fleet> FromEtcd(
        string where, ImportOptions options, ParseResult line, FallbackLogin fallback, ImportEnvironment environment, CancellationToken ct)
    {
        Reject(line, "etcd", options.Cluster);
        using var secrets = Secrets(line.GetValue(options.Secrets));
        var access = new EtcdAccess(
            File(options.EtcdAuthorities, "ETCD_CACERT"),
            File(options.EtcdCertificate, "ETCD_TLSPEM"),
            File(options.EtcdKey, "ETCD_TLSKEY"),
            environment.Variable("ETCD_USERNAME") is { Length: > 0 } user ? user : null,
            environment.Variable("ETCD_PASSWORD"));
        return await EtcdFleet.Read(await EtcdSource.Read(where, access, ct), secrets, fallback, ct);

        NamedFile? File(Option<string?> option, string variable) =>
            NamedFile.Of(option.Name, line.GetValue(option)) ?? NamedFile.Of(variable, environment.Variable(variable));
    }

    private static Task<Fleet> FromInventory(
        string where, ImportOptions options, ParseResult line, FallbackLogin fallback, ImportEnvironment environment, CancellationToken ct)
    {
        Reject(line, "inventory", options.Secrets, options.EtcdAuthorities, options.EtcdCertificate, options.EtcdKey);
        var clusters = Clusters(line.GetValue(options.Cluster) ?? []);
        return new InventoryFleet(clusters, fallback, environment.Home, environment.Resolve).Read(InventoryFile.Read(where), ct);
    }

    private static async Task<int> Import(Fleet fleet, ServerLogin login, bool dryRun, TextWriter output, CancellationToken ct)
    {
        var report = new ImportReport(dryRun);
        using var server = await ServerApi.Connect(login, ct);
        try
        {
            await new Importer(server, report, dryRun).Run(fleet, ct);
        }
        catch (StartupException e)
        {
            report.Print(output, []);
            throw new StartupException($"{e.Message} The import is incomplete: repeat it.");
        }

        report.Print(output, fleet.LeftBehind);
        return report.ExitCode;
    }

    private static IHostSecrets Secrets(string? option)
    {
        if (option is null)
        {
            return new NoSecrets();
        }

        const string Expected = "expected custodia=SOCKET or custodia=FILE";
        var (kind, path) = Split("--secrets", option, Expected);
        return kind != "custodia" ? throw new StartupException($"--secrets: {Expected}.")
            : OptionFile.IsSocket(path) ? new CustodiaSocket(path)
            : SecretsFile.Parse(ImportFile.Read("--secrets", path), $"--secrets: '{path}'");
    }

    private static Dictionary<string, string> Clusters(IEnumerable<string> texts)
    {
        var clusters = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var parts in texts.Select(t => t.Split('=', 2)))
        {
            var (group, cluster) = (parts[0], parts[^1]);
            if (!ResourceName.TryParse(cluster, out _))
            {
                throw new StartupException(
                    $"--cluster: '{cluster}' is not a name for a cluster; expected {ResourceName.Expectation}. Set GROUP=NAME.");
            }

            if (!clusters.TryAdd(group, cluster))
            {
                throw new StartupException($"--cluster: group '{group}' is there twice.");
            }
        }

        return clusters;
    }

    private static (string Kind, string Where) Split(string option, string text, string expected) =>
        text.Split('=', 2) is [var kind, { Length: > 0 } where] ? (kind, where) : throw new StartupException($"{option}: {expected}.");

    private static void Reject(ParseResult line, string source, params IEnumerable<Option> others)
    {
        if (others.FirstOrDefault(o => line.GetResult(o) is { Implicit: false }) is { } other)
        {
            throw new StartupException($"{other.Name}: has no meaning with --from {source}. Leave it out.");
        }
    }
}
