using System.Text.Json.Nodes;
using Commissaire.Lab.Kubernetes.Server;

namespace Commissaire.Lab.Kubernetes.Objects;

/// <summary>A client that writes an object, as <c>managedFields</c> names it.</summary>
internal sealed record Owner(string Manager, string Operation = "Update", string Subresource = "");

/// <summary>
/// Records in <c>metadata.managedFields</c> who owns each field: the client that changed it last. Lists are owned as a whole, while the
/// real server tracks the items of some. Writes of the lab's own controllers are not recorded.
/// </summary>
internal static class Owners
{
    private static readonly string[] ServerOwned =
        ["managedFields", "name", "namespace", "uid", "resourceVersion", "creationTimestamp", "generation", "deletionTimestamp",
            "deletionGracePeriodSeconds"];

    /// <summary>Records the owner of the fields that differ from before, and of the fields that it applied.</summary>
    public static void Record(JsonObject? before, JsonObject after, string apiVersion, Owner owner, string now, JsonObject? applied = null)
    {
        var (old, current) = (Fields(before), Fields(after));
        var changed = current.Where(field => !old.TryGetValue(field.Key, out var value) || value != field.Value)
            .Select(field => field.Key).ToHashSet();
        var wanted = applied is null ? changed : [.. Fields(applied).Keys, .. changed];
        var removed = old.Keys.Except(current.Keys).ToHashSet();
        var entries = after.Items("metadata", "managedFields").OfType<JsonObject>().Select(Entry.Read).ToList();
        if (wanted.Count == 0 && removed.Count == 0)
        {
            return;
        }

        foreach (var entry in entries)
        {
            entry.Paths.ExceptWith(removed);
            if (entry.Owner != owner)
            {
                entry.Paths.ExceptWith(changed);
            }
        }

        if (wanted.Count > 0)
        {
            var own = entries.Find(entry => entry.Owner == owner);
            if (own is null)
            {
                own = new Entry(owner, []);
                entries.Add(own);
            }

            own.Time = own.Paths.IsSupersetOf(wanted) && changed.Count == 0 ? own.Time : now;
            own.Paths.UnionWith(wanted);
        }

        after.Map("metadata")["managedFields"] = new JsonArray(
            [.. entries.Where(entry => entry.Paths.Count > 0).Select(entry => entry.Write(apiVersion))]);
    }

    /// <summary>Rejects an apply that changes fields of others, as the real server does without <c>force</c>.</summary>
    public static void Demand(Kind kind, JsonObject existing, JsonObject applied, string manager)
    {
        var current = Fields(existing);
        var conflicts =
            from wanted in Fields(applied)
            where current.TryGetValue(wanted.Key, out var value) && value != wanted.Value
            from entry in existing.Items("metadata", "managedFields").OfType<JsonObject>().Select(Entry.Read)
            where entry.Paths.Contains(wanted.Key) && entry.Owner != new Owner(manager, "Apply")
            select (entry.Owner.Manager, Field: "." + wanted.Key.Replace('\n', '.'));
        if (conflicts.ToList() is { Count: > 0 } all)
        {
            throw Errors.ApplyConflict(kind, existing.Name(), all[0].Manager, all[0].Field, all.Count);
        }
    }

    // The leaves of an object, by path; the parts of a path are separated by line breaks, since names contain dots and slashes.
    private static Dictionary<string, string> Fields(JsonObject? each)
    {
        var fields = new Dictionary<string, string>();
        Walk(each, "");
        return fields;

        void Walk(JsonObject? map, string path)
        {
            foreach (var (name, value) in map ?? [])
            {
                var at = path.Length == 0 ? name : $"{path}\n{name}";
                if (path.Length == 0 && name is "kind" or "apiVersion" || (path is "metadata" && ServerOwned.Contains(name)))
                {
                    continue;
                }

                if (value is JsonObject nested)
                {
                    Walk(nested, at);
                }
                else if (value is not null)
                {
                    fields[at] = value.ToJsonString();
                }
            }
        }
    }

    private sealed class Entry(Owner owner, HashSet<string> paths)
    {
        public Owner Owner => owner;

        public HashSet<string> Paths => paths;

        public string Time { get; set; } = "";

        public static Entry Read(JsonObject entry)
        {
            var paths = new HashSet<string>();
            Walk(entry["fieldsV1"] as JsonObject, "");
            return new Entry(
                new Owner(entry.Text("manager") ?? "", entry.Text("operation") ?? "", entry.Text("subresource") ?? ""), paths)
            {
                Time = entry.Text("time") ?? "",
            };

            void Walk(JsonObject? fields, string path)
            {
                foreach (var (name, value) in fields ?? [])
                {
                    var at = path.Length == 0 ? name[2..] : $"{path}\n{name[2..]}";
                    if (value is JsonObject { Count: > 0 } nested)
                    {
                        Walk(nested, at);
                    }
                    else
                    {
                        paths.Add(at);
                    }
                }
            }
        }

        public JsonObject Write(string apiVersion)
        {
            var fields = new JsonObject();
            foreach (var path in paths.Order(StringComparer.Ordinal))
            {
                var at = fields;
                foreach (var name in path.Split('\n'))
                {
                    at = at.Map($"f:{name}");
                }
            }

            var written = new JsonObject
            {
                ["manager"] = owner.Manager,
                ["operation"] = owner.Operation,
                ["apiVersion"] = apiVersion,
                ["time"] = Time,
                ["fieldsType"] = "FieldsV1",
                ["fieldsV1"] = fields,
            };
            if (owner.Subresource.Length > 0)
            {
                written["subresource"] = owner.Subresource;
            }

            return written;
        }
    }
}
