using Commissaire.Lab.Hosts;

namespace Commissaire.Lab.Kubernetes;

/// <summary>
/// Imitates the kubelet of a host: registers its node, reports that it is ready and its boot ID, and is silent
/// while the host is down.
/// </summary>
public sealed class Kubelet : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly LabKubernetes kubernetes;
    private readonly LabHost host;
    private readonly bool registers;
    private readonly CancellationTokenSource ends = new();
    private readonly Task loop;
    private volatile bool stopped;
    private string registered = "";

    internal Kubelet(LabKubernetes kubernetes, LabHost host, string nodeName, bool registers)
    {
        this.kubernetes = kubernetes;
        this.host = host;
        this.registers = registers;
        NodeName = nodeName;
        loop = Task.Run(Run);
    }

    /// <summary>The name of its node.</summary>
    public string NodeName { get; }

    /// <summary>Stops its heartbeats, although its host may be up.</summary>
    public void Stop() => stopped = true;

    /// <summary>Resumes its heartbeats.</summary>
    public void Start() => stopped = false;

    /// <summary>Ends it and keeps its node.</summary>
    public async ValueTask DisposeAsync()
    {
        await ends.CancelAsync();
        await loop;
        ends.Dispose();
    }

    private async Task Run()
    {
        using var timer = new PeriodicTimer(Pause);
        try
        {
            do
            {
                Look();
            }
            while (await timer.WaitForNextTickAsync(ends.Token));
        }
        catch (OperationCanceledException)
        {
            // It is disposed.
        }
    }

    private void Look()
    {
        var node = kubernetes.Node(NodeName);
        if (stopped || host.Power is not HostPower.On)
        {
            node.Silence();
            return;
        }

        if (!kubernetes.Running)
        {
            return;
        }

        var boot = host.BootId;
        if (registers && registered != boot)
        {
            // A real kubelet registers once per boot: a node that is removed while it runs does not come back.
            kubernetes.Register(NodeName, $"{host.Address}");
        }

        registered = boot;
        kubernetes.Beat(NodeName, boot, $"{host.Address}");
    }
}
