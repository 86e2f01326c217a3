using System.Text.Json;
using Commissaire.Http;
using Commissaire.Invocation;

namespace Commissaire.ContainerManagers;

/// <summary>Free-form options on the command line.</summary>
internal static class OptionTexts
{
    /// <summary>A JSON object.</summary>
    /// <exception cref="CommandFailure">It is none.</exception>
    public static IReadOnlyDictionary<string, JsonElement> Json(string text)
    {
        try
        {
            if (Object(text) is { } options)
            {
                return options;
            }
        }
        catch (JsonException)
        {
            // Said below.
        }

        throw new CommandFailure($"argument -o/--options: invalid loads value: '{text}'; expected a JSON object");
    }

    /// <summary>A JSON object in a file. What is wrong with it is said by its place: files are for secrets, and are never shown.</summary>
    /// <exception cref="CommandFailure">It cannot be read, or is none.</exception>
    public static IReadOnlyDictionary<string, JsonElement> Read(string argument, string path, Surroundings world)
    {
        var name = path == "-" ? "standard input" : $"'{path}'";
        try
        {
            return Object(Files.Text(argument, path, world)) ?? throw new CommandFailure($"argument {argument}: {name} is JSON, but no object; expected a JSON object");
        }
        catch (JsonException e)
        {
            throw new CommandFailure($"argument {argument}: {name} is not valid JSON (line {e.LineNumber + 1}, byte {e.BytePositionInLine}); expected a JSON object");
        }
    }

    /// <summary>Items that are each <c>KEY=VALUE</c> or a JSON object; of two values for a key the later one holds.</summary>
    /// <param name="before">What holds for the keys that no item names.</param>
    /// <param name="items">The items.</param>
    /// <exception cref="CommandFailure">One of them is neither.</exception>
    public static IReadOnlyDictionary<string, JsonElement> Items(IReadOnlyDictionary<string, JsonElement> before, IEnumerable<string> items)
    {
        var options = new Dictionary<string, JsonElement>(before, StringComparer.Ordinal);
        foreach (var item in items)
        {
            if (item.TrimStart().StartsWith('{'))
            {
                foreach (var (key, value) in Json(item))
                {
                    options[key] = value;
                }
            }
            else if (item.IndexOf('=', StringComparison.Ordinal) is > 0 and var at)
            {
                options[item[..at]] = JsonSerializer.SerializeToElement(item[(at + 1)..], Api.Json.String);
            }
            else
            {
                throw new CommandFailure($"argument -o/--options: '{item}' is neither KEY=VALUE nor a JSON object");
            }
        }

        return options;
    }

    private static Dictionary<string, JsonElement>? Object(string text)
    {
        using var document = JsonDocument.Parse(text);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var options = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var field in document.RootElement.EnumerateObject())
        {
            options[field.Name] = field.Value.Clone();
        }

        return options;
    }
}
