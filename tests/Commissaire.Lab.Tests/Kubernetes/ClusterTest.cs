using Commissaire.Lab.Kubernetes;
using k8s.Models;

namespace Commissaire.Lab.Tests.Kubernetes;

/// <summary>A cluster for each test, with the real client.</summary>
public abstract class ClusterTest : IAsyncLifetime
{
    protected LabKubernetes Kubernetes { get; private set; } = null!;

    protected k8s.Kubernetes Client { get; private set; } = null!;

    /// <summary>Restarts the cluster with a clock that the test moves forward.</summary>
    private protected async Task<ManualClock> StopClock()
    {
        await DisposeAsync();
        var clock = new ManualClock();
        Kubernetes = await LabKubernetes.Start(new LabKubernetesOptions { Speed = 1, Clock = clock });
        Client = Kubernetes.Client();
        return clock;
    }

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
