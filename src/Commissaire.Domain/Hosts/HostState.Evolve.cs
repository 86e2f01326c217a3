using System.Diagnostics;
using Commissaire.Runs;

namespace Commissaire.Hosts;

public sealed partial record HostState
{
    /// <summary>What the host is after an event.</summary>
    /// <exception cref="UnreachableException">The event is none that a host writes.</exception>
    public HostState Evolve(HostEvent happened)
    {
        var next = Apply(happened);
        return next with
        {
            Since = next.Status == Status && Registration is not null ? Since : happened.At,
            Progress = "",
            Failures = Failures + (happened is HostEvent.Failed ? 1 : 0),
            LastCheck = Heard(happened) ? happened.At : LastCheck,
        };
    }

    private HostState Apply(HostEvent happened) => happened switch
    {
        HostEvent.Registered e => new HostState(Address)
        {
            Registration = new HostRegistration(e.Port, e.RemoteUser, e.SecretId, e.KeyDigest, e.Source),
            HostKey = e.HostKey,
            Membership = e.Cluster is { } cluster ? new Membership(cluster) : null,
            Departing = e.Cluster is { } joined ? Departing.Remove(joined) : Departing,
            Node = Node,
            Trace = e.Trace,
        },

        // A key accepted by an operator is that of a host that was made anew: nothing learned or done before holds.
        HostEvent.HostKeyTrusted { By: not null } e => this with { HostKey = e.Key, Facts = null, Bootstrap = null, Failure = null, Trace = null },
        HostEvent.HostKeyTrusted e => this with { HostKey = e.Key },
        HostEvent.Investigated e => this with { Facts = e.Facts, Failure = null },
        HostEvent.BootstrapPlanned e => this with { Bootstrap = new BootstrapProgress(e.Network, e.Steps), Failure = null },
        HostEvent.BootstrapStepStarted e => this with { Bootstrap = Bootstrap! with { Started = e.Step } },
        HostEvent.BootstrapStepFinished => this with { Bootstrap = Bootstrap! with { Started = null, Done = Bootstrap.Done + 1 }, Failure = null },
        HostEvent.Bootstrapped => this with { Bootstrap = Bootstrap! with { Complete = true }, Node = Node is { } node ? node with { Problem = null } : null, Trace = null },
        HostEvent.Failed e => this with { Failure = new HostFailure(e.Reason, e.Offered), Trace = null },
        HostEvent.Recovered => this with { Failure = null },
        HostEvent.Rebooted e => this with { Facts = Facts! with { BootId = e.BootId } },
        HostEvent.JoinedCluster e => this with { Membership = new Membership(e.Cluster), Departing = Departing.Remove(e.Cluster) },
        HostEvent.MembershipConfirmed e => this with
        {
            Membership = new Membership(e.Cluster, e.Manager, Confirmed: true),
            Bootstrap = Membership?.Manager is { } before && before != e.Manager ? Unjoined : Bootstrap,
        },
        HostEvent.LeftCluster { Evicted: true } => this with { Membership = null, Turn = null, Bootstrap = Unjoined },
        HostEvent.LeftCluster e => this with { Membership = null, Turn = null, Bootstrap = Unjoined, Departing = Departing.Remove(e.Cluster).Add(e.Cluster) },
        HostEvent.DepartureConfirmed e => this with { Departing = Departing.Remove(e.Cluster) },
        HostEvent.NodeRegistrationStarted e => this with { Node = new NodeRegistration(e.Manager, NodePhase.Registering) },
        HostEvent.NodeRegistered e => this with { Node = new NodeRegistration(e.Manager, NodePhase.Registered) },
        HostEvent.NodeRemovalStarted e => this with { Node = new NodeRegistration(e.Manager, NodePhase.Removing) },
        HostEvent.NodeRemoved => this with { Node = null, LastTurn = LastTurn is { } last ? last with { LeftCordoned = false } : null },
        HostEvent.NodeProblem e => this with { Node = Node! with { Problem = e.Problem } },
        HostEvent.NodeUnusable e => this with { Node = Node! with { Unusable = e.Reason } },
        HostEvent.NodeUsable => this with { Node = Node! with { Unusable = null } },
        HostEvent.TurnBegan e => this with
        {
            Turn = new HostTurn(e.Run, e.Attempt, e.Plan, e.Steps)
            {
                Began = e.At,
                Since = e.At,
                Cordoned = WasLeftCordonedBy(e.Run),
                LeftBefore = WasLeftCordonedBy(e.Run),
                Trace = e.Trace,
            },
        },
        HostEvent.TurnStepStarted e => this with { Turn = Starting(Turn!, e) },
        HostEvent.TurnStepFinished e => this with { Turn = Finishing(Turn!, e) },
        HostEvent.TurnStepFailed e => this with { Turn = Failing(Turn!, e) },
        HostEvent.TurnRebootNotNeeded => this with { Turn = Without(Turn!, TurnSteps.OfReboot) },
        HostEvent.TurnFoundCordon => this with { Turn = Without(Turn!, step => step == TurnSteps.Uncordon) with { Cordoned = false } },
        HostEvent.TurnEnded e => this with
        {
            Turn = Turn! with
            {
                Started = null,
                Since = e.At,
                End = new TurnEnd(e.Outcome, e.Step, e.Reason, e.Output, e.LeftCordoned)
                {
                    Failures = e.Outcome == TurnOutcome.Failed && TurnSteps.FailsHost(e.Step) ? Failures : null,
                },
            },
        },
        HostEvent.TurnAcknowledged e => this with { Turn = null, LastTurn = (e.Run, e.Attempt, Turn?.End is { LeftCordoned: true }) },
        HostEvent.CredentialsRead => this,
        HostEvent.Deleted => new HostState(Address) { Departing = Departing, Node = Node },
        _ => throw new UnreachableException($"A host does not know {happened.GetType()}."),
    };

    // Half-way into a cluster that is not its own any more, it is bootstrapped anew, for wherever it is then.
    private BootstrapProgress? Unjoined => Bootstrap is { Complete: false } unfinished && Joins(unfinished) ? null : Bootstrap;

    // Events that could not have happened without the host answering; registration counts, so that the time is never empty.
    private static bool Heard(HostEvent happened) => happened is HostEvent.Registered or HostEvent.Investigated
        or HostEvent.BootstrapStepFinished or HostEvent.Recovered or HostEvent.Rebooted;
}
