using Commissaire.ContainerManagers;
using Commissaire.ContainerManagers.Kubernetes;
using Commissaire.Hosts;
using Commissaire.Lab.Kubernetes;
using Commissaire.Runs;
using Microsoft.Extensions.Time.Testing;

namespace Commissaire.Server.Tests.ContainerManagers;

/// <summary>Starts a Kubernetes API and a client for each test.</summary>
public abstract class NodesSpec : IAsyncLifetime
{
    internal static readonly HostAddress Host = HostAddress.Parse("10.0.0.1");
    internal static readonly ResourceName Kube = ResourceName.Parse("kube");
    internal static readonly ResourceName Blue = ResourceName.Parse("blue");
    internal static readonly RunId Run = new(Blue, 1);

    protected LabKubernetes Kubernetes { get; private set; } = null!;

    protected FakeTimeProvider Clock { get; } = new(DateTimeOffset.UtcNow);

    internal KubernetesContainerManager Nodes { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Kubernetes = await LabKubernetes.Start();
        Nodes = Open(Kubernetes.Token);
    }

    public async Task DisposeAsync()
    {
        Nodes.Dispose();
        await Kubernetes.DisposeAsync();
    }

    internal KubernetesContainerManager Open(string token, TimeProvider? clock = null) => new(
        KubernetesSettings.Read(OptionSet.Empty.With("server_url", Kubernetes.Url).With("ca", Kubernetes.CaPem), token), clock ?? Clock);

    internal Task<StepProgress> Take(
        string step, RunId? run = null, bool force = false, string boot = "boot", DateTimeOffset after = default, int? grace = null) =>
        Nodes.TakeStep(
            new ContainerManagerCommand.TakeNodeStep(Kube, Host, run ?? Run, step, force, boot, after)
            {
                ForceGrace = grace is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            },
            CancellationToken.None);

    /// <summary>Counts the requests with a method and the end of a path.</summary>
    internal int Count(string method, string end) =>
        Kubernetes.Requests.Count(request => request.Method == method && request.Path.EndsWith(end, StringComparison.Ordinal));
}
