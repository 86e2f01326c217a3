using System.Text.Json.Nodes;
using Commissaire.Lab.Kubernetes.Objects;
using Commissaire.Lab.Kubernetes.Server;

namespace Commissaire.Lab.Kubernetes.Controllers;

/// <summary>Acts on pods as the scheduler, the kubelets and the garbage collector do.</summary>
internal sealed class PodController(Store store, Time time, Deletes deletes, NodeController nodes)
{
    /// <summary>The annotation of a pod whose phase the test has set: it does not change.</summary>
    public const string Pinned = "lab/phase";

    private readonly Dictionary<string, DateTime> bound = [];
    private readonly Dictionary<string, DateTime> orphaned = [];
    private int turn;

    public void Reconcile()
    {
        var all = store.All(Kind.Node).ToDictionary(Fields.Name);
        foreach (var pod in store.All(Kind.Pod))
        {
            if (pod.Text("spec", "nodeName") is not { } name)
            {
                Schedule(pod, all.Values);
            }
            else if (!all.TryGetValue(name, out var node))
            {
                Collect(pod);
            }
            else if (pod.Terminating())
            {
                End(pod, name);
            }
            else
            {
                Run(pod, node);
            }
        }
    }

    private void Schedule(JsonObject pod, IEnumerable<JsonObject> all)
    {
        var free = all.Where(node => !node.Flag("spec", "unschedulable")
            && !node.Items("spec", "taints").Any(taint => taint.Text("effect") is "NoSchedule" or "NoExecute")).ToList();
        if (free.Count == 0)
        {
            pod.SetCondition("PodScheduled", "False", "Unschedulable", "0 nodes are available.", time.Stamp);
        }
        else
        {
            pod.Map("spec")["nodeName"] = free[turn++ % free.Count].Name();
            pod.SetCondition("PodScheduled", "True", null, null, time.Stamp);
        }

        store.Update(Kind.Pod, pod);
    }

    /// <summary>Removes a pod whose node does not exist.</summary>
    private void Collect(JsonObject pod)
    {
        var since = orphaned.TryGetValue(pod.Uid(), out var found) ? found : orphaned[pod.Uid()] = time.Now;
        if (time.Now - since >= time.Seconds(40))
        {
            orphaned.Remove(pod.Uid());
            store.Remove(Kind.Pod, pod.Namespace(), pod.Name());
        }
    }

    private void End(JsonObject pod, string node)
    {
        // Only the kubelet can report that a pod has ended: on a dead node it keeps terminating.
        if (nodes.Beats(node) && deletes.Due.TryGetValue(pod.Uid(), out var due) && due <= time.Now)
        {
            deletes.Due.TryRemove(pod.Uid(), out _);
            store.Remove(Kind.Pod, pod.Namespace(), pod.Name());
        }
    }

    private void Run(JsonObject pod, JsonObject node)
    {
        var phase = pod.Text("status", "phase");
        if (phase is "Pending" && pod.Text("metadata", "annotations", Pinned) is null && nodes.Beats(node.Name()))
        {
            var since = bound.TryGetValue(pod.Uid(), out var found) ? found : bound[pod.Uid()] = time.Now;
            if (time.Now - since < time.Seconds(2))
            {
                return;
            }

            bound.Remove(pod.Uid());
            pod.Map("status")["phase"] = phase = "Running";
        }

        if (phase is "Running")
        {
            var ready = node.Condition("Ready").Text("status") is "True";
            pod.SetCondition("Ready", ready ? "True" : "False", null, null, time.Stamp);
        }

        store.Update(Kind.Pod, pod);
    }
}
