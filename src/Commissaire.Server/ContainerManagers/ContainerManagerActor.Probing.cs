using System.Data.Common;
using System.Net;
using Commissaire.ContainerManagers.Kubernetes;
using k8s.Autorest;

namespace Commissaire.ContainerManagers;

// Probes of the API, so that users see whether it is reachable.
internal sealed partial class ContainerManagerActor
{
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromSeconds(30);

    private (bool Reachable, string Error)? _lastProbe;
    private int _missedProbes;

    private void StartProbing()
    {
        if (_state.IsServer)
        {
            _missedProbes = 0;
            Timers.StartSingleTimer(nameof(ProbeTick), ProbeTick.Instance, TimeSpan.Zero);
        }
        else
        {
            Timers.Cancel(nameof(ProbeTick));
        }
    }

    private void Probe()
    {
        var client = _closing.Token;
        WithClient(_displays, async (manager, ct) =>
        {
            await manager.Probe(ct);
            return true;
        }).PipeTo(
            Self, ActorRefs.NoSender,
            _ => new RequestEnded(null, null, null, client),
            cause => new RequestEnded(null, null, Unwrap(cause), client));
    }

    // An API that rejects a request, other than its credentials, is reachable. A failure of our own database proves nothing about it.
    private void OnReachability(Exception? error, bool isProbe)
    {
        var reachable = error is null or HttpOperationException { Response.StatusCode: not HttpStatusCode.Unauthorized };
        if (error is not DbException)
        {
            _lastProbe = (reachable, error is null ? "" : KubernetesErrors.Explain(error));
        }

        if (isProbe)
        {
            ScheduleProbe(reachable);
        }
    }

    // After a miss the pause starts at a second and doubles; it is spread by a tenth, so that managers are not probed all at once.
    private void ScheduleProbe(bool reachable)
    {
        _missedProbes = reachable ? 0 : _missedProbes + 1;
        var seconds = reachable
            ? ProbeInterval.TotalSeconds
            : Math.Min(ProbeInterval.TotalSeconds, Math.Pow(2, Math.Min(_missedProbes - 1, 10)));
        Timers.StartSingleTimer(nameof(ProbeTick), ProbeTick.Instance,
            TimeSpan.FromSeconds(seconds * (0.9 + (0.2 * Random.Shared.NextDouble()))));
    }

    private sealed record ProbeTick : INoSerializationVerificationNeeded
    {
        public static readonly ProbeTick Instance = new();
    }
}
