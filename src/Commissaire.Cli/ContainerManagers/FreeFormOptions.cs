using System.Text.Json;

namespace Commissaire.ContainerManagers;

/// <summary>Parses the options of networks and container managers, whose keys depend on the type.</summary>
internal static class FreeFormOptions
{
    /// <summary>Parses a JSON object.</summary>
    /// <exception cref="CommandException">The text is not a JSON object.</exception>
    public static IReadOnlyDictionary<string, JsonElement> ParseJson(string text)
    {
        try
        {
            return ParseObject(text);
        }
        catch (JsonException)
        {
            throw new CommandException($"argument -o/--options: invalid loads value: '{text}'. Expected a JSON object.");
        }
    }

    /// <summary>Reads a JSON object from a file. Errors never quote the content, which may be secret.</summary>
    /// <exception cref="CommandException">The file cannot be read, or is not a JSON object.</exception>
    public static IReadOnlyDictionary<string, JsonElement> ReadFile(string argument, string path, CliEnvironment environment)
    {
        try
        {
            return ParseObject(Files.ReadText(argument, path, environment));
        }
        catch (JsonException e)
        {
            var (name, place) = (path == "-" ? "standard input" : $"'{path}'", $"line {e.LineNumber + 1}, byte {e.BytePositionInLine}");
            throw new CommandException($"argument {argument}: {name} is not a JSON object: error in {place}.");
        }
    }

    /// <summary>Merges items, each <c>KEY=VALUE</c> or a JSON object, over the defaults. Later values take precedence.</summary>
    /// <exception cref="CommandException">An item is invalid.</exception>
    public static IReadOnlyDictionary<string, JsonElement> Merge(
        IReadOnlyDictionary<string, JsonElement> defaults, IEnumerable<string> items)
    {
        var options = new Dictionary<string, JsonElement>(defaults, StringComparer.Ordinal);
        foreach (var item in items)
        {
            if (item.TrimStart().StartsWith('{'))
            {
                foreach (var (key, value) in ParseJson(item))
                {
                    options[key] = value;
                }
            }
            else if (item.IndexOf('=', StringComparison.Ordinal) is > 0 and var index)
            {
                options[item[..index]] = JsonSerializer.SerializeToElement(item[(index + 1)..], ApiClient.Json.String);
            }
            else
            {
                throw new CommandException($"argument -o/--options: invalid option '{item}'. Expected KEY=VALUE or a JSON object.");
            }
        }

        return options;
    }

    private static IReadOnlyDictionary<string, JsonElement> ParseObject(string text) =>
        JsonSerializer.Deserialize(text, ApiClient.Json.IReadOnlyDictionaryStringJsonElement) ?? throw new JsonException("null", "$", 0, 0);
}
