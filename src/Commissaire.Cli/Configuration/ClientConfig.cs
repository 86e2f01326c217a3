using System.Text.Json;
using Commissaire.Invocation;

namespace Commissaire.Configuration;

/// <summary>The configuration file of the client, as it has been since 2017.</summary>
internal sealed record ClientConfig
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>Where it stands.</summary>
    public required string Path { get; init; }

    /// <summary>The base URLs of servers, in the order in which they are tried.</summary>
    public IReadOnlyList<string> Endpoints { get; init; } = [];

    /// <summary>Who asks.</summary>
    public string? Username { get; init; }

    /// <summary>How they prove it.</summary>
    public string? Password { get; init; }

    /// <summary>A kubeconfig whose credentials come before user and password.</summary>
    public string? Kubeconfig { get; init; }

    /// <summary>Reads a file. The default one need not exist.</summary>
    /// <exception cref="CommandFailure">It cannot be read, or is not what was expected.</exception>
    public static ClientConfig Read(string? given, Surroundings world)
    {
        var path = given ?? (world.Variable("COMMCTL_CONFIG") is { Length: > 0 } variable ? variable : null);
        var required = path is not null;
        path ??= System.IO.Path.Combine(world.Home, ".commissaire.json");
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            var config = Of(path, document.RootElement, world.Error);
            if (config.Password is not null && (File.GetUnixFileMode(path) & Others) != 0)
            {
                world.Error.WriteLine($"commctl: warning: {path} holds a password and is open to other users; run: chmod 600 {path}");
            }

            return config;
        }
        catch (Exception e) when (!required && e is (FileNotFoundException or DirectoryNotFoundException))
        {
            return new ClientConfig { Path = path };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure($"The configuration file {path} cannot be read: {e.Message} Name another one with --config.");
        }
        catch (JsonException e)
        {
            throw new CommandFailure($"The configuration file {path} is not JSON, line {e.LineNumber + 1}; expected an object such as {{\"username\": \"a\", \"endpoint\": \"http://127.0.0.1:8000\"}}.");
        }
    }

    private static ClientConfig Of(string path, JsonElement root, TextWriter error)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new CommandFailure($"The configuration file {path} does not hold an object; expected one such as {{\"username\": \"a\", \"endpoint\": \"http://127.0.0.1:8000\"}}.");
        }

        var config = new ClientConfig { Path = path };
        foreach (var field in root.EnumerateObject())
        {
            switch (field.Name)
            {
                case "endpoint":
                    config = config with { Endpoints = [.. field.Value.ValueKind == JsonValueKind.Array ? field.Value.EnumerateArray().Select(item => Text(path, "endpoint", item)) : [Text(path, "endpoint", field.Value)]] };
                    break;
                case "username":
                    config = config with { Username = Text(path, field.Name, field.Value) };
                    break;
                case "password":
                    config = config with { Password = Text(path, field.Name, field.Value) };
                    break;
                case "kubeconfig":
                    config = config with { Kubeconfig = Text(path, field.Name, field.Value) };
                    break;
                default:
                    error.WriteLine($"commctl: warning: {path}: '{field.Name}' is not a setting and is ignored.");
                    break;
            }
        }

        return config;
    }

    private static string Text(string path, string name, JsonElement value) => value.ValueKind == JsonValueKind.String
        ? value.GetString()!
        : throw new CommandFailure($"The configuration file {path}: '{name}' is not text{(name == "endpoint" ? " or a list of texts" : "")}.");
}
