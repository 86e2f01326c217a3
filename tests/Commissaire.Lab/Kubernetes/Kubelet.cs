using Commissaire.Lab.Hosts;

namespace Commissaire.Lab.Kubernetes;

/// <summary>
/// Plays the kubelet of a host: registers its node when it comes up and there is none, says Ready and which boot this is, and is silent
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

    /// <summary>What the cluster calls its host.</summary>
    public string NodeName { get; }

    /// <summary>Lets it say nothing, though its host may be up.</summary>
    public void Stop() => stopped = true;

    /// <summary>Lets it speak again.</summary>
    public void Start() => stopped = false;

    /// <summary>Ends it; its node is left behind.</summary>
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
            // Its cluster is gone, or its host.
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
            // As the real one: once a boot. A node that is removed while its kubelet runs stays away.
            kubernetes.Register(NodeName, $"{host.Address}");
        }

        registered = boot;
        kubernetes.Beat(NodeName, boot, $"{host.Address}");
    }
}
