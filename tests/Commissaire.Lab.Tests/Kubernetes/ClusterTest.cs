using Commissaire.Lab.Kubernetes;
using k8s.Models;

namespace Commissaire.Lab.Tests.Kubernetes;

/// <summary>A cluster of its own for each test, and the real client of it.</summary>
public abstract class ClusterTest : IAsyncLifetime
{
    protected LabKubernetes Kubernetes { get; private set; } = null!;

    protected k8s.Kubernetes Client { get; private set; } = null!;

    public virtual async Task InitializeAsync()
    {
        Kubernetes = await LabKubernetes.Start();
        Client = Kubernetes.Client();
    }

    public async Task DisposeAsync()
    {
        Client.Dispose();
        await Kubernetes.DisposeAsync();
    }

    internal static V1Node NewNode(string name) => new()
    {
        ApiVersion = "v1",
        Kind = "Node",
        Metadata = new V1ObjectMeta { Name = name, Labels = new Dictionary<string, string> { ["commissaire.io/cluster"] = "demo" } },
    };
}
