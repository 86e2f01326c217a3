using System.Text.Json.Nodes;
using Commissaire.Hosts;
using Commissaire.Runs;
using k8s.Models;

namespace Commissaire.ContainerManagers.Kubernetes;

/// <content>The steps of a turn that concern a node.</content>
internal sealed partial class KubernetesNodes
{
    /// <summary>Works on a step of a host's turn that concerns its node.</summary>
    public Task<StepProgress> Take(ContainerManagerCommand.TakeNodeStep step, CancellationToken ct) => RetryOnConflict(() => TakeOnce(step, ct));

    private async Task<StepProgress> TakeOnce(ContainerManagerCommand.TakeNodeStep step, CancellationToken ct)
    {
        if (await Find(step.Host, ct) is not { } node)
        {
            return step.Step == TurnSteps.Uncordon ? StepProgress.Finished("the node is gone") : StepProgress.Waiting("the node is gone");
        }

        return step.Step switch
        {
            TurnSteps.Cordon => await Cordon(node, step.Run, ct),
            TurnSteps.Drain => await _drains.GetOrAdd(step.Host, _ => new NodeDrain(_api, _clock)).Advance(node.Metadata.Name, step.Force, ct),
            TurnSteps.NodeReady => Returned(node, step),
            _ => await Uncordon(node, step.Host, step.Run, ct),
        };
    }

    // A cordon of ours says so on the node; one that does not is somebody else's.
    private async Task<StepProgress> Cordon(V1Node node, RunId run, CancellationToken ct)
    {
        if (node.Spec?.Unschedulable == true && CordonedBy(node) is null)
        {
            return StepProgress.Finished("the node was cordoned by somebody else") with { CordonedByOthers = true };
        }

        if (node.Spec?.Unschedulable != true || CordonedBy(node) != run.ToString())
        {
            await Patch(node, new JsonObject { ["annotations"] = new JsonObject { [NodeNames.CordonedBy] = run.ToString() } }, true, ct);
        }

        return StepProgress.Finished("");
    }

    private async Task<StepProgress> Uncordon(V1Node node, HostAddress host, RunId run, CancellationToken ct)
    {
        _drains.TryRemove(host, out _);
        if (CordonedBy(node) == run.ToString())
        {
            await Patch(node, new JsonObject { ["annotations"] = new JsonObject { [NodeNames.CordonedBy] = null } }, false, ct);
        }

        return StepProgress.Finished("");
    }

    // A dead kubelet looks ready for a while, so Ready counts only when it was said after the reboot, by the boot the host is in.
    private static StepProgress Returned(V1Node node, ContainerManagerCommand.TakeNodeStep step) => (Ready(node), node.Status?.NodeInfo?.BootID) switch
    {
        (null, _) => StepProgress.Finished("its kubelet has never reported"),
        ({ Status: not "True" } not, _) => StepProgress.Waiting($"the node is not ready: {not.Reason}"),
        (_, { Length: > 0 } boot) when boot != step.BootId => StepProgress.Waiting("the node has not reported the new boot yet"),
        (_, { Length: > 0 }) => StepProgress.Finished(""),
        ({ LastHeartbeatTime: { } heard }, _) when heard.ToUniversalTime() > step.After.UtcDateTime => StepProgress.Finished(""),
        _ => StepProgress.Waiting("the node has not reported since the reboot"),
    };
}
