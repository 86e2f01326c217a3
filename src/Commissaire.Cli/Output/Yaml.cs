using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Commissaire.Output;

/// <summary>
/// Writes the YAML that scripts of 2017 parse: block style, sorted keys, <c>{}</c>, <c>[]</c> and <c>''</c> for empty values, and
/// <c>...</c> after a plain string.
/// </summary>
internal static class Yaml
{
    // Never fold lines: grep must find a reason on the line of its key.
    private static readonly EmitterSettings Settings = new EmitterSettings().WithBestWidth(int.MaxValue).WithMaxSimpleKeyLength(1024);

    public static void Write(JsonNode? value, TextWriter output)
    {
        using var text = new StringWriter { NewLine = "\n" };
        var emitter = new Emitter(text, Settings);
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart(null, null, isImplicit: true));
        Emit(value, emitter);
        emitter.Emit(new DocumentEnd(isImplicit: true));
        emitter.Emit(new StreamEnd());
        // Unsafe characters are in double-quoted scalars, of which the emitter escapes only some.
        var yaml = UnsafeText.EscapeYaml(text.ToString().TrimEnd('\n'));
        if (yaml.EndsWith("\n...", StringComparison.Ordinal))
        {
            yaml = yaml[..^4];
        }

        output.WriteLine(yaml);
        if (value is not JsonObject and not JsonArray && !yaml.StartsWith('\'') && !yaml.StartsWith('"'))
        {
            output.WriteLine("...");
        }
    }

    private static void Emit(JsonNode? value, Emitter emitter)
    {
        switch (value)
        {
            case JsonObject mapping:
                var mappingStyle = mapping.Count == 0 ? MappingStyle.Flow : MappingStyle.Block;
                emitter.Emit(new MappingStart(AnchorName.Empty, TagName.Empty, true, mappingStyle));
                foreach (var (key, item) in mapping.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                {
                    emitter.Emit(Text(key));
                    Emit(item, emitter);
                }

                emitter.Emit(new MappingEnd());
                break;
            case JsonArray list:
                var sequenceStyle = list.Count == 0 ? SequenceStyle.Flow : SequenceStyle.Block;
                emitter.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, true, sequenceStyle));
                foreach (var item in list)
                {
                    Emit(item, emitter);
                }

                emitter.Emit(new SequenceEnd());
                break;
            case JsonValue text when text.GetValueKind() == JsonValueKind.String:
                emitter.Emit(Text(text.GetValue<string>()));
                break;
            default:
                emitter.Emit(new Scalar(value?.ToJsonString() ?? "null"));
                break;
        }
    }

    private static Scalar Text(string text) => new(
        AnchorName.Empty, TagName.Empty, text, StyleOf(text), isPlainImplicit: !YamlScalars.NeedsQuotes(text), isQuotedImplicit: true);

    private static ScalarStyle StyleOf(string text) =>
        UnsafeText.IsIn(text) ? ScalarStyle.DoubleQuoted
        : text.Contains('\n', StringComparison.Ordinal) ? ScalarStyle.Literal
        : ScalarStyle.Any;
}
