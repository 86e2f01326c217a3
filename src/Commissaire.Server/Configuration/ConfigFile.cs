using System.Text.Json;
using System.Text.Json.Nodes;

namespace Commissaire.Configuration;

/// <summary>Reads configuration files as they were in 2017: a JSON object in whose keys a dash means an underscore.</summary>
internal static class ConfigFile
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">The one that was asked for, <c>-</c> for standard input, or null.</param>
    /// <param name="fallback">The one to read when none was asked for, if it exists.</param>
    /// <exception cref="StartupException">It cannot be read, or is not what it should be.</exception>
    public static JsonObject Read(string? path, string fallback)
    {
        if (path is null && !File.Exists(fallback))
        {
            return [];
        }

        var name = path ?? fallback;
        try
        {
            using var stream = name == "-" ? Console.OpenStandardInput() : File.OpenRead(name);
            return JsonNode.Parse(stream, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false }) is JsonObject config
                ? Underscored(config)
                : throw new StartupException($"Configuration file '{name}' must hold a JSON object.");
        }
        catch (JsonException e)
        {
            throw new StartupException(e.LineNumber is { } line
                ? $"Configuration file '{name}' is not valid JSON: line {line + 1}, byte {e.BytePositionInLine}."
                : $"Configuration file '{name}' is not valid JSON: {e.Message}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"Configuration file '{name}' cannot be read: {e.Message}");
        }
    }

    // Through objects, not through lists: names of users and options of plug-ins stay as they are.
    private static JsonObject Underscored(JsonObject config)
    {
        var underscored = new JsonObject();
        foreach (var (key, value) in config)
        {
            if (!underscored.TryAdd(key.Replace('-', '_'), value is JsonObject o ? Underscored(o) : value?.DeepClone()))
            {
                throw new StartupException($"{key}: is there twice, once with a dash and once with an underscore.");
            }
        }

        return underscored;
    }
}
