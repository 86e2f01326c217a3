using Commissaire.ContainerManagers;
using Commissaire.Contracts;
using Commissaire.Contracts.Runs;
using Commissaire.Telemetry;

namespace Commissaire.Runs;

/// <summary>Turns the replies of runs into HTTP.</summary>
internal static class RunAnswers
{
    public static IResult Of(RunId run, RunReply reply, int status = 200, bool withHosts = false) => reply switch
    {
        RunReply.Described(var view) => Answers.Json(Resource(view, withHosts), ContractsJson.Default.RunResource, status),
        RunReply.Refused(RunRefusal.Over) => Answers.Problem(409, $"Run {run.Number} of cluster '{run.Cluster}' has finished."),
        RunReply.Refused(RunRefusal.NothingToRetry) => Answers.Problem(
            409, $"Run {run.Number} of cluster '{run.Cluster}' has nothing to retry: no host failed or was left out."),
        _ => Unknown(run.Cluster.Value),
    };

    /// <summary>The answer for a run that has just begun.</summary>
    public static IResult Begun(RunView run)
    {
        Tracing.SetRun(run.Run);
        return Answers.Json(Resource(run.AtItsBeginning(), withHosts: false), ContractsJson.Default.RunResource,
            StatusCodes.Status201Created);
    }

    /// <summary>The answer for a run that is only planned.</summary>
    public static IResult Planned(RunForecast forecast, IReadOnlyList<PlannedTurnResource> hosts)
    {
        var (definition, plan) = (forecast.Definition, forecast.Definition.Options.Plan);
        return Answers.Json(
            new RunPlanResource
            {
                Name = forecast.Run.Cluster.Value,
                Verb = plan.Verb.ToWireName(),
                Version = plan.Version,
                Reason = forecast.Reason,
                Options = Options(definition.Options, definition.MaxUnavailable, definition.MaxFailures),
                Unavailable = [.. forecast.Unavailable.Select(m => new UnavailableMemberResource(m.Host.Value, m.Reason))],
                Hosts = hosts,
            },
            ContractsJson.Default.RunPlanResource);
    }

    /// <summary>A turn that is only planned, with the pods that its drain evicts; null for none.</summary>
    public static PlannedTurnResource Turn(ForecastHost host, TurnPreview turn, ContainerManagerReply.NodePreviewed? node) => new()
    {
        Address = host.Host.Value,
        Place = host.Place,
        Outcome = host.Phase.ToWireName(),
        Reason = host.End?.Reason ?? "",
        Steps = [.. turn.Steps.Select(HostPlanAnswers.Step)],
        Pods = node is { Problem: null } ? [.. node.Pods.Select(p => new EvictedPodResource(p.Namespace, p.Name, p.Refusal ?? ""))] : null,
        PodsProblem = node?.Problem,
    };

    public static IResult Unknown(string cluster) => Answers.Problem(404, $"Cluster '{cluster}' has no such run.");

    /// <summary>No host of the cluster supports deploy.</summary>
    public static IResult CannotDeploy(string cluster) => Answers.Problem(
        409,
        $"No host of cluster '{cluster}' supports deploy, which needs a host whose system is an image (bootc or rpm-ostree). Use upgrade.");

    /// <summary>A run in the list of a cluster.</summary>
    public static RunSummary Summary(RunState run)
    {
        var counts = run.Hosts.Values.CountBy(h => h.Phase).ToDictionary();
        int Count(RunHostPhase phase) => counts.GetValueOrDefault(phase);
        var definition = run.Definition!;
        return new RunSummary(
            run.Run.Number, definition.Options.Plan.Verb.ToWireName(), run.Status.ToWireName(), run.Reason, definition.By,
            Timestamp.Format(definition.At), run.End is { } end ? Timestamp.Format(end.At) : null,
            new RunCounts(
                run.Hosts.Count, Count(RunHostPhase.Waiting) + Count(RunHostPhase.Staging), Count(RunHostPhase.InProcess),
                Count(RunHostPhase.Succeeded), Count(RunHostPhase.Skipped), Count(RunHostPhase.Failed), Count(RunHostPhase.Left)));
    }

    public static string ToWireName(this RunStatus status) => status switch
    {
        RunStatus.InProcess => "in_process",
        RunStatus.Finished => "finished",
        _ => "failed",
    };

    public static string ToWireName(this RebootPolicy policy) => policy switch
    {
        RebootPolicy.Never => "never",
        RebootPolicy.IfNeeded => "if-needed",
        _ => "always",
    };

    public static string ToWireName(this DrainTimeoutPolicy policy) => policy == DrainTimeoutPolicy.Force ? "force" : "fail";

    public static string ToWireName(this FailurePolicy policy) => policy == FailurePolicy.Rollback ? "rollback" : "leave";

    public static string ToWireName(this RunHostPhase phase) => phase switch
    {
        RunHostPhase.Waiting => "waiting",
        RunHostPhase.Staging => "staging",
        RunHostPhase.InProcess => "in_process",
        RunHostPhase.Succeeded => "succeeded",
        RunHostPhase.Skipped => "skipped",
        RunHostPhase.Failed => "failed",
        _ => "left",
    };

    private static RunResource Resource(RunView run, bool withHosts)
    {
        var plan = run.Options.Plan;
        var succeeded = HostsIn(run, RunHostPhase.Succeeded);
        return new RunResource
        {
            Name = run.Run.Cluster.Value,
            Status = run.Status.ToWireName(),
            Version = plan.Version,
            Deployed = plan.Verb == RunVerb.Deploy ? succeeded : null,
            Upgraded = plan.Verb == RunVerb.Upgrade ? succeeded : null,
            Restarted = plan.Verb == RunVerb.Restart ? succeeded : null,
            InProcess = HostsIn(run, RunHostPhase.InProcess, RunHostPhase.Failed),
            StartedAt = Timestamp.Format(run.StartedAt),
            FinishedAt = run.FinishedAt is { } finished ? Timestamp.Format(finished) : null,
            Id = run.Run.Number,
            Verb = plan.Verb.ToWireName(),
            Reason = run.Reason,
            By = run.By,
            WaitsFor = run.WaitsFor,
            Options = Options(run.Options, run.MaxUnavailable, run.MaxFailures),
            Failed = HostsIn(run, RunHostPhase.Failed),
            Skipped = HostsIn(run, RunHostPhase.Skipped),
            Waiting = HostsIn(run, RunHostPhase.Waiting, RunHostPhase.Staging),
            Hosts = withHosts
                ? [.. run.Hosts.Select(h => new RunHostResource(
                    h.Host.Value, h.Phase.ToWireName(), h.Step, Timestamp.Format(h.Since), h.Reason, h.Output))]
                : null,
        };
    }

    private static RunOptionsResource Options(RunOptions options, int maxUnavailable, int maxFailures)
    {
        var plan = options.Plan;
        return new RunOptionsResource(
            options.MaxUnavailable.ToString(), maxUnavailable, options.MaxFailures.ToString(), maxFailures, plan.Drain,
            (int)plan.DrainTimeout.TotalSeconds, plan.OnDrainTimeout.ToWireName(),
            (int)(plan.ForceGrace ?? TurnPlan.DefaultForceGrace).TotalSeconds, plan.Reboot.ToWireName(), (int)plan.Timeout.TotalSeconds,
            (int)options.Soak.TotalSeconds, plan.OnFailure.ToWireName())
        {
            Hosts = options.Hosts is { } hosts ? [.. hosts.Select(h => h.Value)] : null,
        };
    }

    private static IReadOnlyList<string> HostsIn(RunView run, params RunHostPhase[] phases) =>
        [.. run.Hosts.Where(h => phases.Contains(h.Phase)).Select(h => h.Host.Value)];
}
