using System.Text.Json.Nodes;
using Commissaire.Lab.Kubernetes.Objects;

namespace Commissaire.Lab.Kubernetes;

/// <summary>A snapshot of a pod.</summary>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name.</param>
/// <param name="Uid">Its UID, which changes when it is created again under the same name.</param>
/// <param name="Node">Its node; empty before it is scheduled.</param>
/// <param name="Phase">Its phase, such as Running.</param>
/// <param name="Ready">Whether its Ready condition is True.</param>
/// <param name="Terminating">Whether it is being deleted.</param>
public sealed record LabPod(string Namespace, string Name, string Uid, string Node, string Phase, bool Ready, bool Terminating)
{
    internal static LabPod Of(JsonObject pod) => new(
        pod.Namespace(),
        pod.Name(),
        pod.Uid(),
        pod.Text("spec", "nodeName") ?? "",
        pod.Text("status", "phase") ?? "",
        pod.Condition("Ready").Text("status") is "True",
        pod.Terminating());
}
