using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;

namespace Commissaire.Hosts.Ssh;

/// <summary><c>commctl host ssh</c>.</summary>
internal static class SshCommand
{
    public static DocumentedCommand Build(CommandFactory factory)
    {
        var host = new Argument<string>("HOSTNAME") { Description = "Address of the host, or a name that resolves to it." };
        var arguments = new Argument<string[]>(SshArguments.ArgumentName)
        {
            Description = "Options for ssh. After --, a command to run on the host.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        return factory.WithSession(
            new DocumentedCommand("ssh", "Log in to a host with the credentials stored by the server.", """
                ssh receives all arguments after HOSTNAME. The host must offer the host key that the server trusts. While ssh runs,
                the private key is in a file that only you can read, in $XDG_RUNTIME_DIR if set, else in $TMPDIR or /tmp.
                The exit status is that of ssh: the status of the remote command, or 255.

                Examples:
                  commctl host ssh 192.168.1.100
                  commctl host ssh 192.168.1.100 -v -p 9876
                  commctl host ssh 192.168.1.100 -- systemctl status docker
                """) { host, arguments },
            (session, parseResult, ct) =>
                LogIn(session, parseResult.GetRequiredValue(host), parseResult.GetValue(arguments) ?? [], ct));
    }

    private static async Task<int> LogIn(Session session, string name, string[] sshArguments, CancellationToken ct)
    {
        // ssh takes an IPv6 address without the brackets of URLs.
        name = name is ['[', .., ']'] ? name[1..^1] : name;
        var address = name;
        var response = await session.Api.Get(Routes.Host(address), ct);
        if (response.IsNotFound && !IPAddress.TryParse(name, out _))
        {
            address = await HostCommands.Resolve(name, ct);
            response = await session.Api.Get(Routes.Host(address), ct);
        }

        var host = response.EnsureSuccess().Deserialize(ApiClient.Json.HostResource);
        response = await session.Api.Get(Routes.Host(address, "creds"), ct);
        var credentials = response.EnsureSuccess().Deserialize(ApiClient.Json.CredentialsResource);
        if (credentials is not { SshPrivKey.Length: > 0, RemoteUser.Length: > 0 })
        {
            throw new CommandException("Unable to determine key and user from the server.");
        }

        if (host.HostKey.Length == 0)
        {
            throw new CommandException($"The server has no host key of '{address}' yet ({host.Reason}). Retry after its first connection.");
        }

        var (options, command) = Array.IndexOf(sshArguments, "--") is >= 0 and var separator
            ? (sshArguments[..separator], sshArguments[(separator + 1)..])
            : (sshArguments, []);
        var portOption = PortOption(options);
        var port = portOption ?? host.Port;
        var hostKey = await HostKeyScan.Find(name, port, host.HostKey, ct);
        using var directory = PrivateDirectory.Create(session.Environment);
        var key = directory.WriteFile("key", Convert.FromBase64String(credentials.SshPrivKey));
        var knownHosts = directory.WriteFile("known_hosts", Encoding.ASCII.GetBytes($"{address} {hostKey}\n"));
        return await RunSsh(
        [
            "-i", key, "-l", credentials.RemoteUser, "-o", "IdentitiesOnly=yes", "-o", "StrictHostKeyChecking=yes",
            "-o", $"UserKnownHostsFile={knownHosts}", "-o", "GlobalKnownHostsFile=/dev/null", "-o", $"HostKeyAlias={address}",
            "-o", "UpdateHostKeys=no", "-o", "CheckHostIP=no", "-o", $"HostKeyAlgorithms={HostKeyAlgorithms(hostKey)}", .. options,
            .. portOption is null ? (string[])["-p", port.ToString(CultureInfo.InvariantCulture)] : [], "--", name, .. command,
        ], ct);
    }

    private static async Task<int> RunSsh(string[] arguments, CancellationToken ct)
    {
        using var ssh = SshProcess.Start(new ProcessStartInfo("ssh", arguments) { UseShellExecute = false });
        // Interactive ssh sends Ctrl-C to the host, so a signal here must end ssh too.
        using var terminate = ct.Register(() => SshProcess.Terminate(ssh));
        await ssh.WaitForExitAsync(CancellationToken.None);
        return ssh.ExitCode;
    }

    private static int? PortOption(string[] options)
    {
        var index = Array.FindIndex(options, option => option.StartsWith("-p", StringComparison.Ordinal));
        var text = index < 0 ? null : options[index] == "-p" ? options.ElementAtOrDefault(index + 1) : options[index][2..];
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port : null;
    }

    // Makes a host with several keys offer the trusted one.
    private static string HostKeyAlgorithms(string hostKey) => hostKey.Split(' ')[0] switch
    {
        "ssh-rsa" => "rsa-sha2-512,rsa-sha2-256",
        var type => type,
    };
}
