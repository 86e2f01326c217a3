using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Commissaire.Http;
using Commissaire.Invocation;

namespace Commissaire.Hosts.Ssh;

/// <summary><c>commctl host ssh</c>.</summary>
internal static class SshCommand
{
    /// <summary>The command.</summary>
    public static Verb Build(Cli cli)
    {
        var host = new Argument<string>("HOSTNAME") { Description = "Address of the host, as it is registered." };
        var rest = new Argument<string[]>("ARGS") { Description = "Options of ssh. After another --: a command to run there.", Arity = ArgumentArity.ZeroOrMore };
        return cli.Asks(
            new Verb("ssh", "Log in to a host with the credentials that the server keeps for it.", """
                All that follows HOSTNAME goes to ssh. The host must show the host key that the server knows. The private key is
                in a file that nobody else can read, in $XDG_RUNTIME_DIR where there is one, for as long as ssh runs.
                Exits with what ssh exits with: the status of the remote command, or 255.

                Examples:
                  commctl host ssh 192.168.1.100
                  commctl host ssh 192.168.1.100 -v -p 9876
                  commctl host ssh 192.168.1.100 -- systemctl status docker
                """) { host, rest },
            (session, line, ct) => Run(session, line.GetRequiredValue(host), line.GetValue(rest) ?? [], ct));
    }

    private static async Task<int> Run(Session session, string name, string[] rest, CancellationToken ct)
    {
        var address = name;
        var answer = await session.Api.Get(Routes.Host(address), ct);
        if (answer.Missing && !System.Net.IPAddress.TryParse(name, out _))
        {
            address = await Addresses.Resolve(name, ct);
            answer = await session.Api.Get(Routes.Host(address), ct);
        }

        var host = answer.OrFail().Read(Api.Json.HostResource);
        var credentials = (await session.Api.Get(Routes.Host(address, "creds"), ct)).OrFail().Read(Api.Json.CredentialsResource);
        if (credentials is not { SshPrivKey.Length: > 0, RemoteUser.Length: > 0 })
        {
            throw new CommandFailure("Unable to determine key and user from the server.");
        }

        if (host.HostKey.Length == 0)
        {
            throw new CommandFailure($"The server has not seen host '{address}' yet, and knows no host key that it could be held to: {host.Reason}.");
        }

        var (options, command) = Array.IndexOf(rest, "--") is >= 0 and var at ? (rest[..at], rest[(at + 1)..]) : (rest, []);
        var port = Port(options) ?? host.Port;
        var hostKey = await HostKeyScan.Find(name, port, host.HostKey, ct);
        using var folder = PrivateFolder.Make(session.World);
        var key = folder.Add("key", Convert.FromBase64String(credentials.SshPrivKey));
        var knownHosts = folder.Add("known_hosts", Encoding.ASCII.GetBytes($"{address} {hostKey}\n"));
        return await Call(
        [
            "-i", key, "-l", credentials.RemoteUser, "-o", "IdentitiesOnly=yes",
            "-o", $"UserKnownHostsFile={knownHosts}", "-o", "GlobalKnownHostsFile=/dev/null", "-o", "StrictHostKeyChecking=yes",
            "-o", $"HostKeyAlias={address}", "-o", "UpdateHostKeys=no", "-o", "CheckHostIP=no", "-o", $"HostKeyAlgorithms={Algorithms(hostKey)}",
            .. options, .. Port(options) is null ? (string[])["-p", port.ToString(CultureInfo.InvariantCulture)] : [], "--", name, .. command,
        ], ct);
    }

    private static async Task<int> Call(string[] arguments, CancellationToken ct)
    {
        using var ssh = Processes.Start(new ProcessStartInfo("ssh", arguments) { UseShellExecute = false });
        // The terminal sends SIGINT to ssh as well, which knows what it means there; anybody else who wants an end gets one for both.
        using var terminate = ct.Register(() => Processes.Terminate(ssh));
        await ssh.WaitForExitAsync(CancellationToken.None);
        return ssh.ExitCode;
    }

    private static int? Port(string[] options)
    {
        for (var i = 0; i < options.Length; i++)
        {
            var text = options[i] == "-p" && i + 1 < options.Length ? options[i + 1] : options[i].StartsWith("-p", StringComparison.Ordinal) ? options[i][2..] : "";
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port))
            {
                return port;
            }
        }

        return null;
    }

    // Of a host with several keys, the one that is known is asked for.
    private static string Algorithms(string hostKey) => hostKey.Split(' ')[0] switch
    {
        "ssh-rsa" => "rsa-sha2-512,rsa-sha2-256",
        var type => type,
    };
}
