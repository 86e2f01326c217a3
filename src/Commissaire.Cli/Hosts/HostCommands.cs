using System.CommandLine;
using Commissaire.Contracts.Hosts;
using Commissaire.Http;
using Commissaire.Invocation;

namespace Commissaire.Hosts;

/// <summary><c>commctl host</c>.</summary>
internal static class HostCommands
{
    private static readonly string[] Columns = ["address", "status", "cluster", "os", "os_version", "cpus", "memory", "last_check", "reason"];

    /// <summary>The command.</summary>
    public static Command Build(Cli cli) => new("host", "Hosts that Commissaire looks after.")
    {
        HostCreate.Build(cli),
        Delete(cli),
        Shows(cli, "get", "Show a host.", address => Routes.Host(address)),
        List(cli),
        Shows(cli, "status", "Show how a host and its node are.", address => Routes.Host(address, "status")),
        HistoryCommand.Build(cli, "Show what happened to a host, oldest first.", Address(), async (address, ct) => Routes.Host(await Addresses.Resolve(address, ct), "history")),
        Membership(cli, "join", "Put a host into a cluster.", (api, path, ct) => api.Put(path, ct)),
        Membership(cli, "unjoin", "Take a host out of a cluster.", (api, path, ct) => api.Delete(path, ct)),
        AcceptKey(cli),
        Ssh.SshCommand.Build(cli),
    };

    /// <summary>The address of a host.</summary>
    public static Argument<string> Address() => new("ADDRESS") { Description = "Address of the host, or a name that resolves to it." };

    private static Verb Shows(Cli cli, string name, string description, Func<string, string> path)
    {
        var address = Address();
        return cli.Asks(new Verb(name, description) { address }, async (session, line, ct) =>
            session.Show(await session.Api.Get(path(await Addresses.Resolve(line.GetRequiredValue(address), ct)), ct)));
    }

    private static Verb Delete(Cli cli)
    {
        var addresses = new Argument<string[]>("ADDRESS") { Description = "Which; one or more.", Arity = ArgumentArity.OneOrMore };
        return cli.Asks(new Verb("delete", "Forget hosts. Nothing is changed on them.") { addresses }, async (session, line, ct) =>
            await session.DeleteAll(
                (await Task.WhenAll(line.GetRequiredValue(addresses).Select(address => Addresses.Resolve(address, ct)))).Select(address => Routes.Host(address)), ct));
    }

    private static Verb List(Cli cli)
    {
        var cluster = new Argument<string?>("CLUSTER") { Description = "Only the addresses of the hosts of this cluster.", Arity = ArgumentArity.ZeroOrOne };
        return cli.Asks(new Verb("list", "List all hosts, or the addresses of those of a cluster.") { cluster }, async (session, line, ct) =>
            session.Show(await session.Api.Get(line.GetValue(cluster) is { } name ? Routes.Cluster(name, "hosts") : Routes.Hosts, ct), Columns));
    }

    private static Verb Membership(Cli cli, string name, string description, Func<Api, string, CancellationToken, Task<Answer>> act)
    {
        var (address, cluster) = (Address(), new Argument<string>("CLUSTER") { Description = "Name of the cluster." });
        return cli.Asks(new Verb(name, description) { address, cluster }, async (session, line, ct) =>
            session.Done(await act(session.Api, Routes.Cluster(line.GetRequiredValue(cluster), "hosts", await Addresses.Resolve(line.GetRequiredValue(address), ct)), ct)));
    }

    private static Verb AcceptKey(Cli cli)
    {
        var (address, fingerprint) = (Address(), new Argument<string>("FINGERPRINT") { Description = "The fingerprint of the new key, SHA256:…, as the host's offered_host_key shows it." });
        return cli.Asks(
            new Verb("accept-key", "Accept that a host shows another host key than before.", """
                Compare the fingerprint with what the host itself says: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub
                """) { address, fingerprint },
            async (session, line, ct) => session.Done(await session.Api.Put(
                Routes.Host(await Addresses.Resolve(line.GetRequiredValue(address), ct), "hostkey"),
                new AcceptHostKeyRequest { Fingerprint = line.GetRequiredValue(fingerprint) }, Api.Json.AcceptHostKeyRequest, ct)));
    }
}
