using System.Text.Json;

namespace Commissaire.Import.Etcd;

/// <summary>A value in etcd, with its key below <c>/commissaire/</c>, such as <c>hosts/10.0.0.1</c>.</summary>
internal readonly record struct EtcdValue(string Key, string Value);

/// <summary>Reads the answer of etcd's v2 API to <c>GET /v2/keys/commissaire/?recursive=true</c>.</summary>
internal static class EtcdAnswer
{
    private const string Root = "/commissaire";
    private const string Expected = "Expected the answer to GET /v2/keys/commissaire/?recursive=true.";

    /// <summary>Returns all values below <c>/commissaire</c>, in the order of the answer.</summary>
    /// <exception cref="StartupException">The answer is no such answer; the message begins with <paramref name="source"/>.</exception>
    public static IReadOnlyList<EtcdValue> Read(ReadOnlyMemory<byte> json, string source)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var answer = document.RootElement;
            if (Member(answer, "errorCode") is not null)
            {
                throw new StartupException($"{source}: etcd answered with an error: {Text(answer, "message")} ({Text(answer, "cause")}). "
                    + "Check that this is the etcd of an installation of 2017.");
            }

            if (Member(answer, "node") is not { ValueKind: JsonValueKind.Object } node)
            {
                throw new StartupException($"{source}: node: expected an object. {Expected}");
            }

            var (values, found) = (new List<EtcdValue>(), false);
            Collect(node, "node", values, ref found);
            return found ? values : throw new StartupException($"{source}: has no key {Root}. {Expected}");
        }
        catch (JsonException e)
        {
            throw new StartupException($"{source}: is not JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine}. {Expected}");
        }
        catch (InvalidOperationException)
        {
            throw new StartupException($"{source}: contains half a character. {Expected}");
        }
        catch (FormatException e)
        {
            throw new StartupException($"{source}: {e.Message}. {Expected}");
        }
    }

    private static void Collect(JsonElement node, string path, List<EtcdValue> values, ref bool found)
    {
        if (node.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException($"{path}: expected an object");
        }

        // The node of the root has no key.
        var key = Member(node, "key") is { } named
            ? named.ValueKind == JsonValueKind.String ? named.GetString()! : throw new FormatException($"{path}.key: expected text")
            : "";
        found |= key == Root || key.StartsWith($"{Root}/", StringComparison.Ordinal);
        if (Member(node, "value") is { } value && key.StartsWith($"{Root}/", StringComparison.Ordinal))
        {
            values.Add(new EtcdValue(
                key[(Root.Length + 1)..],
                value.ValueKind == JsonValueKind.String ? value.GetString()! : throw new FormatException($"{key}: value: expected text")));
        }

        if (Member(node, "nodes") is not { } nodes)
        {
            return;
        }

        if (nodes.ValueKind != JsonValueKind.Array)
        {
            throw new FormatException($"{(key.Length > 0 ? key : path)}: nodes: expected a list");
        }

        var index = 0;
        foreach (var child in nodes.EnumerateArray())
        {
            Collect(child, $"{path}.nodes[{index++}]", values, ref found);
        }
    }

    private static JsonElement? Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var member) ? member : null;

    private static string Text(JsonElement element, string name) => Member(element, name)?.ToString() ?? "";
}
