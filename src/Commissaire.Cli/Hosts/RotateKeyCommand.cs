using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Commissaire.Contracts.Hosts;
using Commissaire.Output;

namespace Commissaire.Hosts;

/// <summary><c>commctl host rotate-key</c>.</summary>
internal static class RotateKeyCommand
{
    public static DocumentedCommand Build(CommandFactory factory)
    {
        var addresses = new Argument<string[]>("ADDRESS")
        {
            Description = "Address of a host, or a name that resolves to it.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var cluster = Options.Text(["--cluster", "-c"], "NAME", "Rotate the keys of all hosts of this cluster, in place of ADDRESS.");
        var shared = new Option<bool>("--shared") { Description = "One new key for all of them. Default: a key for each host." };
        return factory.WithSession(
            new DocumentedCommand("rotate-key", "Replace the keys with which Commissaire logs in to hosts, one host after the other.", """
                The new public key is installed beside the old one and proved by a login. Then it is used, and the old one is removed from
                authorized_keys of the user. The first host that fails ends the command; its old key is still used.

                Examples:
                  commctl host rotate-key 10.0.0.7
                  commctl host rotate-key --cluster my_cluster --shared
                """) { addresses, cluster, shared },
            async (session, parseResult, ct) =>
            {
                var hosts = await HostsOf(session, parseResult.GetValue(addresses) ?? [], parseResult.GetValue(cluster), ct);
                var body = new RotateKeyRequest { SshPrivKey = parseResult.GetValue(shared) ? NewKey() : null };
                var results = new JsonArray();
                foreach (var (host, number) in hosts.Select((host, number) => (host, number)))
                {
                    try
                    {
                        var path = Routes.Host(host, "rotate-key");
                        (await session.Api.Post(path, body, ApiClient.Json.RotateKeyRequest, ct)).EnsureSuccess();
                    }
                    catch (CommandException e) when (hosts.Count > 1)
                    {
                        throw new CommandException(
                            $"{TerminalText.OneLine(e.Message)} Replaced before: {number} of {hosts.Count} keys.", e.ExitCode);
                    }

                    results.Add((JsonNode)$"Replaced the key of {host}");
                }

                session.Printer.Print(results);
                return ExitCodes.Success;
            });
    }

    private static async Task<IReadOnlyList<string>> HostsOf(
        Session session, string[] addresses, string? cluster, CancellationToken ct)
    {
        if (cluster is null == (addresses.Length == 0))
        {
            throw new CommandException("Name either hosts, or a cluster with --cluster.");
        }

        if (cluster is null)
        {
            return await Task.WhenAll(addresses.Select(address => HostCommands.Resolve(address, ct)));
        }

        var members = (await session.Api.Get(Routes.Cluster(cluster, "hosts"), ct)).EnsureSuccess().Json as JsonArray ?? [];
        return [.. members.Select(member => $"{member}")];
    }

    private static string NewKey()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return Convert.ToBase64String(Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem()));
    }
}
