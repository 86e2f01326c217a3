using System.Text;
using System.Text.RegularExpressions;

namespace Commissaire.UserData;

/// <summary><c>commctl user-data</c>.</summary>
internal static partial class UserDataCommand
{
    private const string Details = """
        Pass the document to the machine as its user-data. It contains the credentials: prefer an enrolment token, which can only register
        hosts into one cluster. Here -c, -u, -p and -o are the options listed above, not the global options.

        Formats:
          multipart      A part handler in Python, which cloud-init runs; a cloud-config; and the settings.
          cloud-config   The settings, and a shell script that needs curl. For images that do not accept part handlers.

        Examples:
          commctl user-data -e https://commissaire.example.com/ -c web --token-file token -o web.userdata
          commctl user-data -e https://commissaire.example.com/ -c web -u admin -p -o web.userdata
        """;

    public static DocumentedCommand Build(CommandFactory factory)
    {
        var endpoint = Options.Text(["--endpoint", "-e"], "URL", "Base URL of the server, as the machine reaches it.");
        endpoint.Required = true;
        var cluster = Options.Text(["--cluster", "-c"], "NAME", "Cluster to join. Default: none.");
        var username = Options.Text(["--username", "-u"], "USER", "User who registers the machine.");
        var password = new Option<bool>("--password", "-p") { Description = "Prompt for the password. See also --password-file." };
        var token = Options.Text(
            ["--token"], "TOKEN", "Enrolment token, instead of a user. Other users can see it in the process list: prefer --token-file.");
        var tokenFile = Options.Text(["--token-file"], "FILE", "File with the enrolment token on its first line; - for standard input.");
        var remoteUser = Options.Text(
            ["--remote-user", "-r"], "USER", "User as which Commissaire logs in. Created with sudo rights if missing. Default: root.");
        var key = Options.Text(
            ["--ssh-key-path", "-s"], "PATH",
            "Private key of the remote user. Created if missing. "
            + "Default: ~/.ssh/id_ed25519 of that user, or an existing ~/.ssh/id_rsa.");
        var authorizedKeys = Options.Text(
            ["--authorized-keys-path", "-a"], "PATH", "Authorized keys of the remote user. Default: ~/.ssh/authorized_keys of that user.");
        var port = Options.Integer(["--port"], "Port of sshd on the machine. Default: 22.", 1, 65535);
        var bootstrap = Options.Bootstrap(
            "Whether to bootstrap the machine: auto (unless it is in service), always or never. Default: that of the cluster, or auto.");
        var cloudInit = Options.Text(["--cloud-init", "-C"], "FILE", "File with your own cloud-config. Default: log 'Finished booting'.");
        var outfile = Options.Text(["--outfile", "-o"], "FILE", "File to write, readable only by you. Default: standard output.");
        var format = Options.Choice(["--format"], "Format of the document.", ["multipart", "cloud-config"], "multipart");
        var gzip = new Option<bool>("--gzip")
        {
            Description = "Compress the document, for clouds that accept binary user-data, such as EC2.",
        };
        var command = new DocumentedCommand("user-data", "Write cloud-init user-data that registers a machine at its first boot.", Details)
        {
            endpoint, cluster, username, password, token, tokenFile, remoteUser, key, authorizedKeys, port, bootstrap, cloudInit, outfile,
            format, gzip,
        };
        command.SetAction(async (parseResult, ct) =>
        {
            var environment = factory.Environment;
            var user = parseResult.GetValue(remoteUser) ?? "root";
            var settings = new EnrolmentSettings
            {
                Endpoint = parseResult.GetRequiredValue(endpoint)!.TrimEnd('/'),
                Username = parseResult.GetValue(username),
                Password = parseResult.GetValue(factory.GlobalOptions.PasswordFile) is { } passwordFile
                    ? Files.ReadFirstLine("--password-file", passwordFile, environment)
                    : parseResult.GetValue(password) ? await PromptForPassword(environment, ct) : null,
                Token = parseResult.GetValue(token) ?? (parseResult.GetValue(tokenFile) is { } file
                    ? Files.ReadFirstLine("--token-file", file, environment).Trim() : null),
                Cluster = parseResult.GetValue(cluster),
                RemoteUser = user,
                SshKeyPath = parseResult.GetValue(key),
                AuthorizedKeysPath = parseResult.GetValue(authorizedKeys)
                    ?? (user == "root" ? EnrolmentSettings.DefaultAuthorizedKeys : null),
                Port = parseResult.GetValue(port),
                Bootstrap = parseResult.GetValue(bootstrap),
            };
            Validate(settings, environment.Error);
            var multipart = parseResult.GetRequiredValue(format) == "multipart";
            var cloudConfig = parseResult.GetValue(cloudInit) switch
            {
                null => MultipartDocument.DefaultCloudConfig,
                _ when !multipart => throw new CommandException(
                    "argument -C/--cloud-init: requires --format multipart. Add the output of --format cloud-config to your file instead."),
                var path => Files.ReadText("-C/--cloud-init", path, environment),
            };
            var document = multipart ? MultipartDocument.Render(settings, cloudConfig) : CloudConfigDocument.Render(settings);
            var compress = parseResult.GetValue(gzip);
            var bytes = compress ? DocumentSize.Compress(document) : Encoding.UTF8.GetBytes(document);
            if (parseResult.GetValue(outfile) is { } output and not "-")
            {
                Files.WritePrivate("-o/--outfile", output, bytes);
            }
            else if (compress)
            {
                throw new CommandException("argument --gzip: requires -o/--outfile FILE, because the document is binary.");
            }
            else
            {
                await environment.Output.WriteAsync(document);
            }

            DocumentSize.Report(bytes.Length, compress, environment.Error);

            return ExitCodes.Success;
        });
        return command;
    }

    private static async Task<string> PromptForPassword(CliEnvironment environment, CancellationToken ct) =>
        await environment.Prompt("Password: ", true, ct)
            ?? throw new CommandException("No terminal to prompt for the password. Use --password-file.");

    private static void Validate(EnrolmentSettings settings, TextWriter error)
    {
        static void Require(bool condition, string message)
        {
            if (!condition)
            {
                throw new CommandException(message);
            }
        }

        static void RequireName(string argument, string? name) =>
            Require(name is null || ValidName().IsMatch(name), $"argument {argument}: '{name}' is not a valid name.");
        static void RequirePath(string argument, string? path) => Require(
            path is null || (path.StartsWith('/') && !path.Any(char.IsControl)), $"argument {argument}: '{path}' is not an absolute path.");

        Require(
            Uri.TryCreate(settings.Endpoint, UriKind.Absolute, out var uri) && uri.Scheme is ("http" or "https"),
            $"argument -e/--endpoint: '{settings.Endpoint}' is not an http or https URL.");
        Require(
            settings is { Token: null } or { Username: null, Password: null }, "Use either an enrolment token, or a user with a password.");
        Require(settings is { Password: null } or { Username: not null }, "A password requires --username.");
        Require(
            settings.Token is null || ValidToken().IsMatch(settings.Token),
            "The enrolment token has invalid characters. Copy it from the output of 'commctl token create'.");
        RequireName("-c/--cluster", settings.Cluster);
        Require(
            ValidUser().IsMatch(settings.RemoteUser), $"argument -r/--remote-user: '{settings.RemoteUser}' is not a valid name.");
        RequirePath("-s/--ssh-key-path", settings.SshKeyPath);
        RequirePath("-a/--authorized-keys-path", settings.AuthorizedKeysPath);
        if (settings is { Token: null } and ({ Username: null } or { Password: null }))
        {
            error.WriteLine("commctl: warning: the document contains no credentials, and most servers will reject the machine. "
                + "Use --token-file, or --username and --password.");
        }
    }

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9_.-]{0,252}\z")]
    private static partial Regex ValidName();

    // Also names of directories: USER@DOMAIN, DOMAIN\USER, and machine accounts with a $.
    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9_.@+\\-]{0,254}(?<!\\)\$?\z")]
    private static partial Regex ValidUser();

    // RFC 6750, section 2.1.
    [GeneratedRegex(@"\A[A-Za-z0-9._~+/-]+=*\z")]
    private static partial Regex ValidToken();
}
