using System.Text.Json;
using System.Text.Json.Nodes;
using Commissaire.Storage;

namespace Commissaire.Configuration;

/// <summary>Reads a configuration file: a JSON object. As in 2017, keys may be written with dashes instead of underscores.</summary>
internal static class ConfigFile
{
    /// <summary>Reads the file, or standard input for <c>-</c>. Without a path, reads the fallback if it exists.</summary>
    /// <exception cref="StartupException">The file cannot be read, or is not a JSON object.</exception>
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
            var parsing = new JsonDocumentOptions { AllowDuplicateProperties = false };
            return JsonNode.Parse(OptionFile.Read(stream, $"'{name}'"), documentOptions: parsing) is JsonObject config
                ? Underscored(config)
                : throw new StartupException($"Configuration file '{name}' must contain a JSON object.");
        }
        catch (JsonException e)
        {
            throw new StartupException(e.LineNumber is { } line
                ? $"Configuration file '{name}' is not valid JSON: line {line + 1}, byte {e.BytePositionInLine}."
                : $"Configuration file '{name}' is not valid JSON: {e.Message}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"Cannot read configuration file '{name}': {e.Message}");
        }
    }

    // Converts the keys of nested objects, but not of objects in lists: users and options of authentication plugins keep their names.
    private static JsonObject Underscored(JsonObject config)
    {
        var converted = new JsonObject();
        foreach (var (key, value) in config)
        {
            if (!converted.TryAdd(key.Replace('-', '_'), value is JsonObject o ? Underscored(o) : value?.DeepClone()))
            {
                throw new StartupException($"{key}: is set twice, with a dash and with an underscore. Remove one of them.");
            }
        }

        return converted;
    }
}
