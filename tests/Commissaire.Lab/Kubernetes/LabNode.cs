using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Commissaire.Lab.Kubernetes.Objects;

namespace Commissaire.Lab.Kubernetes;

/// <summary>A node. Its properties show the current state, and its methods act as its kubelet or as another client.</summary>
public sealed class LabNode
{
    private static readonly Owner Stranger = new("kubectl");

    private readonly Cluster cluster;

    internal LabNode(Cluster cluster, string name)
    {
        this.cluster = cluster;
        Name = name;
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Whether it exists.</summary>
    public bool Exists => Found is not null;

    /// <summary>Its UID, which changes when it is removed and created again; empty if it does not exist.</summary>
    public string Uid => Found?.Uid() ?? "";

    /// <summary>Its labels.</summary>
    public IReadOnlyDictionary<string, string> Labels => Found.Texts("metadata", "labels");

    /// <summary>Its annotations.</summary>
    public IReadOnlyDictionary<string, string> Annotations => Found.Texts("metadata", "annotations");

    /// <summary>Whether it is cordoned.</summary>
    public bool Unschedulable => Found.Flag("spec", "unschedulable");

    /// <summary>Its taints, as key:effect.</summary>
    public ImmutableArray<string> Taints =>
        [.. Found.Items("spec", "taints").Select(taint => $"{taint.Text("key")}:{taint.Text("effect")}")];

    /// <summary>The status of its Ready condition: True, False or Unknown; empty before the first report.</summary>
    public string ReadyStatus => Found?.Condition("Ready").Text("status") ?? "";

    /// <summary>The reason of its Ready condition.</summary>
    public string ReadyReason => Found?.Condition("Ready").Text("reason") ?? "";

    /// <summary>The boot ID that its kubelet reported last.</summary>
    public string BootId => Found.Text("status", "nodeInfo", "bootID") ?? "";

    private JsonObject? Found => cluster.Store.Find(Kind.Node, "", Name);

    /// <summary>Makes its kubelet report whether it is ready, with heartbeats from then on.</summary>
    public void Ready(bool ready)
    {
        cluster.Nodes.Beat(Name);
        Change(node => Say(node, ready));
    }

    /// <summary>Makes its kubelet report this boot and readiness, with heartbeats from then on.</summary>
    public void Heartbeat(string bootId) => Heartbeat(bootId, address: null);

    /// <summary>Stops its heartbeats. After 40 seconds of the cluster its readiness is unknown.</summary>
    public void Silence() => cluster.Nodes.Silence(Name);

    /// <summary>Cordons it as another client does, without an annotation.</summary>
    public void Cordon() => Change(node => node.Map("spec")["unschedulable"] = true, Stranger);

    /// <summary>Uncordons it.</summary>
    public void Uncordon() => Change(node => node.Map("spec").Remove("unschedulable"), Stranger);

    /// <summary>Removes it as another client does.</summary>
    public void Remove() => cluster.Store.Remove(Kind.Node, "", Name);

    /// <summary>Changes it as another client does, which makes earlier reads out of date.</summary>
    public void Annotate(string key, string value) =>
        Change(node => node.Map("metadata").Map("annotations")[key] = value, Stranger);

    internal static JsonObject New(string name, string? internalIp)
    {
        var node = new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["name"] = name,
                ["labels"] = new JsonObject { ["kubernetes.io/hostname"] = name, ["kubernetes.io/os"] = "linux" },
            },
            ["spec"] = new JsonObject
            {
                ["taints"] = new JsonArray(new JsonObject { ["key"] = "node.kubernetes.io/not-ready", ["effect"] = "NoSchedule" }),
            },
            ["status"] = new JsonObject(),
        };
        if (internalIp is not null)
        {
            Address(node, internalIp);
        }

        return node;
    }

    internal void Heartbeat(string bootId, string? address)
    {
        cluster.Nodes.Beat(Name);
        var rebooted = BootId.Length > 0 && BootId != bootId;
        Change(node =>
        {
            if (address is not null)
            {
                Address(node, address);
            }

            var info = node.Map("status").Map("nodeInfo");
            info["bootID"] = bootId;
            info["kubeletVersion"] = "v1.34.2";
            info["operatingSystem"] = "linux";
            info["architecture"] = "amd64";
            Say(node, ready: !rebooted);
        });
        if (rebooted)
        {
            // A kubelet that starts first reports that its runtime is not ready, so that the Ready transition is newer than the boot.
            Change(node => Say(node, ready: true));
        }
    }

    private static void Address(JsonObject node, string address) => node.Map("status")["addresses"] = new JsonArray(
        new JsonObject { ["type"] = "InternalIP", ["address"] = address },
        new JsonObject { ["type"] = "Hostname", ["address"] = node.Name() });

    private void Say(JsonObject node, bool ready)
    {
        var now = cluster.Time.Stamp;
        foreach (var pressure in (string[])["MemoryPressure", "DiskPressure", "PIDPressure"])
        {
            node.SetCondition(pressure, "False", "KubeletHasNoPressure", "kubelet has no pressure", now);
        }

        var (status, reason, message) = ready
            ? ("True", "KubeletReady", "kubelet is posting ready status")
            : ("False", "KubeletNotReady", "container runtime network not ready");
        node.SetCondition("Ready", status, reason, message, now);
        foreach (var condition in node.Items("status", "conditions").OfType<JsonObject>())
        {
            condition["lastHeartbeatTime"] = now;
        }
    }

    private void Change(Action<JsonObject> change, Owner? owner = null)
    {
        if (!Exists)
        {
            throw new LabException($"The cluster has no node {Name}.");
        }

        cluster.Store.Change(Kind.Node, "", Name, node =>
        {
            var before = node.Copy();
            change(node);
            if (owner is not null)
            {
                Owners.Record(before, node, Kind.Node.ApiVersion, owner, cluster.Time.Stamp);
            }
        });
    }
}
