using System.Text.Json.Nodes;
using Commissaire.Lab.Kubernetes.Objects;

namespace Commissaire.Lab.Kubernetes.Controllers;

/// <summary>Marks nodes with silent kubelets as unknown, and taints nodes by their conditions and cordons.</summary>
internal sealed class NodeController(Store store, Time time)
{
    private const string Prefix = "node.kubernetes.io/";
    private static readonly string[] Kept = ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"];
    private readonly HashSet<string> beating = [];
    private readonly Dictionary<string, DateTime> silent = [];

    /// <summary>Whether the kubelet of a node sends heartbeats. Pods end only on such nodes.</summary>
    public bool Beats(string node)
    {
        lock (store.Guard)
        {
            return beating.Contains(node);
        }
    }

    public void Beat(string node)
    {
        lock (store.Guard)
        {
            beating.Add(node);
            silent.Remove(node);
        }
    }

    public void Silence(string node)
    {
        lock (store.Guard)
        {
            if (beating.Remove(node))
            {
                silent[node] = time.Now;
            }
        }
    }

    public void Reconcile()
    {
        var nodes = store.All(Kind.Node);
        foreach (var node in nodes)
        {
            GiveUp(node);
            Taint(node);
            store.Update(Kind.Node, node);
        }

        foreach (var gone in silent.Keys.Except(nodes.Select(Fields.Name)).ToList())
        {
            silent.Remove(gone);
        }
    }

    private void GiveUp(JsonObject node)
    {
        var name = node.Name();
        if (beating.Contains(name))
        {
            return;
        }

        var known = node.Condition("Ready") is not null;
        var since = silent.TryGetValue(name, out var last) ? last : silent[name] = time.Now;
        if (time.Now - since < time.Seconds(known ? 40 : 60))
        {
            return;
        }

        foreach (var type in Kept)
        {
            var (reason, message) = node.Condition(type).Text("reason") is null or "NodeStatusNeverUpdated"
                ? ("NodeStatusNeverUpdated", "Kubelet never posted node status.")
                : ("NodeStatusUnknown", "Kubelet stopped posting node status.");
            node.SetCondition(type, "Unknown", reason, message, time.Stamp);
        }
    }

    private void Taint(JsonObject node)
    {
        List<(string Key, string Effect)> wanted = node.Condition("Ready").Text("status") switch
        {
            "True" => [],
            "False" => [("not-ready", "NoSchedule"), ("not-ready", "NoExecute")],
            "Unknown" => [("unreachable", "NoSchedule"), ("unreachable", "NoExecute")],
            _ => [("not-ready", "NoSchedule")],
        };
        if (node.Flag("spec", "unschedulable"))
        {
            wanted.Add(("unschedulable", "NoSchedule"));
        }

        var ours = new[] { "not-ready", "unreachable", "unschedulable" }.Select(key => Prefix + key).ToList();
        var taints = node.Map("spec").List("taints");
        foreach (var taint in taints.OfType<JsonObject>().ToList())
        {
            var (key, effect) = (taint.Text("key") ?? "", taint.Text("effect") ?? "");
            var at = wanted.FindIndex(each => Prefix + each.Key == key && each.Effect == effect);
            if (at >= 0)
            {
                wanted.RemoveAt(at);
            }
            else if (ours.Contains(key))
            {
                taints.Remove(taint);
            }
        }

        foreach (var (key, effect) in wanted)
        {
            taints.Add((JsonNode)new JsonObject { ["key"] = Prefix + key, ["effect"] = effect, ["timeAdded"] = time.Stamp });
        }

        if (taints.Count == 0)
        {
            node.Map("spec").Remove("taints");
        }
    }
}
