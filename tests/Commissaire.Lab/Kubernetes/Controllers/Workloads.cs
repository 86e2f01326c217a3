using System.Text.Json.Nodes;
using Commissaire.Lab.Kubernetes.Objects;

namespace Commissaire.Lab.Kubernetes.Controllers;

/// <summary>An owner of pods: how many it keeps, and their template.</summary>
internal sealed class Workload(string ns, string kind, string name, JsonObject template)
{
    public string Namespace => ns;

    public string Kind => kind;

    public string Name => name;

    public JsonObject Template => template;

    /// <summary>The pods that were added to it, by name, with their nodes.</summary>
    public Dictionary<string, string> Pods { get; } = [];

    public bool Owns(JsonObject pod) => pod.Namespace() == ns
        && pod.Items("metadata", "ownerReferences").Any(owner => owner.Text("kind") == kind && owner.Text("name") == name);
}

/// <summary>Creates missing pods, as the controllers of their owners do.</summary>
internal sealed class Workloads(Store store, NodeController nodes)
{
    private readonly List<Workload> workloads = [];
    private int made;

    public Workload Of(string ns, string kind, string name, Func<JsonObject> template)
    {
        lock (store.Guard)
        {
            if (workloads.Find(each => (each.Namespace, each.Kind, each.Name) == (ns, kind, name)) is not { } workload)
            {
                workload = new Workload(ns, kind, name, template());
                workloads.Add(workload);
            }

            return workload;
        }
    }

    /// <summary>How many pods the owner of this pod keeps; 0 if it has none, as the controller of budgets counts.</summary>
    public int Scale(JsonObject pod) => workloads.Find(each => each.Owns(pod))?.Pods.Count ?? 0;

    public void Reconcile()
    {
        foreach (var workload in workloads)
        {
            var owned = store.All(Kind.Pod, workload.Namespace).Where(workload.Owns).ToList();
            var active = owned.Where(pod => !pod.Terminating() && pod.Text("status", "phase") is not ("Succeeded" or "Failed")).ToList();
            switch (workload.Kind)
            {
                case "ReplicaSet" or "ReplicationController":
                    for (var missing = workload.Pods.Count - active.Count; missing > 0; missing--)
                    {
                        Make(workload, NewName(workload), null);
                    }

                    break;
                case "StatefulSet":
                    foreach (var name in workload.Pods.Keys.Except(owned.Select(Fields.Name)))
                    {
                        Make(workload, name, null);
                    }

                    break;
                case "DaemonSet":
                    var occupied = active.Select(pod => pod.Text("spec", "nodeName") ?? "");
                    foreach (var node in workload.Pods.Values.Except(occupied).Where(Exists))
                    {
                        Make(workload, NewName(workload), node);
                    }

                    break;
                case "Node":
                    foreach (var (name, node) in workload.Pods.ExceptBy(owned.Select(Fields.Name), pod => pod.Key))
                    {
                        if (Exists(node) && nodes.Beats(node))
                        {
                            Make(workload, name, node);
                        }
                    }

                    break;
            }
        }
    }

    private bool Exists(string node) => store.Find(Kind.Node, "", node) is not null;

    private string NewName(Workload workload) => $"{workload.Name}-{Guid.NewGuid().ToString("n")[..5]}{++made}";

    private void Make(Workload workload, string name, string? node)
    {
        var pod = workload.Template.Copy();
        pod.Map("metadata")["name"] = name;
        pod.Map("spec").Remove("nodeName");
        if (node is not null)
        {
            pod.Map("spec")["nodeName"] = node;
        }

        pod["status"] = new JsonObject { ["phase"] = "Pending" };
        store.Create(Kind.Pod, pod);
    }
}
