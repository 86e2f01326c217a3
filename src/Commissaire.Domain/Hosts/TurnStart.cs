using Commissaire.Shell;
using static Commissaire.Hosts.HostCommand;

namespace Commissaire.Hosts;

// The start of a turn: whether it begins, with which steps, and whether it concerns the host.
public sealed partial record HostState
{
    private ImmutableArray<HostEvent> OnBeginTurn(BeginTurn c, DateTimeOffset now)
    {
        // A message from before a crash may arrive late: a turn that the run has acknowledged never begins again.
        var known = (LastTurn is { } last && last.Run == c.Run && last.Attempt >= c.Attempt)
            || (Turn is { } t && (t.Run != c.Run || t.Attempt >= c.Attempt || t.End is null));
        if (known || Membership?.Cluster != c.Run.Cluster)
        {
            return [];
        }

        // A request for another turn acknowledges the end of the previous one.
        ImmutableArray<HostEvent> acknowledged = Turn is { } ended ? [new HostEvent.TurnAcknowledged(ended.Run, ended.Attempt, now)] : [];
        var left = acknowledged.Aggregate(this, (state, e) => state.Evolve(e)).WasLeftCordonedBy(c.Run);
        var isNode = Node is { Phase: NodePhase.Registered };
        var began = new HostEvent.TurnBegan(c.Run, c.Attempt, c.Plan, [], now) { Trace = c.Trace, Digest = c.Digest };
        return (NotConcerned(c.Plan), DeployProblem(c.Plan)) switch
        {
            ({ } why, _) => [.. acknowledged, began, new HostEvent.TurnEnded(TurnOutcome.Skipped, "", why, "", left, now)],
            (_, { } problem) =>
                [.. acknowledged, began, new HostEvent.TurnEnded(TurnOutcome.Failed, TurnSteps.Stage, problem, "", left, now)],
            _ => [.. acknowledged, began with { Steps = StepsOf(c, isNode) }],
        };
    }

    private ImmutableArray<string> StepsOf(BeginTurn c, bool isNode)
    {
        var steps = TurnSteps.For(c.Plan, isNode, OsDialect.Of(Facts!)!);

        // A host that staged in advance checks in the same step that the image is still staged.
        return c.Stages ? [.. steps.Where(TurnSteps.IsForStaging)] : steps;
    }

    private string? NotConcerned(TurnPlan plan) => this switch
    {
        { NeedsInvestigation: true } => "was never investigated",
        { Bootstrap: not { Complete: true } } => "is not bootstrapped yet",
        _ when plan.Verb == RunVerb.Deploy && OsDialect.Of(Facts!)!.Deploy is null =>
            $"deploy is for hosts whose system is an image (bootc or rpm-ostree); this one runs {Facts!.Os}",
        _ => null,
    };

    private string? DeployProblem(TurnPlan plan) =>
        plan.Verb == RunVerb.Deploy && Facts is not null ? OsDialect.Of(Facts)?.DeployProblem(plan.Version!) : null;
}
