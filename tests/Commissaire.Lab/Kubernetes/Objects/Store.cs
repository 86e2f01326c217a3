using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Commissaire.Lab.Kubernetes.Server;

namespace Commissaire.Lab.Kubernetes.Objects;

/// <summary>A change of an object.</summary>
internal sealed record Change(long Revision, Kind Kind, string Type, JsonObject Object, JsonObject? Before);

/// <summary>
/// All objects with their resource versions, and the history of their changes. It returns copies. Callers hold
/// <see cref="Guard"/> to make several steps atomic.
/// </summary>
internal sealed class Store(Time time)
{
    private readonly Dictionary<Kind, SortedDictionary<string, JsonObject>> objects =
        Kind.All.ToDictionary(kind => kind, _ => new SortedDictionary<string, JsonObject>(StringComparer.Ordinal));

    private readonly Dictionary<string, (JsonObject Object, DateTime At)> removed = [];
    private readonly Dictionary<string, List<JsonObject>> pages = [];
    private readonly List<Change> history = [];
    private long forgotten = 1000;
    private TaskCompletionSource changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Lock Guard { get; } = new();

    public HashSet<string> Namespaces { get; } = ["default", "kube-node-lease", "kube-public", "kube-system"];

    public long Revision { get; private set; } = 1000;

    public JsonObject? Find(Kind kind, string ns, string name)
    {
        lock (Guard)
        {
            return objects[kind].TryGetValue(Key(ns, name), out var found) ? found.Copy() : null;
        }
    }

    public JsonObject Get(Kind kind, string ns, string name) => Find(kind, ns, name) ?? throw Errors.NotFound(kind, name);

    public List<JsonObject> All(Kind kind, string ns = "")
    {
        lock (Guard)
        {
            return [.. objects[kind].Values.Where(each => ns.Length == 0 || each.Namespace() == ns).Select(Fields.Copy)];
        }
    }

    public JsonObject Create(Kind kind, JsonObject created)
    {
        lock (Guard)
        {
            if (objects[kind].ContainsKey(KeyOf(created)))
            {
                throw Errors.AlreadyExists(kind, created.Name());
            }

            created = created.Copy();
            var metadata = created.Map("metadata");
            metadata["uid"] = Guid.NewGuid().ToString();
            metadata["creationTimestamp"] = time.Stamp;
            return Keep(kind, "ADDED", created, null);
        }
    }

    /// <summary>Replaces an object. An equal object keeps its resource version.</summary>
    public JsonObject Update(Kind kind, JsonObject updated)
    {
        lock (Guard)
        {
            var before = objects[kind].GetValueOrDefault(KeyOf(updated)) ?? throw Errors.NotFound(kind, updated.Name());
            updated = updated.Copy();
            updated.Map("metadata")["resourceVersion"] = before.ResourceVersion();
            return JsonNode.DeepEquals(before, updated) ? updated : Keep(kind, "MODIFIED", updated, before);
        }
    }

    /// <summary>Changes an object if it exists.</summary>
    public void Change(Kind kind, string ns, string name, Action<JsonObject> change)
    {
        lock (Guard)
        {
            if (Find(kind, ns, name) is { } found)
            {
                change(found);
                Update(kind, found);
            }
        }
    }

    public void Remove(Kind kind, string ns, string name)
    {
        lock (Guard)
        {
            if (objects[kind].Remove(Key(ns, name), out var before))
            {
                var last = before.Copy();
                last.Map("metadata")["resourceVersion"] = Next();
                removed[$"{kind.Resource}/{Key(ns, name)}"] = (before, time.Now);
                Tell(new Change(Revision, kind, "DELETED", last, before));
            }
        }
    }

    /// <summary>Finds an object that exists, or was removed within a time: caches of the real server still have it.</summary>
    public JsonObject? FindCached(Kind kind, string ns, string name, TimeSpan lag)
    {
        lock (Guard)
        {
            return Find(kind, ns, name)
                ?? (removed.TryGetValue($"{kind.Resource}/{Key(ns, name)}", out var last) && time.Now - last.At < lag ? last.Object : null);
        }
    }

    /// <summary>The changes after a revision; null if that revision has been compacted.</summary>
    public (List<Change> Changes, Task More)? Since(long revision)
    {
        lock (Guard)
        {
            // The history has every revision, so the index follows from the number.
            var told = history.Count == 0 ? 0 : (int)Math.Clamp(revision - history[0].Revision + 1, 0, history.Count);
            return revision < forgotten ? null : (history[told..], changed.Task);
        }
    }

    /// <summary>Stores the rest of a list for the next pages, and returns the continue token.</summary>
    public string Keep(List<JsonObject> rest)
    {
        lock (Guard)
        {
            var text = $$"""{"v":"meta.k8s.io/v1","rv":{{Revision}},"start":"{{Guid.NewGuid():n}}\\u0000"}""";
            var token = Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
            pages[token] = rest;
            return token;
        }
    }

    public List<JsonObject> Rest(string token)
    {
        lock (Guard)
        {
            return pages.TryGetValue(token, out var rest) ? rest
                : IsContinue(token) ? throw Errors.ContinueExpired()
                : throw Errors.BadRequest("continue key is not valid: illegal base64 data at input byte 0");
        }
    }

    /// <summary>Compacts the history: watches and continued lists from earlier revisions fail.</summary>
    public void Forget()
    {
        lock (Guard)
        {
            history.Clear();
            pages.Clear();
            Next();
            forgotten = Revision;
        }
    }

    private static bool IsContinue(string token)
    {
        var bytes = new byte[token.Length];
        return Convert.TryFromBase64String(token, bytes, out var length)
            && Encoding.UTF8.GetString(bytes, 0, length).StartsWith("{\"v\":\"meta.k8s.io/v1\"", StringComparison.Ordinal);
    }

    private static string Key(string ns, string name) => $"{ns}/{name}";

    private static string KeyOf(JsonObject each) => Key(each.Namespace(), each.Name());

    private JsonObject Keep(Kind kind, string type, JsonObject kept, JsonObject? before)
    {
        kept.Map("metadata")["resourceVersion"] = Next();
        objects[kind][KeyOf(kept)] = kept;
        Tell(new Change(Revision, kind, type, kept, before));
        return kept.Copy();
    }

    private string Next() => (++Revision).ToString(CultureInfo.InvariantCulture);

    private void Tell(Change change)
    {
        history.Add(change);
        var told = changed;
        changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        told.SetResult();
    }
}
