using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Commissaire.Output;

/// <summary>
/// Shows characters that control a terminal or hide what a text says as escapes: controls (C0, C1), formats such as bidirectional overrides
/// and zero-width characters, line and paragraph separators, and halves of surrogate pairs.
/// </summary>
internal static class UnsafeText
{
    /// <summary>Whether a text has a character that <see cref="Escape(string)"/> replaces.</summary>
    public static bool IsIn(string text)
    {
        for (var index = 0; index < text.Length;)
        {
            if (IsUnsafe(text, index, out var length))
            {
                return true;
            }

            index += length;
        }

        return false;
    }

    /// <summary>Replaces unsafe characters by JSON escapes (<c>\u001b</c>), except line feeds.</summary>
    public static string Escape(string text) =>
        Escape(text, character => string.Concat(character.Select(c => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"))));

    /// <summary>Replaces unsafe characters by the escapes of double-quoted scalars in YAML, which have one for each character.</summary>
    public static string EscapeYaml(string text) => Escape(text, character => character.Length == 2
        ? string.Create(CultureInfo.InvariantCulture, $"\\U{char.ConvertToUtf32(character, 0):X8}")
        : string.Create(CultureInfo.InvariantCulture, $"\\u{(int)character[0]:x4}"));

    /// <summary>Replaces JSON strings with half a surrogate pair, which .NET does not read, by their raw text.</summary>
    public static void ReplaceHalfPairs(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject obj:
                foreach (var (key, value) in obj.ToList())
                {
                    if (RawIfUnreadable(value) is { } raw)
                    {
                        obj[key] = raw;
                    }

                    ReplaceHalfPairs(value);
                }

                break;
            case JsonArray list:
                for (var index = 0; index < list.Count; index++)
                {
                    if (RawIfUnreadable(list[index]) is { } raw)
                    {
                        list[index] = raw;
                    }

                    ReplaceHalfPairs(list[index]);
                }

                break;
        }
    }

    private static JsonValue? RawIfUnreadable(JsonNode? node)
    {
        if (node is not JsonValue value || value.GetValueKind() != JsonValueKind.String)
        {
            return null;
        }

        try
        {
            _ = value.GetValue<string>();
            return null;
        }
        catch (InvalidOperationException)
        {
            return JsonValue.Create(value.GetValue<JsonElement>().GetRawText().Trim('"'));
        }
    }

    private static string Escape(string text, Func<string, string> escape)
    {
        if (!IsIn(text))
        {
            return text;
        }

        var safe = new StringBuilder(text.Length + 16);
        for (var index = 0; index < text.Length;)
        {
            var unsafeHere = IsUnsafe(text, index, out var length);
            var character = text.Substring(index, length);
            safe.Append(unsafeHere ? escape(character) : character);
            index += length;
        }

        return safe.ToString();
    }

    private static bool IsUnsafe(string text, int index, out int length)
    {
        length = char.IsSurrogatePair(text, index) ? 2 : 1;
        return text[index] != '\n' && CharUnicodeInfo.GetUnicodeCategory(text, index)
            is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            or UnicodeCategory.Surrogate;
    }
}
