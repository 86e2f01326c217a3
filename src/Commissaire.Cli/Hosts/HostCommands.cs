using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Commissaire.Contracts.Hosts;
using Commissaire.Hosts.Ssh;
using Commissaire.Output;

namespace Commissaire.Hosts;

/// <summary><c>commctl host</c>.</summary>
internal static partial class HostCommands
{
    private static readonly Columns Columns =
        new("address", "status", "cluster", "os", "os_version", "cpus", "memory", "last_check", "reason")
        {
            Terminal =
            [
                "address", "status", "cluster", "container_manager", "os", "os_version", "cpus", "memory", "space", "last_check", "reason",
            ],
            Optional = ["space", "os_version", "cpus", "container_manager", "memory", "os"],
        };

    public static Command Build(CommandFactory factory) => new("host", "Manage hosts and log in to them.")
    {
        CreateCommand.Build(factory),
        Delete(factory),
        WithHost(factory, new DocumentedCommand("get", "Show a host."), async (session, host, _, ct) =>
            session.PrintResource(await session.Api.Get(Routes.Host(host), ct))),
        List(factory),
        StatusCommand.Build(factory),
        HistoryCommand.Build(
            factory, "Show the events of a host, oldest first.", Address(),
            async (address, ct) => Routes.Host(await Resolve(address, ct), "history")),
        Join(factory),
        Unjoin(factory),
        ReleaseCommand.Build(factory),
        AcceptKey(factory),
        SetCredentials(factory),
        RotateKeyCommand.Build(factory),
        SshCommand.Build(factory),
    };

    private static Argument<string> Address() => new("ADDRESS") { Description = "Address of the host, or a name that resolves to it." };

    /// <summary>Resolves a host name to an address, IPv4 first: the server knows hosts by that address since 2017.</summary>
    /// <exception cref="CommandException">The name does not resolve, or has a port.</exception>
    public static async Task<string> Resolve(string nameOrAddress, CancellationToken ct)
    {
        if (WithPort().Match(nameOrAddress) is { Success: true } match)
        {
            throw new CommandException($"argument address: '{nameOrAddress}' has a port. "
                + $"Use '{match.Groups[1].Value}{match.Groups[2].Value}': the server stores the port of sshd, which 'host "
                + "create' and 'host set-credentials' take as --port.");
        }

        // No host name has a colon. The scope of an IPv6 address names an interface of the server, not of this machine.
        if (IPAddress.TryParse(nameOrAddress, out _) || nameOrAddress.Contains(':', StringComparison.Ordinal))
        {
            return nameOrAddress;
        }

        try
        {
            var addresses = await Dns.GetHostAddressesAsync(nameOrAddress, ct);
            return addresses.OrderBy(address => address.AddressFamily != AddressFamily.InterNetwork).First().ToString();
        }
        catch (Exception e) when (e is SocketException or ArgumentException or InvalidOperationException)
        {
            throw new CommandException($"argument address: {nameOrAddress}: {(e is SocketException ? e.Message : "not a host name")}");
        }
    }

    /// <summary>Adds the argument ADDRESS to a command, and resolves it before the action runs.</summary>
    public static DocumentedCommand WithHost(
        CommandFactory factory, DocumentedCommand command, Func<Session, string, ParseResult, CancellationToken, Task<int>> action)
    {
        var address = Address();
        command.Arguments.Insert(0, address);
        return factory.WithSession(command, async (session, parseResult, ct) =>
            await action(session, await Resolve(parseResult.GetRequiredValue(address), ct), parseResult, ct));
    }

    private static DocumentedCommand Delete(CommandFactory factory)
    {
        var addresses = new Argument<string[]>("ADDRESS") { Description = "Address of a host, or a name that resolves to it." };
        addresses.Arity = ArgumentArity.OneOrMore;
        var delete = new DocumentedCommand("delete", "Delete hosts from the server. The machines are not changed.") { addresses };
        var deletion = new Deletion(hasNodes: true);
        deletion.AddTo(delete);
        return factory.WithSession(delete, async (session, parseResult, ct) =>
        {
            var hosts = await Task.WhenAll(parseResult.GetRequiredValue(addresses).Select(address => Resolve(address, ct)));
            await deletion.Confirm(session, parseResult, async () => await Task.WhenAll(hosts.Select(async host =>
                deletion.Describe(host, (await session.Api.Get(Routes.Host(host), ct)) is { IsSuccess: true } found ? found.Json : null,
                    parseResult))), ct);
            return await session.DeleteAll(hosts.Select(host => Routes.Host(host) + deletion.Query(session, parseResult)), ct);
        });
    }

    private static DocumentedCommand List(CommandFactory factory)
    {
        var cluster = new Argument<string?>("CLUSTER") { Description = "Name of a cluster: list only the addresses of its hosts." };
        cluster.Arity = ArgumentArity.ZeroOrOne;
        var list = new DocumentedCommand("list", "List all hosts, or the addresses of the hosts of a cluster.") { cluster };
        return factory.WithSession(list, async (session, parseResult, ct) =>
        {
            var path = parseResult.GetValue(cluster) is { } name ? Routes.Cluster(name, "hosts") : Routes.Hosts;
            return session.PrintResource(await session.Api.Get(path, ct), Columns);
        });
    }

    private static DocumentedCommand Join(CommandFactory factory)
    {
        var cluster = new Argument<string>("CLUSTER") { Description = "Name of the cluster." };
        return WithHost(
            factory, new DocumentedCommand("join", "Add a host to a cluster.") { cluster }, async (session, host, parseResult, ct) =>
                session.PrintResult(await session.Api.SendEmpty(
                    HttpMethod.Put, Routes.Cluster(parseResult.GetRequiredValue(cluster), "hosts", host), ct)));
    }

    private static DocumentedCommand Unjoin(CommandFactory factory)
    {
        var cluster = new Argument<string>("CLUSTER") { Description = "Name of the cluster." };
        var unjoin = new DocumentedCommand("unjoin", "Remove a host from its cluster.") { cluster };
        var deletion = new Deletion(hasNodes: true);
        deletion.AddTo(unjoin);
        return WithHost(factory, unjoin, async (session, host, parseResult, ct) =>
        {
            await deletion.Confirm(session, parseResult, async () =>
                [deletion.Describe(host, (await session.Api.Get(Routes.Host(host), ct)) is { IsSuccess: true } found ? found.Json : null,
                    parseResult)], ct);
            var path = Routes.Cluster(parseResult.GetRequiredValue(cluster), "hosts", host) + deletion.Query(session, parseResult);
            return session.PrintResult(await session.Api.SendEmpty(HttpMethod.Delete, path, ct));
        });
    }

    private static DocumentedCommand AcceptKey(CommandFactory factory)
    {
        var fingerprint = new Argument<string>("FINGERPRINT") { Description = "Fingerprint in offered_host_key of the host: SHA256:…" };
        return WithHost(
            factory, new DocumentedCommand("accept-key", "Trust the new host key of a host.", """
                First compare the fingerprint with the output of this command on the host:
                  ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub
                """) { fingerprint },
            async (session, host, parseResult, ct) => session.PrintResult(await session.Api.Put(
                Routes.Host(host, "hostkey"), new AcceptHostKeyRequest { Fingerprint = parseResult.GetRequiredValue(fingerprint) },
                ApiClient.Json.AcceptHostKeyRequest, ct)));
    }

    private static DocumentedCommand SetCredentials(CommandFactory factory)
    {
        var key = new Argument<string?>("KEYFILE")
        {
            Description = "File with the new private key of the remote user; - for standard input. Default: the key stays.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var user = Options.Text(["--remote-user"], "USER", "User as which Commissaire logs in. Default: the user stays.");
        var port = Options.Integer(["--port", "-p"], "Port of sshd on the host. Default: the port stays.", 1, 65535);
        return WithHost(
            factory, new DocumentedCommand("set-credentials", "Change the key, user or port with which Commissaire logs in to a host.", """
                The server logs in with them first. If that fails, nothing changes.

                Examples:
                  commctl host set-credentials 10.0.0.7 /path/to/new_key
                  commctl host set-credentials --remote-user core --port 2222 10.0.0.7
                """) { key, user, port },
            async (session, host, parseResult, ct) =>
            {
                var body = new ChangeCredentialsRequest
                {
                    SshPrivKey = parseResult.GetValue(key) is { } file
                        ? Convert.ToBase64String(Files.ReadBytes("KEYFILE", file, session.Environment))
                        : null,
                    RemoteUser = parseResult.GetValue(user),
                    Port = parseResult.GetValue(port),
                };
                return session.PrintResult(await session.Api.Put(
                    Routes.Host(host, "credentials"), body, ApiClient.Json.ChangeCredentialsRequest, ct));
            });
    }

    [GeneratedRegex(@"\A(?:\[([^\]]*)\]|([^:]+)):[0-9]+\z")]
    private static partial Regex WithPort();
}
