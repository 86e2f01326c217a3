using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Commissaire.Output;

/// <summary>
/// Writes YAML in the form that scripts have parsed since 2017: blocks, sorted keys, <c>{}</c>, <c>[]</c> and <c>''</c> for what is empty,
/// and a bare text followed by <c>...</c>.
/// </summary>
internal static class Yaml
{
    // Lines are never folded: a reason stays on the line of its key, where grep finds it.
    private static readonly EmitterSettings Settings = new EmitterSettings().WithBestWidth(int.MaxValue).WithMaxSimpleKeyLength(1024);

    /// <summary>Writes a value.</summary>
    public static void Write(JsonNode? value, TextWriter output)
    {
        using var text = new StringWriter { NewLine = "\n" };
        var emitter = new Emitter(text, Settings);
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart(null, null, isImplicit: true));
        Emit(value, emitter);
        emitter.Emit(new DocumentEnd(isImplicit: true));
        emitter.Emit(new StreamEnd());
        var written = text.ToString().TrimEnd('\n');
        if (written.EndsWith("\n...", StringComparison.Ordinal))
        {
            written = written[..^4];
        }

        output.WriteLine(written);
        if (value is not JsonObject and not JsonArray && !written.StartsWith('\'') && !written.StartsWith('"'))
        {
            output.WriteLine("...");
        }
    }

    private static void Emit(JsonNode? value, Emitter emitter)
    {
        switch (value)
        {
            case JsonObject mapping:
                emitter.Emit(new MappingStart(AnchorName.Empty, TagName.Empty, true, mapping.Count == 0 ? MappingStyle.Flow : MappingStyle.Block));
                foreach (var (key, item) in mapping.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                {
                    emitter.Emit(Text(key));
                    Emit(item, emitter);
                }

                emitter.Emit(new MappingEnd());
                break;
            case JsonArray list:
                emitter.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, true, list.Count == 0 ? SequenceStyle.Flow : SequenceStyle.Block));
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
        AnchorName.Empty, TagName.Empty, text, text.Contains('\n', StringComparison.Ordinal) ? ScalarStyle.Literal : ScalarStyle.Any,
        isPlainImplicit: !YamlWords.MeanSomethingElse(text), isQuotedImplicit: true);
}
