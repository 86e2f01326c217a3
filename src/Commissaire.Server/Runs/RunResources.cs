using Commissaire.Contracts.Runs;
using Commissaire.Http;

namespace Commissaire.Runs;

/// <summary>Turns runs into what crosses HTTP.</summary>
internal static class RunResources
{
    public static RunResource Of(RunView run, bool withHosts)
    {
        var plan = run.Options.Plan;
        IReadOnlyList<string> Those(params RunHostPhase[] phases) => [.. run.Hosts.Where(h => phases.Contains(h.Phase)).Select(h => h.Host.Value)];
        var done = Those(RunHostPhase.Succeeded);
        return new RunResource
        {
            Name = run.Run.Cluster.Value,
            Status = run.Status.ToWireName(),
            Version = plan.Version,
            Deployed = plan.Verb == RunVerb.Deploy ? done : null,
            Upgraded = plan.Verb == RunVerb.Upgrade ? done : null,
            Restarted = plan.Verb == RunVerb.Restart ? done : null,
            InProcess = Those(RunHostPhase.InProcess, RunHostPhase.Failed),
            StartedAt = Timestamps.Of(run.StartedAt),
            FinishedAt = run.FinishedAt is { } finished ? Timestamps.Of(finished) : null,
            Id = run.Run.Number,
            Verb = plan.Verb.ToWireName(),
            Reason = run.Reason,
            By = run.By,
            Options = new RunOptionsResource(
                run.Options.MaxUnavailable.ToString(), run.MaxUnavailable, run.Options.MaxFailures.ToString(), run.MaxFailures,
                plan.Drain, (int)plan.DrainTimeout.TotalSeconds, plan.OnDrainTimeout == DrainTimeoutPolicy.Force ? "force" : "fail",
                RunRequests.ToWireName(plan.Reboot), (int)plan.Timeout.TotalSeconds, (int)run.Options.Soak.TotalSeconds),
            Failed = Those(RunHostPhase.Failed),
            Skipped = Those(RunHostPhase.Skipped),
            Waiting = Those(RunHostPhase.Waiting),
            Hosts = withHosts
                ? [.. run.Hosts.Select(h => new RunHostResource(h.Host.Value, h.Phase.ToWireName(), h.Step, Timestamps.Of(h.Since), h.Reason, h.Output))]
                : null,
        };
    }

    public static RunSummary Summary(RunState run)
    {
        var counts = run.Hosts.Values.CountBy(h => h.Phase).ToDictionary();
        int Of(RunHostPhase phase) => counts.GetValueOrDefault(phase);
        var begun = run.Definition!;
        return new RunSummary(
            run.Run.Number, begun.Options.Plan.Verb.ToWireName(), run.Status.ToWireName(), run.Reason, begun.By, Timestamps.Of(begun.At),
            run.End is { } end ? Timestamps.Of(end.At) : null,
            new RunCounts(run.Hosts.Count, Of(RunHostPhase.Waiting), Of(RunHostPhase.InProcess), Of(RunHostPhase.Succeeded),
                Of(RunHostPhase.Skipped), Of(RunHostPhase.Failed), Of(RunHostPhase.Left)));
    }

    internal static string ToWireName(this RunStatus status) => status switch
    {
        RunStatus.InProcess => "in_process",
        RunStatus.Finished => "finished",
        _ => "failed",
    };

    private static string ToWireName(this RunHostPhase phase) => phase switch
    {
        RunHostPhase.Waiting => "waiting",
        RunHostPhase.InProcess => "in_process",
        RunHostPhase.Succeeded => "succeeded",
        RunHostPhase.Skipped => "skipped",
        RunHostPhase.Failed => "failed",
        _ => "left",
    };
}
