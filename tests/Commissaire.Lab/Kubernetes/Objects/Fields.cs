using System.Globalization;
using System.Text.Json.Nodes;

namespace Commissaire.Lab.Kubernetes.Objects;

/// <summary>Reads and writes nested fields, which may be missing at any level.</summary>
internal static class Fields
{
    public static JsonNode? At(this JsonNode? node, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            node = (node as JsonObject)?[name];
        }

        return node;
    }

    public static string? Text(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    public static long? Number(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is { } value && long.TryParse(value.ToJsonString(), CultureInfo.InvariantCulture, out var number) ? number : null;

    public static bool Flag(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonValue value && value.TryGetValue<bool>(out var flag) && flag;

    public static IEnumerable<JsonNode> Items(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonArray array ? array.OfType<JsonNode>() : [];

    public static IReadOnlyDictionary<string, string> Texts(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonObject map ? map.ToDictionary(pair => pair.Key, pair => pair.Value.Text() ?? "") : [];

    /// <summary>The object in a field, which is created if missing.</summary>
    public static JsonObject Map(this JsonObject node, string name)
    {
        if (node[name] is not JsonObject map)
        {
            node[name] = map = [];
        }

        return map;
    }

    /// <summary>The list in a field, which is created if missing.</summary>
    public static JsonArray List(this JsonObject node, string name)
    {
        if (node[name] is not JsonArray list)
        {
            node[name] = list = [];
        }

        return list;
    }

    public static JsonObject Copy(this JsonObject node) => (JsonObject)node.DeepClone();

    public static JsonObject Of(IEnumerable<KeyValuePair<string, string>> texts) =>
        new(texts.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)));

    public static string Name(this JsonNode node) => node.Text("metadata", "name") ?? "";

    public static string Namespace(this JsonNode node) => node.Text("metadata", "namespace") ?? "";

    public static string Uid(this JsonNode node) => node.Text("metadata", "uid") ?? "";

    public static string ResourceVersion(this JsonNode node) => node.Text("metadata", "resourceVersion") ?? "";

    public static bool Terminating(this JsonNode node) => node.Text("metadata", "deletionTimestamp") is not null;

    /// <summary>The condition of a type; null if there is none.</summary>
    public static JsonObject? Condition(this JsonNode node, string type) =>
        node.Items("status", "conditions").OfType<JsonObject>().FirstOrDefault(condition => condition.Text("type") == type);

    /// <summary>Sets a condition. Its transition time changes only with its status. Returns whether anything changed.</summary>
    public static bool SetCondition(this JsonObject node, string type, string status, string? reason, string? message, string now)
    {
        if (node.Condition(type) is not { } condition)
        {
            condition = new JsonObject { ["type"] = type };
            node.Map("status").List("conditions").Add((JsonNode)condition);
        }
        else if (condition.Text("status") == status && condition.Text("reason") == reason)
        {
            return false;
        }

        if (condition.Text("status") != status)
        {
            condition["lastTransitionTime"] = now;
        }

        condition["status"] = status;
        Set(condition, "reason", reason);
        Set(condition, "message", message);
        return true;
    }

    private static void Set(JsonObject condition, string name, string? text)
    {
        condition.Remove(name);
        if (text is not null)
        {
            condition[name] = text;
        }
    }
}
