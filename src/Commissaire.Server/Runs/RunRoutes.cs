using System.ComponentModel;
using System.Globalization;
using System.Security.Claims;
using Akka.Hosting;
using Commissaire.Clusters;
using Commissaire.Contracts.Events;
using Commissaire.Contracts.Runs;
using Commissaire.OpenApi;
using Commissaire.Security;
using Commissaire.Storage;
using Commissaire.Telemetry;
using Microsoft.AspNetCore.Mvc;

namespace Commissaire.Runs;

/// <summary>The routes of runs: by verb, for the latest run of that verb, and by number.</summary>
internal static class RunRoutes
{
    private const string DryRun = "`true`: answer with how the run would go, a RunPlanResource (200). Nothing starts.";

    private const string Missing = "The cluster has no such run.";
    private const string Over = "The run has finished.";
    private const string Cancelled = "start no further hosts, and let the running ones finish";

    private static readonly (string Name, string Effect, Func<RunId, string, RunCommand> Create)[] Controls =
    [
        ("pause", "start no further hosts for now", (run, by) => new RunCommand.Pause(run, by)),
        ("resume", "start hosts again after a pause", (run, by) => new RunCommand.Resume(run, by)),
        ("retry", "repeat hosts that failed or never began", (run, by) => new RunCommand.Retry(run, by) { Trace = Tracing.Current }),
    ];

    public static void MapRuns(this IEndpointRouteBuilder api)
    {
        var cluster = api.MapGroup("/cluster/{name}").WithTags("Runs");
        foreach (var verb in Enum.GetValues<RunVerb>())
        {
            MapVerb(cluster, verb);
        }

        cluster.MapGetAndHead("/operations", List)
            .Named("listRuns", "List all runs of a cluster").Produces<IReadOnlyList<RunSummary>>()
            .Fails(404, "The cluster does not exist.");
        cluster.MapGetAndHead("/operations/{id}", Describe)
            .Named("getRun", "Get a run with the state of each host").Produces<RunResource>().Fails(404, Missing);
        cluster.MapGetAndHead("/operations/{id}/history", ReadHistory)
            .Named("getRunHistory", "Read the history of a run").Produces<IReadOnlyList<HistoryEntry>>().Fails(404, Missing);
        cluster.MapDelete("/operations/{id}", Control((run, by) => new RunCommand.Cancel(run, by)))
            .Named("cancelRun", $"Cancel a run: {Cancelled}").Produces<RunResource>().Fails(404, Missing).Fails(409, Over);
        foreach (var (control, effect, create) in Controls)
        {
            cluster.MapPost($"/operations/{{id}}/{control}", Control(create))
                .Named($"{control}Run", Summary(control, "a run", effect)).Produces<RunResource>()
                .Fails(404, Missing).Fails(409, ConflictOf(control));
        }
    }

    private static void MapVerb(RouteGroupBuilder cluster, RunVerb verb)
    {
        var route = $"/{verb.ToWireName()}";
        var latest = $"the latest {verb.ToWireName()} of a cluster";
        cluster.MapGetAndHead(route, (string name, RunControl runs, CancellationToken ct) => DescribeLatest(name, verb, runs, ct))
            .Named($"getLatest{verb}", $"Get {latest}").Produces<RunResource>().Fails(404, Missing);
        cluster.MapPut(
                route, (string name, HttpContext context, RunStarter starter,
                    [FromQuery(Name = "dry_run"), Description(DryRun)] string? dryRun) => starter.Start(name, verb, context, dryRun))
            .Named($"start{verb}", StartOf(verb)).AcceptsOptionsOf(verb).Produces<RunResource>(201)
            .Fails(404, "The cluster does not exist.")
            .Fails(409, "A run holds the cluster" + (verb == RunVerb.Deploy ? ", or no host of it boots an image." : "."));
        cluster.MapDelete(route, ControlLatest(verb, (run, by) => new RunCommand.Cancel(run, by)))
            .Named($"cancelLatest{verb}", $"Cancel {latest}: {Cancelled}").Produces<RunResource>().Fails(404, Missing).Fails(409, Over);
        foreach (var (control, effect, create) in Controls)
        {
            cluster.MapPost($"{route}/{control}", ControlLatest(verb, create))
                .Named($"{control}Latest{verb}", Summary(control, latest, effect)).Produces<RunResource>()
                .Fails(404, Missing).Fails(409, ConflictOf(control));
        }
    }

    private static string StartOf(RunVerb verb) => verb switch
    {
        RunVerb.Restart => "Restart every host of a cluster, a few at a time",
        RunVerb.Upgrade => "Upgrade the packages or the image of every host of a cluster, a few at a time",
        _ => "Deploy one version of their image to the hosts of a cluster, a few at a time",
    };

    private static string Summary(string control, string run, string effect) =>
        $"{char.ToUpperInvariant(control[0])}{control[1..]} {run}: {effect}";

    private static string ConflictOf(string control) =>
        control == "retry" ? "The run has nothing to retry, or another run holds the cluster." : Over;

    private static Delegate ControlLatest(RunVerb verb, Func<RunId, string, RunCommand> create) =>
        async (string name, ClaimsPrincipal user, RunControl runs, CancellationToken ct) =>
            await runs.Latest(name, verb, ct) is { } run ? await runs.Send(create(run, user.Name()), ct) : RunAnswers.Unknown(name);

    private static Delegate Control(Func<RunId, string, RunCommand> create) =>
        async (string name, string id, ClaimsPrincipal user, RunControl runs, CancellationToken ct) =>
            RunOf(name, id) is { } run ? await runs.Send(create(run, user.Name()), ct) : RunAnswers.Unknown(name);

    private static async Task<IResult> DescribeLatest(string name, RunVerb verb, RunControl runs, CancellationToken ct) =>
        await runs.Latest(name, verb, ct) is { } run ? await runs.Describe(run, withHosts: false, ct) : RunAnswers.Unknown(name);

    private static async Task<IResult> Describe(string name, string id, RunControl runs, CancellationToken ct) =>
        RunOf(name, id) is { } run ? await runs.Describe(run, withHosts: true, ct) : RunAnswers.Unknown(name);

    private static async Task<IResult> List(
        string name, IRequiredActor<ClusterActor> clusters, EntityDirectory directory, CancellationToken ct)
    {
        if (!ResourceName.TryParse(name, out var cluster)
            || await clusters.ActorRef.AskAsync<ClusterReply>(new ClusterQuery.Runs(cluster), ct) is not ClusterReply.Runs { All: var all }
            || (all.IsEmpty && await clusters.Find(cluster, ct) is null))
        {
            return ClusterAnswers.Unknown(name);
        }

        return Answers.JsonList(await directory.Documents(EntityDirectory.Run, [.. all.Select(r => r.Run.ToString())], ct));
    }

    private static async Task<IResult> ReadHistory(
        string name, string id, HistoryReader histories, CancellationToken ct, long after = 0, int limit = 1000) =>
        RunOf(name, id) is { } run
            ? await histories.Read<RunEvent>($"run-{run}", after, limit, RunHistory.Describe, e => (e.At, e.Caller), ct)
                ?? RunAnswers.Unknown(name)
            : RunAnswers.Unknown(name);

    private static RunId? RunOf(string name, string id) =>
        ResourceName.TryParse(name, out var cluster)
        && int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? new RunId(cluster, number)
            : null;
}
