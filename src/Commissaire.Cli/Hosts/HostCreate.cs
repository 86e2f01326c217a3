using System.CommandLine;
using Commissaire.Contracts.Hosts;
using Commissaire.Http;
using Commissaire.Invocation;

namespace Commissaire.Hosts;

/// <summary><c>commctl host create</c>.</summary>
internal static class HostCreate
{
    /// <summary>The command.</summary>
    public static Verb Build(Cli cli)
    {
        var (address, key) = (HostCommands.Address(), new Argument<string>("KEYFILE") { Description = "File with the private SSH key of the remote user, or - for standard input." });
        var cluster = new Option<string?>("--cluster", "-c") { Description = "Cluster to join.", HelpName = "NAME" };
        var user = new Option<string?>("--remote-user") { Description = "User to log in as: root, or one who may become root with sudo. Default: root.", HelpName = "USER" };
        var port = Numbers.Option(["--port", "-p"], "Port of the host's sshd. Default: 22.", 1, 65535);
        var hostKey = new Option<string?>("--host-key")
        {
            Description = "Host key by which it must prove itself: a public key line, a fingerprint (SHA256:…), or a file with a public key. Default: what it shows at first contact.",
            HelpName = "KEY",
        };
        var wait = new Option<bool>("--wait", "-w") { Description = "Show how it goes until the host is ready; exit 0 only if it is." };
        return cli.Asks(
            new Verb("create", "Register a host: Commissaire connects to it, learns what it is, and makes it able to carry containers.", """
                Examples:
                  commctl host create --cluster my_cluster 192.168.152.110 /path/to/ssh_key
                  commctl host create --remote-user core --host-key ssh_host_ed25519_key.pub --wait 192.168.152.110 - < ssh_key
                """) { address, key, cluster, user, port, hostKey, wait },
            async (session, line, ct) =>
            {
                var host = await Addresses.Resolve(line.GetRequiredValue(address), ct);
                var body = new RegisterHostRequest
                {
                    SshPrivKey = Convert.ToBase64String(Files.Bytes("KEYFILE", line.GetRequiredValue(key), session.World)),
                    Cluster = line.GetValue(cluster),
                    RemoteUser = line.GetValue(user),
                    Port = line.GetValue(port),
                    HostKey = HostKey(line.GetValue(hostKey), session.World),
                };
                Task<Answer> Put() => session.Api.Put(Routes.Host(host), body, Api.Json.RegisterHostRequest, ct);
                return line.GetValue(wait) ? await HostWatch.Follow(session, host, body.Cluster, Put, ct) : session.Done(await Put());
            });
    }

    private static string? HostKey(string? text, Surroundings world) =>
        text is not null && File.Exists(text) ? Files.Text("--host-key", text, world).Trim() : text;
}
