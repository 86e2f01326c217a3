using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Commissaire.Lab.Hosts;
using Commissaire.Lab.Kubernetes.Controllers;
using Commissaire.Lab.Kubernetes.Objects;

namespace Commissaire.Lab.Kubernetes;

/// <content>Objects that tests add.</content>
public sealed partial class LabKubernetes
{
    /// <summary>Adds a node whose kubelet runs and keeps sending heartbeats.</summary>
    public LabNode AddNode(string name, string? internalIp = null, bool ready = true)
    {
        lock (cluster.Store.Guard)
        {
            Register(name, internalIp);
            var node = Node(name);
            node.Heartbeat(Guid.NewGuid().ToString());
            node.Ready(ready);
            cluster.Nodes.Reconcile();
            return node;
        }
    }

    /// <summary>The node with that name, which may not exist.</summary>
    public LabNode Node(string name) => new(cluster, name);

    /// <summary>Adds a running pod, which is ready when its node is.</summary>
    public LabPod AddPod(string ns, string name, string node, LabPodOptions? pod = null)
    {
        pod ??= new LabPodOptions();
        lock (cluster.Store.Guard)
        {
            cluster.Store.Namespaces.Add(ns);
            var template = Template(ns, pod);
            if (OwnerOf(pod, name, node) is var (kind, owner))
            {
                var workload = cluster.Workloads.Of(ns, kind, owner, () => WithOwner(template, kind, owner));
                workload.Pods[name] = node;
                template = workload.Template.Copy();
            }

            template.Map("metadata")["name"] = name;
            template.Map("spec")["nodeName"] = node;
            template.Map("status")["phase"] = pod.Phase;
            if (pod.Phase is not "Running")
            {
                template.Map("metadata").Map("annotations")[PodController.Pinned] = pod.Phase;
            }

            cluster.Store.Create(Kind.Pod, template);
            cluster.Pods.Reconcile();
            cluster.Budgets.Reconcile();
            return Pod(ns, name)!;
        }
    }

    /// <summary>The pod with that name; null if there is none.</summary>
    public LabPod? Pod(string ns, string name) => cluster.Store.Find(Kind.Pod, ns, name) is { } found ? LabPod.Of(found) : null;

    /// <summary>
    /// Adds a PodDisruptionBudget for pods with these labels. Its controller counts the allowed disruptions from
    /// <paramref name="minAvailable"/> or <paramref name="maxUnavailable"/>, a number or a percentage; or
    /// <paramref name="disruptionsAllowed"/> sets them.
    /// </summary>
    public LabBudget AddBudget(
        string ns,
        string name,
        IReadOnlyDictionary<string, string> selector,
        string? minAvailable = null,
        string? maxUnavailable = null,
        int? disruptionsAllowed = null)
    {
        var spec = new JsonObject { ["selector"] = new JsonObject { ["matchLabels"] = Fields.Of(selector) } };
        foreach (var (field, value) in new[] { ("minAvailable", minAvailable), ("maxUnavailable", maxUnavailable) })
        {
            if (value is not null)
            {
                spec[field] = int.TryParse(value, out var number) ? number : value;
            }
        }

        lock (cluster.Store.Guard)
        {
            cluster.Store.Namespaces.Add(ns);
            cluster.Store.Create(Kind.Budget, new JsonObject
            {
                ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = ns, ["generation"] = 1 },
                ["spec"] = spec,
                ["status"] = new JsonObject(),
            });
            var budget = Budget(ns, name);
            budget.Observe();
            if (disruptionsAllowed is { } allowed)
            {
                budget.Allow(allowed);
            }

            return budget;
        }
    }

    /// <summary>The budget with that name.</summary>
    public LabBudget Budget(string ns, string name) => new(cluster, ns, name);

    /// <summary>
    /// Adds a kubelet for a host. Its node has the host's address as its name by default. A kubelet that does
    /// not register itself waits until the node exists.
    /// </summary>
    public Kubelet AddKubelet(LabHost host, string? nodeName = null, bool registers = true)
    {
        var kubelet = new Kubelet(this, host, nodeName ?? $"{host.Address}", registers);
        ImmutableInterlocked.Update(ref kubelets, all => all.Add(kubelet));
        return kubelet;
    }

    internal void Register(string name, string? internalIp)
    {
        lock (cluster.Store.Guard)
        {
            if (cluster.Store.Find(Kind.Node, "", name) is null)
            {
                cluster.Store.Create(Kind.Node, LabNode.New(name, internalIp));
            }
        }
    }

    /// <summary>Updates the node if its kubelet has something new to report.</summary>
    internal void Beat(string name, string bootId, string address)
    {
        lock (cluster.Store.Guard)
        {
            var node = Node(name);
            if (node.Exists && (!cluster.Nodes.Beats(name) || node.BootId != bootId || node.ReadyStatus is "" or "Unknown"))
            {
                node.Heartbeat(bootId, address);
            }
        }
    }

    private static (string Kind, string Name)? OwnerOf(LabPodOptions pod, string name, string node)
    {
        if (pod.Mirror)
        {
            return ("Node", node);
        }

        var hyphen = name.LastIndexOf('-');
        return pod.Owner?.Split('/') switch
        {
            null => null,
            [var kind, var owner] => (kind, owner),
            [var kind, ..] => (kind, hyphen > 0 ? name[..hyphen] : name),
            [] => null,
        };
    }

    private static JsonObject Template(string ns, LabPodOptions pod)
    {
        var template = new JsonObject
        {
            ["metadata"] = new JsonObject { ["namespace"] = ns, ["labels"] = Fields.Of(pod.Labels) },
            ["spec"] = new JsonObject
            {
                ["containers"] = new JsonArray(new JsonObject { ["name"] = "main", ["image"] = "registry.example/main:1" }),
                ["terminationGracePeriodSeconds"] = pod.Grace,
            },
        };
        if (pod.LocalStorage)
        {
            template.Map("spec")["volumes"] = new JsonArray(new JsonObject { ["name"] = "data", ["emptyDir"] = new JsonObject() });
        }

        if (pod.Mirror)
        {
            template.Map("metadata")["annotations"] = new JsonObject { ["kubernetes.io/config.mirror"] = Guid.NewGuid().ToString("n") };
        }

        return template;
    }

    private static JsonObject WithOwner(JsonObject template, string kind, string owner)
    {
        template.Map("metadata")["ownerReferences"] = new JsonArray(new JsonObject
        {
            ["apiVersion"] = kind is "Node" or "ReplicationController" ? "v1" : "apps/v1",
            ["kind"] = kind,
            ["name"] = owner,
            ["uid"] = Guid.NewGuid().ToString(),
            ["controller"] = true,
        });
        return template;
    }
}
