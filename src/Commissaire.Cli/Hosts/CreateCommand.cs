using Commissaire.Contracts.Hosts;

namespace Commissaire.Hosts;

/// <summary><c>commctl host create</c>.</summary>
internal static class CreateCommand
{
    public static DocumentedCommand Build(CommandFactory factory)
    {
        var key = new Argument<string>("KEYFILE") { Description = "File with the private key of the remote user; - for standard input." };
        var cluster = Options.Text(["--cluster", "-c"], "NAME", "Cluster to join. Default: none.");
        var user = Options.Text(
            ["--remote-user"], "USER", "User as which Commissaire logs in: root, or a user with passwordless sudo. Default: root.");
        var port = Options.Integer(["--port", "-p"], "Port of sshd on the host. Default: 22.", 1, 65535);
        var hostKey = Options.Text(
            ["--host-key"], "KEY", "Host key to trust: a public key line, its fingerprint (SHA256:…), or a public key file. "
                + "Default: the key offered at the first connection.");
        var bootstrap = Options.Bootstrap("Whether to bootstrap the host: auto (unless it is in service), always, or never (adopt it as it "
            + "is). Default: that of the cluster, or auto.");
        var wait = new Option<bool>("--wait", "-w") { Description = "Show progress until the host is ready. Exit status 3 if it failed." };
        var dryRun = new Option<bool>("--dry-run")
        {
            Description = "Only connect, look, and print what would be done. Exit status 3 if the host would not become ready.",
        };
        return HostCommands.WithHost(
            factory, new DocumentedCommand(
                "create", "Register a host. Commissaire then connects to it, and prepares it for containers unless it is in service.", """
                Examples:
                  commctl host create --cluster my_cluster 192.168.152.110 /path/to/ssh_key
                  commctl host create --cluster prod --dry-run 10.0.0.7 /path/to/ssh_key
                  commctl host create --cluster prod --bootstrap never 10.0.0.7 /path/to/ssh_key
                  commctl host create --remote-user core --host-key ssh_host_ed25519_key.pub --wait 192.168.152.110 - < ssh_key
                """) { key, cluster, user, port, hostKey, bootstrap, wait, dryRun },
            async (session, host, parseResult, ct) =>
            {
                var body = new RegisterHostRequest
                {
                    SshPrivKey = Convert.ToBase64String(
                        Files.ReadBytes("KEYFILE", parseResult.GetRequiredValue(key), session.Environment)),
                    Cluster = parseResult.GetValue(cluster),
                    RemoteUser = parseResult.GetValue(user),
                    Port = parseResult.GetValue(port),
                    Bootstrap = parseResult.GetValue(bootstrap),
                    HostKey = parseResult.GetValue(hostKey) is { } path && File.Exists(path)
                        ? Files.ReadText("--host-key", path, session.Environment).Trim()
                        : parseResult.GetValue(hostKey),
                };
                if (parseResult.GetValue(dryRun))
                {
                    if (parseResult.GetValue(wait))
                    {
                        throw new CommandException("--dry-run registers no host to --wait for. Leave one of them out.");
                    }

                    var plan = await session.Api.Put(
                        Routes.DryRun(Routes.Host(host)), body, ApiClient.Json.RegisterHostRequest, ct);
                    session.PrintResult(plan);
                    return plan.Json?["problem"] is null ? ExitCodes.Success : ExitCodes.WaitFailed;
                }

                Task<ApiResponse> Register() => session.Api.Put(Routes.Host(host), body, ApiClient.Json.RegisterHostRequest, ct);
                return parseResult.GetValue(wait)
                    ? await HostWatcher.WaitUntilReady(session, host, body.Cluster, Register, ct)
                    : session.PrintResult(await Register());
            });
    }
}
