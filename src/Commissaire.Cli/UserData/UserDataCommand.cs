using System.CommandLine;
using System.Text.RegularExpressions;
using Commissaire.Configuration;
using Commissaire.Invocation;

namespace Commissaire.UserData;

/// <summary><c>commctl user-data</c>.</summary>
internal static partial class UserDataCommand
{
    private const string More = """
        The document goes to the machine as its user-data. Whoever reads it can do what its credentials allow: prefer an enrolment token,
        which lets machines register into one cluster and nothing else. Here -c, -u, -p and -o have meanings of their own, as above.

        --format multipart   a part handler (Python, for cloud-init's own interpreter), a cloud-config, and the settings
        --format cloud-config   files and a script that needs curl; no part handler

        Examples:
          commctl user-data -e https://commissaire.example.com/ -c web --token-file token -o web.userdata
          commctl user-data -e https://commissaire.example.com/ -c web -u admin -p -o web.userdata
        """;

    /// <summary>The command.</summary>
    public static Verb Build(Cli cli)
    {
        var endpoint = new Option<string>("--endpoint", "-e") { Description = "Base URL of the server, as the machine reaches it.", HelpName = "URL", Required = true };
        var cluster = Text("--cluster", "-c", "Cluster to join.", "NAME");
        var username = Text("--username", "-u", "User to register the machine as.", "USER");
        var password = new Option<bool>("--password", "-p") { Description = "Ask for that user's password. --password-file reads it." };
        var token = Text("--token", null, "Enrolment token to register the machine with, instead of a user. Others can read it in the list of processes: --token-file is better.", "TOKEN");
        var tokenFile = Text("--token-file", null, "File with the enrolment token on its first line, or - for standard input.", "FILE");
        var remoteUser = Text("--remote-user", "-r", "User that Commissaire logs in as; made, and given sudo, if need be. Default: root.", "USER");
        var key = Text("--ssh-key-path", "-s", $"Private key of the remote user; made if need be. Default: .ssh/id_rsa of their home ({HostSettings.DefaultKey}).", "PATH");
        var authorized = Text("--authorized-keys-path", "-a", $"authorized_keys file of the remote user. Default: .ssh/authorized_keys of their home ({HostSettings.DefaultAuthorizedKeys}).", "PATH");
        var port = Numbers.Option(["--port"], "Port of the machine's sshd. Default: 22.", 1, 65535);
        var cloudInit = Text("--cloud-init", "-C", "File with a cloud-config of your own, in place of the one that says 'Finished booting'.", "FILE");
        var outfile = Text("--outfile", "-o", "File to write to, which only you may read. Default: standard output.", "FILE");
        var format = new Option<string>("--format") { Description = "multipart or cloud-config.", HelpName = "FORMAT", DefaultValueFactory = _ => "multipart" };
        format.AcceptOnlyFromAmong("multipart", "cloud-config");
        var command = new Verb("user-data", "Write user-data for cloud-init that registers a machine when it first boots.", More)
        {
            endpoint, cluster, username, password, token, tokenFile, remoteUser, key, authorized, port, cloudInit, outfile, format,
        };
        command.SetAction(async (line, ct) =>
        {
            var user = line.GetValue(remoteUser) ?? "root";
            var passwordFile = line.GetValue(cli.Options.PasswordFile);
            var settings = Checked(new HostSettings
            {
                Endpoint = line.GetRequiredValue(endpoint).TrimEnd('/'),
                Username = line.GetValue(username),
                Password = passwordFile is not null ? IdentityFinder.PasswordFile(passwordFile, cli.World)
                    : line.GetValue(password) ? await cli.World.Ask("Password: ", true, ct) ?? throw new CommandFailure("No terminal to ask for the password at: give --password-file.")
                    : null,
                Token = line.GetValue(token) ?? (line.GetValue(tokenFile) is { } file ? Files.Text("--token-file", file, cli.World).Split('\n')[0].Trim() : null),
                Cluster = line.GetValue(cluster),
                RemoteUser = user,
                SshKeyPath = line.GetValue(key) ?? (user == "root" ? HostSettings.DefaultKey : null),
                AuthorizedKeysPath = line.GetValue(authorized) ?? (user == "root" ? HostSettings.DefaultAuthorizedKeys : null),
                Port = line.GetValue(port),
            }, cli.World.Error);
            var own = line.GetValue(cloudInit);
            if (own is not null && line.GetValue(format) != "multipart")
            {
                throw new CommandFailure("argument -C/--cloud-init: goes with --format multipart only; add what --format cloud-config writes to your file instead");
            }

            var document = line.GetValue(format) == "multipart"
                ? MultipartDocument.Write(settings, own is null ? MultipartDocument.CloudConfig : Files.Text("-C/--cloud-init", own, cli.World))
                : CloudConfigDocument.Write(settings);
            if (line.GetValue(outfile) is { } path and not "-")
            {
                Files.WritePrivate("-o/--outfile", path, document);
            }
            else
            {
                await cli.World.Output.WriteAsync(document);
            }

            return ExitCodes.Done;
        });
        return command;
    }

    private static HostSettings Checked(HostSettings settings, TextWriter error)
    {
        if (!Uri.TryCreate(settings.Endpoint, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https"))
        {
            throw new CommandFailure($"argument -e/--endpoint: '{settings.Endpoint}' is not an http or https URL");
        }

        if (settings is { Token: not null, Username: not null } or { Token: not null, Password: not null })
        {
            throw new CommandFailure("Give an enrolment token, or a user with a password, but not both.");
        }

        if (settings is { Password: not null, Username: null })
        {
            throw new CommandFailure("A password needs --username.");
        }

        if (settings.Token is { } token && !TokenForm().IsMatch(token))
        {
            throw new CommandFailure("The enrolment token holds characters that none has; copy it as 'token create' showed it.");
        }

        foreach (var (argument, name) in ((string, string?)[])[("-c/--cluster", settings.Cluster), ("-r/--remote-user", settings.RemoteUser)])
        {
            if (name is not null && !NameForm().IsMatch(name))
            {
                throw new CommandFailure($"argument {argument}: '{name}' is not a name");
            }
        }

        foreach (var (argument, path) in ((string, string?)[])[("-s/--ssh-key-path", settings.SshKeyPath), ("-a/--authorized-keys-path", settings.AuthorizedKeysPath)])
        {
            if (path is not null && (!path.StartsWith('/') || path.Any(char.IsControl)))
            {
                throw new CommandFailure($"argument {argument}: '{path}' is not an absolute path");
            }
        }

        if (settings is { Token: null } and ({ Username: null } or { Password: null }))
        {
            error.WriteLine("commctl: warning: no credentials go into the document, and a server that asks for some will refuse the machine; give --token-file, or --username and -p.");
        }

        return settings;
    }

    private static Option<string?> Text(string name, string? alias, string description, string help) =>
        new(name, alias is null ? [] : [alias]) { Description = description, HelpName = help };

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9_.-]{0,252}\z")]
    private static partial Regex NameForm();

    // RFC 6750, section 2.1.
    [GeneratedRegex(@"\A[A-Za-z0-9._~+/-]+=*\z")]
    private static partial Regex TokenForm();
}
