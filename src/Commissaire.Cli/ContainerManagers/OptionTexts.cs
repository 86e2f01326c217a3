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
            using var document = JsonDocument.Parse(text);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                var options = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
                foreach (var field in document.RootElement.EnumerateObject())
                {
                    options[field.Name] = field.Value.Clone();
                }

                return options;
            }
        }
        catch (JsonException)
        {
            // Said below.
        }

        throw new CommandFailure($"argument -o/--options: invalid loads value: '{text}'; expected a JSON object");
    }

    /// <summary>Items that are each <c>KEY=VALUE</c> or a JSON object; of two values for a key the later one holds.</summary>
    /// <exception cref="CommandFailure">One of them is neither.</exception>
    public static IReadOnlyDictionary<string, JsonElement> Items(IEnumerable<string> items)
    {
        var options = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
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
}
