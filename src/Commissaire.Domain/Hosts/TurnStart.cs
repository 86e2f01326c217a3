using Commissaire.Shell;
using static Commissaire.Hosts.HostCommand;

namespace Commissaire.Hosts;

/// <summary>How a turn would go: the outcome if it ended at once, with the step and the reason; else its steps.</summary>
/// <param name="Outcome">The outcome; null if the turn would begin.</param>
/// <param name="Step">The step that would fail; empty if none would.</param>
/// <param name="Reason">Why it would end at once; empty if it would not.</param>
/// <param name="Steps">The steps in order; those that the container manager takes have no command.</param>
public sealed record TurnPreview(TurnOutcome? Outcome, string Step, string Reason, ImmutableArray<PlannedStep> Steps);

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
        return EndAtOnce(c.Plan) is var (outcome, step, reason)
            ? [.. acknowledged, began, new HostEvent.TurnEnded(outcome, step, reason, "", left, now)]
            : [.. acknowledged, began with { Steps = StepsOf(c, isNode) }];
    }

    /// <summary>How a turn with a plan would go if it began now.</summary>
    public TurnPreview Preview(TurnPlan plan)
    {
        if (EndAtOnce(plan) is var (outcome, step, reason))
        {
            return new TurnPreview(outcome, step, reason, []);
        }

        var dialect = OsDialect.Of(Facts!)!;
        return new TurnPreview(null, "", "", [.. TurnSteps.For(plan, Node is { Phase: NodePhase.Registered }, dialect)
            .Select(name => new PlannedStep(name, TurnSteps.OfNode(name)
                ? ""
                : PlannedStep.Text(TurnSteps.Command(name, plan, dialect, Facts!.BootId))))]);
    }

    // A host that is not ready for a turn failed it; skipped is only what the operation is not for.
    private (TurnOutcome Outcome, string Step, string Reason)? EndAtOnce(TurnPlan plan) => this switch
    {
        { NeedsInvestigation: true } => (TurnOutcome.Failed, TurnSteps.Preflight, "was never investigated"),
        { Bootstrap: not { Complete: true } } => (TurnOutcome.Failed, TurnSteps.Preflight, "is not bootstrapped yet"),
        _ when NotConcerned(plan) is { } why => (TurnOutcome.Skipped, "", why),
        _ when DeployProblem(plan) is { } problem => (TurnOutcome.Failed, TurnSteps.Stage, problem),
        _ => null,
    };

    private ImmutableArray<string> StepsOf(BeginTurn c, bool isNode)
    {
        var steps = TurnSteps.For(c.Plan, isNode, OsDialect.Of(Facts!)!);

        // A host that staged in advance checks in the same step that the image is still staged.
        return c.Stages ? [.. steps.Where(TurnSteps.IsForStaging)] : steps;
    }

    private string? NotConcerned(TurnPlan plan) => plan.Verb == RunVerb.Deploy && OsDialect.Of(Facts!)!.Deploy is null
        ? $"deploy is for hosts whose system is an image (bootc or rpm-ostree); this one runs {Facts!.Os}"
        : null;

    private string? DeployProblem(TurnPlan plan) =>
        plan.Verb == RunVerb.Deploy && Facts is not null ? OsDialect.Of(Facts)?.DeployProblem(plan.Version!) : null;
}
