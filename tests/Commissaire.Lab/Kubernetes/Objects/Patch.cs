using System.Globalization;
using System.Text.Json.Nodes;
using Commissaire.Lab.Kubernetes.Server;

namespace Commissaire.Lab.Kubernetes.Objects;

/// <summary>Applies patches.</summary>
internal static class Patch
{
    /// <summary>How lists are merged: by this field of their items, or as a set if empty.</summary>
    private static readonly Dictionary<string, string> MergeKeys = new()
    {
        ["taints"] = "key",
        ["conditions"] = "type",
        ["addresses"] = "type",
        ["ownerReferences"] = "uid",
        ["volumesAttached"] = "",
        ["finalizers"] = "",
        ["podCIDRs"] = "",
    };

    /// <summary>Applies a merge patch: objects merge, null removes, other values replace.</summary>
    public static JsonNode Merge(JsonNode? target, JsonObject patch)
    {
        var merged = target as JsonObject ?? [];
        foreach (var (name, value) in patch)
        {
            if (value is null)
            {
                merged.Remove(name);
            }
            else if (value is JsonObject nested)
            {
                merged[name] = Merge(merged[name], nested).DeepClone();
            }
            else
            {
                merged[name] = value.DeepClone();
            }
        }

        return merged;
    }

    /// <summary>Applies a strategic merge patch: like a merge patch, but lists with a key merge by it.</summary>
    public static JsonObject Strategic(JsonObject? target, JsonObject patch)
    {
        var merged = patch.Text("$patch") is "replace" ? [] : target?.Copy() ?? [];
        foreach (var (name, value) in patch)
        {
            switch (value)
            {
                case var _ when name.StartsWith('$'):
                    break;
                case null:
                case JsonObject removed when removed.Text("$patch") is "delete":
                    merged.Remove(name);
                    break;
                case JsonObject nested:
                    merged[name] = Strategic(merged[name] as JsonObject, nested);
                    break;
                case JsonArray list when MergeKeys.TryGetValue(name, out var key):
                    merged[name] = MergeList(merged[name] as JsonArray, list, key);
                    break;
                default:
                    merged[name] = value.DeepClone();
                    break;
            }
        }

        return merged;
    }

    /// <summary>Applies a JSON patch. A failing test is rejected with 422, as the real server does.</summary>
    public static JsonObject Json(JsonObject target, JsonArray operations)
    {
        JsonNode root = target.Copy();
        foreach (var operation in operations.OfType<JsonObject>())
        {
            var path = (operation.Text("path") ?? "").Split('/').Skip(1)
                .Select(part => part.Replace("~1", "/").Replace("~0", "~")).ToList();
            var parent = path.SkipLast(1).Aggregate((JsonNode?)root, Step);
            var (name, value) = (path.LastOrDefault() ?? "", operation["value"]?.DeepClone());
            var applied = operation.Text("op") switch
            {
                "test" => JsonNode.DeepEquals(Step(parent, name), value),
                "add" when parent is JsonArray list && name is "-" => Done(() => list.Add(value)),
                "add" when parent is JsonArray list && Index(name) is { } at && at <= list.Count => Done(() => list.Insert(at, value)),
                "add" when parent is JsonObject map => Done(() => map[name] = value),
                "replace" when parent is JsonObject map && map.ContainsKey(name) => Done(() => map[name] = value),
                "replace" when parent is JsonArray list && Index(name) is { } at && at < list.Count => Done(() => list[at] = value),
                "remove" when parent is JsonArray list && Index(name) is { } at && at < list.Count => Done(() => list.RemoveAt(at)),
                "remove" when parent is JsonObject map => map.Remove(name),
                _ => false,
            };
            if (!applied)
            {
                throw Errors.Invalid(
                    null,
                    "",
                    "patch",
                    "Invalid value",
                    $"the server rejected our request due to an error in our request: {operation.ToJsonString()}");
            }
        }

        return (JsonObject)root;
    }

    private static JsonArray MergeList(JsonArray? target, JsonArray patch, string key)
    {
        var items = patch.OfType<JsonNode>().ToList();
        var replaces = items.Exists(item => item.Text("$patch") is "replace");
        var merged = replaces ? [] : target?.OfType<JsonNode>().Select(item => item.DeepClone()).ToList() ?? [];
        foreach (var item in items.Where(item => item.Text("$patch") is not "replace"))
        {
            var at = merged.FindIndex(each => key.Length == 0 ? JsonNode.DeepEquals(each, item) : each.Text(key) == item.Text(key));
            if (item.Text("$patch") is "delete")
            {
                merged.RemoveAll(each => each.Text(key) == item.Text(key));
            }
            else if (at < 0)
            {
                merged.Add(item.DeepClone());
            }
            else if (item is JsonObject change)
            {
                merged[at] = Strategic(merged[at] as JsonObject, change);
            }
        }

        return new JsonArray([.. merged]);
    }

    private static JsonNode? Step(JsonNode? node, string name) => node switch
    {
        JsonObject map => map[name],
        JsonArray list when Index(name) is { } at && at < list.Count => list[at],
        _ => null,
    };

    private static int? Index(string name) =>
        int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : null;

    private static bool Done(Action act)
    {
        act();
        return true;
    }
}
