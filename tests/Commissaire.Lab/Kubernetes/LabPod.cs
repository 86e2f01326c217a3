using System.Text.Json.Nodes;
using Commissaire.Lab.Kubernetes.Objects;

namespace Commissaire.Lab.Kubernetes;

/// <summary>A pod as it was when it was looked at.</summary>
/// <param name="Namespace">Where it is.</param>
/// <param name="Name">Its name there.</param>
/// <param name="Uid">Another when it was made again under the same name.</param>
/// <param name="Node">Empty while it waits for one.</param>
/// <param name="Phase">Such as Running.</param>
/// <param name="Ready">Whether its Ready condition is True.</param>
/// <param name="Terminating">Whether it has been told to end.</param>
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
