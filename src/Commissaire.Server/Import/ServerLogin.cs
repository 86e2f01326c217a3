using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Commissaire.Storage;

namespace Commissaire.Import;

/// <summary>What the command line says about the server. Null is what it does not say.</summary>
internal sealed record ServerOptions(
    string? Server, string? Config, string? Username, string? PasswordFile, string? Authorities, string? ClientPem);

/// <summary>The server to import into, and how to log in to it: from options, and from the configuration file of <c>commctl</c>.</summary>
/// <param name="Endpoints">Base URLs, in the order to try.</param>
/// <param name="Authorization">The header with user and password; null for a login with a client certificate only.</param>
/// <param name="Authorities">Authorities of the server's certificate; null for those of this machine.</param>
/// <param name="ClientPem">A file with a client certificate and its key; null for none.</param>
internal sealed record ServerLogin(
    IReadOnlyList<Uri> Endpoints, AuthenticationHeaderValue? Authorization, NamedFile? Authorities, NamedFile? ClientPem)
{
    private const string DefaultConfig = ".commissaire.json";

    /// <summary>Combines options and configuration.</summary>
    /// <exception cref="StartupException">Something is missing or invalid.</exception>
    public static ServerLogin Find(ServerOptions options, ImportEnvironment environment)
    {
        var named = options.Config ?? (environment.Variable("COMMCTL_CONFIG") is { Length: > 0 } variable ? variable : null);
        var path = named ?? Path.Combine(environment.Home, DefaultConfig);
        var config = named is null && !File.Exists(path) ? new Configured() : Read(path);
        var endpoints = options.Server is { } server ? [server] : config.Endpoints;
        return new ServerLogin(
            endpoints.Count > 0
                ? [.. endpoints.Select(Url)]
                : throw new StartupException($"--server: is missing. Set it, or \"endpoint\" in '{path}'."),
            Header(options, config, path),
            NamedFile.Of("--ca", options.Authorities),
            NamedFile.Of("--client-pemfile", options.ClientPem));
    }

    private static AuthenticationHeaderValue? Header(ServerOptions options, Configured config, string path)
    {
        if ((options.Username ?? config.Username) is not { } user)
        {
            return options.ClientPem is not null ? null
                : config.Kubeconfig ? throw new StartupException(
                    $"'{path}' has a kubeconfig, which import does not read. Set --client-pemfile, or --username and --password-file.")
                : throw new StartupException($"--username: is missing. Set it, or \"username\" in '{path}', or --client-pemfile.");
        }

        // The configured password belongs to the configured user.
        var password = options.PasswordFile is { } file ? FirstLine(file)
            : user == config.Username && config.Password is { } configured ? configured
            : throw new StartupException(
                $"--password-file: is missing. Set it to a file with the password of '{user}', or set \"password\" in '{path}'.");
        return new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
    }

    private static string FirstLine(string file) =>
        new StringReader(Encoding.UTF8.GetString(ImportFile.Read("--password-file", file, OptionFile.MaxSize))).ReadLine() ?? "";

    private static Uri Url(string text) =>
        !Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https")
            ? throw new StartupException($"--server: '{text}' is not a URL such as https://127.0.0.1:8000.")
            : url.UserInfo.Length == 0 ? url
            : throw new StartupException("--server: contains credentials. Set --username and --password-file instead.");

    // The file belongs to commctl, which warns about settings that it does not know.
    private static Configured Read(string path)
    {
        try
        {
            var json = ImportFile.Read("--config", path, OptionFile.MaxSize);
            var lenient = new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
            using var document = JsonDocument.Parse(json, lenient);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                throw new StartupException($"--config: '{path}' is not a JSON object.");
            }

            string? Text(string name) => !root.TryGetProperty(name, out var value) ? null : TextOf(name, value);
            string TextOf(string name, JsonElement value) => value.ValueKind == JsonValueKind.String
                ? value.GetString()! : throw new StartupException($"--config: '{path}': {name}: expected text.");
            return new Configured
            {
                Endpoints = !root.TryGetProperty("endpoint", out var endpoint) ? []
                    : endpoint.ValueKind == JsonValueKind.Array ? [.. endpoint.EnumerateArray().Select(e => TextOf("endpoint", e))]
                    : [TextOf("endpoint", endpoint)],
                Username = Text("username"),
                Password = Text("password"),
                Kubeconfig = root.TryGetProperty("kubeconfig", out _),
            };
        }
        catch (JsonException e)
        {
            throw new StartupException($"--config: '{path}' is not JSON: line {e.LineNumber + 1}.");
        }
        catch (InvalidOperationException)
        {
            throw new StartupException($"--config: '{path}' contains half a character.");
        }
    }

    private sealed record Configured
    {
        public IReadOnlyList<string> Endpoints { get; init; } = [];

        public string? Username { get; init; }

        public string? Password { get; init; }

        public bool Kubeconfig { get; init; }
    }
}
