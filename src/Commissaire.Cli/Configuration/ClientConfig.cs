using System.Text.Json;

namespace Commissaire.Configuration;

/// <summary>The configuration file of the client, in the format of 2017.</summary>
internal sealed record ClientConfig
{
    private const string Example = """{"username": "a", "endpoint": "http://127.0.0.1:8000"}""";

    private const UnixFileMode GroupOrOthers =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    public required string Path { get; init; }

    /// <summary>The base URLs of the servers, in the order to try.</summary>
    public IReadOnlyList<string> Endpoints { get; init; } = [];

    public string? Username { get; init; }

    public string? Password { get; init; }

    /// <summary>The path of a kubeconfig, which takes precedence over user and password.</summary>
    public string? Kubeconfig { get; init; }

    /// <summary>The path of a file with the certificate authorities of the servers, which replace those of the system.</summary>
    public string? Ca { get; init; }

    /// <summary>Reads a file. Only the default file may be missing.</summary>
    /// <exception cref="CommandException">The file cannot be read, or a setting is invalid.</exception>
    public static ClientConfig Read(string? option, CliEnvironment environment)
    {
        var named = option ?? (environment.GetVariable("COMMCTL_CONFIG") is { Length: > 0 } variable ? variable : null);
        var path = named ?? System.IO.Path.Combine(environment.Home, ".commissaire.json");
        try
        {
            var lenient = new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
            using var file = Files.OpenRead(path);
            using var document = JsonDocument.Parse(file, lenient);
            var config = Parse(path, document.RootElement, environment.Error);
            if (config.Password is not null && (File.GetUnixFileMode(path) & GroupOrOthers) != 0)
            {
                environment.Error.WriteLine(
                    $"commctl: warning: {path} contains a password and is accessible to other users. Run: chmod 600 {path}");
            }

            return config;
        }
        catch (Exception e) when (named is null && e is (FileNotFoundException or DirectoryNotFoundException))
        {
            return new ClientConfig { Path = path };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"Cannot read configuration file {path}: {e.Message} Name another file with --config.");
        }
        catch (JsonException e)
        {
            throw new CommandException($"Configuration file {path}: invalid JSON in line {e.LineNumber + 1}. Expected {Example}.");
        }
    }

    private static ClientConfig Parse(string path, JsonElement root, TextWriter error)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new CommandException($"Configuration file {path}: not a JSON object. Expected {Example}.");
        }

        var config = new ClientConfig { Path = path };
        foreach (var field in root.EnumerateObject())
        {
            string Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()!
                : throw new CommandException($"Configuration file {path}: '{field.Name}' must be a string"
                    + $"{(field.Name == "endpoint" ? " or a list of strings" : "")}.");

            config = field.Name switch
            {
                "endpoint" when field.Value.ValueKind == JsonValueKind.Array =>
                    config with { Endpoints = [.. field.Value.EnumerateArray().Select(Text)] },
                "endpoint" => config with { Endpoints = [Text(field.Value)] },
                "username" => config with { Username = Text(field.Value) },
                "password" => config with { Password = Text(field.Value) },
                "kubeconfig" => config with { Kubeconfig = Text(field.Value) },
                "ca" => config with { Ca = Text(field.Value) },
                _ => config,
            };
            if (field.Name is not ("endpoint" or "username" or "password" or "kubeconfig" or "ca"))
            {
                error.WriteLine($"commctl: warning: {path}: unknown setting '{field.Name}' is ignored.");
            }
        }

        return config;
    }
}
