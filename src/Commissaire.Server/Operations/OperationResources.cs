using Commissaire.Contracts.Operations;
using Commissaire.Http;

namespace Commissaire.Operations;

/// <summary>Turns runs into what crosses HTTP.</summary>
internal static class OperationResources
{
    public static OperationResource Of(OperationView run, bool withHosts)
    {
        var plan = run.Options.Plan;
        IReadOnlyList<string> Those(params OperationPhase[] phases) => [.. run.Hosts.Where(h => phases.Contains(h.Phase)).Select(h => h.Host.Value)];
        var done = Those(OperationPhase.Succeeded);
        return new OperationResource
        {
            Name = run.Run.Cluster.Value,
            Status = run.Status.Word(),
            Version = plan.Version,
            Deployed = plan.Verb == OperationVerb.Deploy ? done : null,
            Upgraded = plan.Verb == OperationVerb.Upgrade ? done : null,
            Restarted = plan.Verb == OperationVerb.Restart ? done : null,
            InProcess = Those(OperationPhase.InProcess, OperationPhase.Failed),
            StartedAt = Timestamps.Of(run.StartedAt),
            FinishedAt = run.FinishedAt is { } finished ? Timestamps.Of(finished) : null,
            Id = run.Run.Number,
            Verb = plan.Verb.Word(),
            Reason = run.Reason,
            By = run.By,
            Options = new OperationOptionsResource(
                run.Options.MaxUnavailable.ToString(), run.MaxUnavailable, run.Options.MaxFailures.ToString(), run.MaxFailures,
                plan.Drain, (int)plan.DrainTimeout.TotalSeconds, plan.OnDrainTimeout == DrainTimeoutPolicy.Force ? "force" : "fail",
                OperationRequests.Word(plan.Reboot), (int)plan.Timeout.TotalSeconds, (int)run.Options.Soak.TotalSeconds),
            Failed = Those(OperationPhase.Failed),
            Skipped = Those(OperationPhase.Skipped),
            Waiting = Those(OperationPhase.Waiting),
            Hosts = withHosts
                ? [.. run.Hosts.Select(h => new OperationHostResource(h.Host.Value, h.Phase.Word(), h.Step, Timestamps.Of(h.Since), h.Reason, h.Output))]
                : null,
        };
    }

    public static OperationSummary Summary(OperationState run)
    {
        var counts = run.Hosts.Values.CountBy(h => h.Phase).ToDictionary();
        int Of(OperationPhase phase) => counts.GetValueOrDefault(phase);
        var begun = run.Definition!;
        return new OperationSummary(
            run.Run.Number, begun.Options.Plan.Verb.Word(), run.Status.Word(), run.Reason, begun.By, Timestamps.Of(begun.At),
            run.End is { } end ? Timestamps.Of(end.At) : null,
            new OperationCounts(run.Hosts.Count, Of(OperationPhase.Waiting), Of(OperationPhase.InProcess), Of(OperationPhase.Succeeded),
                Of(OperationPhase.Skipped), Of(OperationPhase.Failed), Of(OperationPhase.Left)));
    }

    internal static string Word(this OperationStatus status) => status switch
    {
        OperationStatus.InProcess => "in_process",
        OperationStatus.Finished => "finished",
        _ => "failed",
    };

    private static string Word(this OperationPhase phase) => phase switch
    {
        OperationPhase.Waiting => "waiting",
        OperationPhase.InProcess => "in_process",
        OperationPhase.Succeeded => "succeeded",
        OperationPhase.Skipped => "skipped",
        OperationPhase.Failed => "failed",
        _ => "left",
    };
}
