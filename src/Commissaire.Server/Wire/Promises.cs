using System.Collections.Frozen;
using Commissaire.Clusters;
using Commissaire.ContainerManagers;
using Commissaire.Hosts;
using Commissaire.Networks;
using Commissaire.Operations;
using Commissaire.Tokens;

namespace Commissaire.Wire;

/// <summary>
/// Name on the wire → type. A line here is a promise to every journal and every process that ever saw it: lines are added, never changed or
/// removed. A shape that must change gets a new number beside the old one.
/// </summary>
internal static class Promises
{
    /// <summary>Every promise.</summary>
    public static FrozenDictionary<string, Type> Types { get; } = new Dictionary<string, Type>
    {
        // HostEvent
        ["host/registered/1"] = typeof(HostEvent.Registered),
        ["host/host-key-trusted/1"] = typeof(HostEvent.HostKeyTrusted),
        ["host/investigated/1"] = typeof(HostEvent.Investigated),
        ["host/bootstrap-planned/1"] = typeof(HostEvent.BootstrapPlanned),
        ["host/bootstrap-step-started/1"] = typeof(HostEvent.BootstrapStepStarted),
        ["host/bootstrap-step-finished/1"] = typeof(HostEvent.BootstrapStepFinished),
        ["host/bootstrapped/1"] = typeof(HostEvent.Bootstrapped),
        ["host/failed/1"] = typeof(HostEvent.Failed),
        ["host/recovered/1"] = typeof(HostEvent.Recovered),
        ["host/rebooted/1"] = typeof(HostEvent.Rebooted),
        ["host/joined-cluster/1"] = typeof(HostEvent.JoinedCluster),
        ["host/membership-confirmed/1"] = typeof(HostEvent.MembershipConfirmed),
        ["host/left-cluster/1"] = typeof(HostEvent.LeftCluster),
        ["host/departure-confirmed/1"] = typeof(HostEvent.DepartureConfirmed),
        ["host/node-registration-started/1"] = typeof(HostEvent.NodeRegistrationStarted),
        ["host/node-registered/1"] = typeof(HostEvent.NodeRegistered),
        ["host/node-removal-started/1"] = typeof(HostEvent.NodeRemovalStarted),
        ["host/node-removed/1"] = typeof(HostEvent.NodeRemoved),
        ["host/node-problem/1"] = typeof(HostEvent.NodeProblem),
        ["host/credentials-read/1"] = typeof(HostEvent.CredentialsRead),
        ["host/deleted/1"] = typeof(HostEvent.Deleted),
        ["host/turn-began/1"] = typeof(HostEvent.TurnBegan),
        ["host/turn-step-started/1"] = typeof(HostEvent.TurnStepStarted),
        ["host/turn-step-finished/1"] = typeof(HostEvent.TurnStepFinished),
        ["host/turn-step-failed/1"] = typeof(HostEvent.TurnStepFailed),
        ["host/turn-reboot-not-needed/1"] = typeof(HostEvent.TurnRebootNotNeeded),
        ["host/turn-found-cordon/1"] = typeof(HostEvent.TurnFoundCordon),
        ["host/turn-ended/1"] = typeof(HostEvent.TurnEnded),
        ["host/turn-forgotten/1"] = typeof(HostEvent.TurnForgotten),
        ["host/node-unusable/1"] = typeof(HostEvent.NodeUnusable),
        ["host/node-usable/1"] = typeof(HostEvent.NodeUsable),
        // HostCommand
        ["host/command/register/1"] = typeof(HostCommand.Register),
        ["host/command/delete/1"] = typeof(HostCommand.Delete),
        ["host/command/join/1"] = typeof(HostCommand.Join),
        ["host/command/leave/1"] = typeof(HostCommand.Leave),
        ["host/command/read-credentials/1"] = typeof(HostCommand.ReadCredentials),
        ["host/command/accept-host-key/1"] = typeof(HostCommand.AcceptHostKey),
        ["host/command/wake/1"] = typeof(HostCommand.Wake),
        ["host/command/confirm-membership/1"] = typeof(HostCommand.ConfirmMembership),
        ["host/command/evict/1"] = typeof(HostCommand.Evict),
        ["host/command/confirm-departure/1"] = typeof(HostCommand.ConfirmDeparture),
        ["host/command/use-network/1"] = typeof(HostCommand.UseNetwork),
        ["host/command/node-reported/1"] = typeof(HostCommand.NodeReported),
        ["host/command/begin-turn/1"] = typeof(HostCommand.BeginTurn),
        ["host/command/turn-heard/1"] = typeof(HostCommand.TurnHeard),
        ["host/command/node-step-reported/1"] = typeof(HostCommand.NodeStepReported),
        ["host/command/node-seen/1"] = typeof(HostCommand.NodeSeen),
        ["host/command/use-kubeadm/1"] = typeof(HostCommand.UseKubeadm),
        ["host/command/join-prepared/1"] = typeof(HostCommand.JoinPrepared),
        // HostQuery
        ["host/query/describe/1"] = typeof(HostQuery.Describe),
        // HostReply
        ["host/reply/registered/1"] = typeof(HostReply.Registered),
        ["host/reply/described/1"] = typeof(HostReply.Described),
        ["host/reply/forgotten/1"] = typeof(HostReply.Forgotten),
        ["host/reply/credentials/1"] = typeof(HostReply.Credentials),
        ["host/reply/refused/1"] = typeof(HostReply.Refused),
        // ClusterEvent
        ["cluster/created/1"] = typeof(ClusterEvent.Created),
        ["cluster/changed/1"] = typeof(ClusterEvent.Changed),
        ["cluster/member-added/1"] = typeof(ClusterEvent.MemberAdded),
        ["cluster/member-removed/1"] = typeof(ClusterEvent.MemberRemoved),
        ["cluster/member-reported/1"] = typeof(ClusterEvent.MemberReported),
        ["cluster/deleted/1"] = typeof(ClusterEvent.Deleted),
        ["cluster/member-evicted/1"] = typeof(ClusterEvent.MemberEvicted),
        ["cluster/run-started/1"] = typeof(ClusterEvent.RunStarted),
        ["cluster/run-reopened/1"] = typeof(ClusterEvent.RunReopened),
        ["cluster/run-ended/1"] = typeof(ClusterEvent.RunEnded),
        // ClusterCommand
        ["cluster/command/put/1"] = typeof(ClusterCommand.Put),
        ["cluster/command/delete/1"] = typeof(ClusterCommand.Delete),
        ["cluster/command/admit/1"] = typeof(ClusterCommand.Admit),
        ["cluster/command/dismiss/1"] = typeof(ClusterCommand.Dismiss),
        ["cluster/command/replace/1"] = typeof(ClusterCommand.Replace),
        ["cluster/command/wake/1"] = typeof(ClusterCommand.Wake),
        ["cluster/command/report/1"] = typeof(ClusterCommand.Report),
        ["cluster/command/depart/1"] = typeof(ClusterCommand.Depart),
        ["cluster/command/find-network/1"] = typeof(ClusterCommand.FindNetwork),
        ["cluster/command/start-run/1"] = typeof(ClusterCommand.StartRun),
        ["cluster/command/reopen-run/1"] = typeof(ClusterCommand.ReopenRun),
        ["cluster/command/end-run/1"] = typeof(ClusterCommand.EndRun),
        ["cluster/command/tell-run/1"] = typeof(ClusterCommand.TellRun),
        // ClusterQuery
        ["cluster/query/describe/1"] = typeof(ClusterQuery.Describe),
        ["cluster/query/runs/1"] = typeof(ClusterQuery.Runs),
        // ClusterReply
        ["cluster/reply/described/1"] = typeof(ClusterReply.Described),
        ["cluster/reply/forgotten/1"] = typeof(ClusterReply.Forgotten),
        ["cluster/reply/refused/1"] = typeof(ClusterReply.Refused),
        ["cluster/reply/started/1"] = typeof(ClusterReply.Started),
        ["cluster/reply/held-by/1"] = typeof(ClusterReply.HeldBy),
        ["cluster/reply/runs/1"] = typeof(ClusterReply.Runs),
        // NetworkEvent
        ["network/created/1"] = typeof(NetworkEvent.Created),
        ["network/deleted/1"] = typeof(NetworkEvent.Deleted),
        // NetworkCommand
        ["network/command/put/1"] = typeof(NetworkCommand.Put),
        ["network/command/delete/1"] = typeof(NetworkCommand.Delete),
        ["network/command/describe/1"] = typeof(NetworkCommand.Describe),
        ["network/command/tell-host/1"] = typeof(NetworkCommand.TellHost),
        // NetworkReply
        ["network/reply/described/1"] = typeof(NetworkReply.Described),
        ["network/reply/not-found/1"] = typeof(NetworkReply.NotFound),
        ["network/reply/different/1"] = typeof(NetworkReply.Different),
        // ContainerManagerEvent
        ["container-manager/created/1"] = typeof(ContainerManagerEvent.Created),
        ["container-manager/deleted/1"] = typeof(ContainerManagerEvent.Deleted),
        ["container-manager/node-added/1"] = typeof(ContainerManagerEvent.NodeAdded),
        ["container-manager/node-removed/1"] = typeof(ContainerManagerEvent.NodeRemoved),
        ["container-manager/node-cordoned/1"] = typeof(ContainerManagerEvent.NodeCordoned),
        ["container-manager/node-uncordoned/1"] = typeof(ContainerManagerEvent.NodeUncordoned),
        ["container-manager/credentials-renewed/1"] = typeof(ContainerManagerEvent.CredentialsRenewed),
        // ContainerManagerCommand
        ["container-manager/command/put/1"] = typeof(ContainerManagerCommand.Put),
        ["container-manager/command/delete/1"] = typeof(ContainerManagerCommand.Delete),
        ["container-manager/command/describe/1"] = typeof(ContainerManagerCommand.Describe),
        ["container-manager/command/describe-node/1"] = typeof(ContainerManagerCommand.DescribeNode),
        ["container-manager/command/register-node/1"] = typeof(ContainerManagerCommand.RegisterNode),
        ["container-manager/command/remove-node/1"] = typeof(ContainerManagerCommand.RemoveNode),
        ["container-manager/command/take-step/1"] = typeof(ContainerManagerCommand.TakeStep),
        ["container-manager/command/have-node/1"] = typeof(ContainerManagerCommand.HaveNode),
        ["container-manager/command/watch-node/1"] = typeof(ContainerManagerCommand.WatchNode),
        ["container-manager/command/tell-host/1"] = typeof(ContainerManagerCommand.TellHost),
        ["container-manager/command/prepare-join/1"] = typeof(ContainerManagerCommand.PrepareJoin),
        // ContainerManagerReply
        ["container-manager/reply/created/1"] = typeof(ContainerManagerReply.Created),
        ["container-manager/reply/described/1"] = typeof(ContainerManagerReply.Described),
        ["container-manager/reply/not-found/1"] = typeof(ContainerManagerReply.NotFound),
        ["container-manager/reply/different/1"] = typeof(ContainerManagerReply.Different),
        ["container-manager/reply/node/1"] = typeof(ContainerManagerReply.Node),
        ["container-manager/reply/reached/1"] = typeof(ContainerManagerReply.Reached),
        ["container-manager/reply/node-detail/1"] = typeof(ContainerManagerReply.NodeDetail),
        ["container-manager/reply/renewed/1"] = typeof(ContainerManagerReply.Renewed),
        // OperationEvent
        ["operation/begun/1"] = typeof(OperationEvent.Begun),
        ["operation/host-began/1"] = typeof(OperationEvent.HostBegan),
        ["operation/host-ended/1"] = typeof(OperationEvent.HostEnded),
        ["operation/host-left/1"] = typeof(OperationEvent.HostLeft),
        ["operation/held/1"] = typeof(OperationEvent.Held),
        ["operation/paused/1"] = typeof(OperationEvent.Paused),
        ["operation/resumed/1"] = typeof(OperationEvent.Resumed),
        ["operation/cancelled/1"] = typeof(OperationEvent.Cancelled),
        ["operation/retried/1"] = typeof(OperationEvent.Retried),
        ["operation/finished/1"] = typeof(OperationEvent.Finished),
        // OperationCommand
        ["operation/command/begin/1"] = typeof(OperationCommand.Begin),
        ["operation/command/member-is/1"] = typeof(OperationCommand.MemberIs),
        ["operation/command/member-left/1"] = typeof(OperationCommand.MemberLeft),
        ["operation/command/hear-turn/1"] = typeof(OperationCommand.HearTurn),
        ["operation/command/pause/1"] = typeof(OperationCommand.Pause),
        ["operation/command/resume/1"] = typeof(OperationCommand.Resume),
        ["operation/command/cancel/1"] = typeof(OperationCommand.Cancel),
        ["operation/command/retry/1"] = typeof(OperationCommand.Retry),
        ["operation/command/tick/1"] = typeof(OperationCommand.Tick),
        // OperationQuery
        ["operation/query/describe/1"] = typeof(OperationQuery.Describe),
        // OperationReply
        ["operation/reply/described/1"] = typeof(OperationReply.Described),
        ["operation/reply/refused/1"] = typeof(OperationReply.Refused),
        // TokenEvent
        ["token/created/1"] = typeof(TokenEvent.Created),
        ["token/used/1"] = typeof(TokenEvent.Used),
        ["token/misused/1"] = typeof(TokenEvent.Misused),
        ["token/revoked/1"] = typeof(TokenEvent.Revoked),
        // TokenCommand
        ["token/command/create/1"] = typeof(TokenCommand.Create),
        ["token/command/verify/1"] = typeof(TokenCommand.Verify),
        ["token/command/use/1"] = typeof(TokenCommand.Use),
        ["token/command/revoke/1"] = typeof(TokenCommand.Revoke),
        ["token/command/describe/1"] = typeof(TokenCommand.Describe),
        // TokenReply
        ["token/reply/described/1"] = typeof(TokenReply.Described),
        ["token/reply/verified/1"] = typeof(TokenReply.Verified),
        ["token/reply/granted/1"] = typeof(TokenReply.Granted),
        ["token/reply/refused/1"] = typeof(TokenReply.Refused),
        ["token/reply/not-found/1"] = typeof(TokenReply.NotFound),
    }.ToFrozenDictionary();

    /// <summary>The name of each type.</summary>
    public static FrozenDictionary<Type, string> Manifests { get; } = Types.ToFrozenDictionary(p => p.Value, p => p.Key);
}
