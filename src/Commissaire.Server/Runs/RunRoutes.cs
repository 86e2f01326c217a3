using System.Globalization;
using Akka.Hosting;
using Commissaire.Clusters;
using Commissaire.Contracts.Events;
using Commissaire.Contracts.Runs;
using Commissaire.Http;
using Commissaire.Storage;
using Commissaire.Telemetry;

namespace Commissaire.Runs;

/// <summary>Rolling operations over REST.</summary>
internal static class RunRoutes
{
    public static void MapRuns(this IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/cluster/{name}").WithTags("Operations");
        foreach (var verb in Enum.GetValues<RunVerb>())
        {
            var route = $"/{verb.ToWireName()}";
            group.MapMethods(route, Verbs.Get, (string name, RunControl runs, CancellationToken ct) => Describe(runs, name, verb, ct)).Produces<RunResource>().Refuses(404);
            group.MapPut(route, (string name, HttpContext context, RunStarter starter) => starter.Start(name, verb, context))
                .Accepts<StartRunRequest>("application/json").Produces<RunResource>(201).Refuses(400).Refuses(404).Refuses(409);
            group.MapDelete(route, (string name, HttpContext context, RunControl runs) => Tell(runs, name, verb, context, (run, by) => new RunCommand.Cancel(run, by)))
                .Produces<RunResource>().Refuses(404).Refuses(409);
            MapControls(group, route, (name, runs, ct) => runs.Latest(name, verb, ct));
        }

        group.MapMethods("/operations", Verbs.Get, List).Produces<IReadOnlyList<RunSummary>>().Refuses(404);
        group.MapMethods("/operations/{id}", Verbs.Get, One).Produces<RunResource>().Refuses(404);
        group.MapDelete("/operations/{id}", (string name, string id, HttpContext context, RunControl runs) =>
            Tell(runs, name, id, context, (run, by) => new RunCommand.Cancel(run, by))).Produces<RunResource>().Refuses(404).Refuses(409);
        group.MapMethods("/operations/{id}/history", Verbs.Get, History).Produces<IReadOnlyList<HistoryEntry>>().Refuses(404);
        foreach (var (word, make) in Controls)
        {
            group.MapPost($"/operations/{{id}}/{word}", (string name, string id, HttpContext context, RunControl runs) => Tell(runs, name, id, context, make))
                .Produces<RunResource>().Refuses(404).Refuses(409);
        }
    }

    /// <summary>The refusal of what cannot be done while a run holds the cluster.</summary>
    public static IResult Held(ClusterReply.HeldBy held) => Answers.Problem(409,
        $"Cluster '{held.Run.Cluster}' is held by run {held.Run.Number} ({held.Verb.ToWireName()}). Wait for it, or cancel it: DELETE /api/v0/cluster/{held.Run.Cluster}/operations/{held.Run.Number}.");

    private static readonly (string Word, Func<RunId, string, RunCommand> Make)[] Controls =
    [
        ("pause", (run, by) => new RunCommand.Pause(run, by)),
        ("resume", (run, by) => new RunCommand.Resume(run, by)),
        ("retry", (run, by) => new RunCommand.Retry(run, by) { Trace = Tracing.Current }),
    ];

    private static void MapControls(RouteGroupBuilder group, string route, Func<string, RunControl, CancellationToken, Task<RunId?>> find)
    {
        foreach (var (word, make) in Controls)
        {
            group.MapPost($"{route}/{word}", async (string name, HttpContext context, RunControl runs) =>
                    await find(name, runs, context.RequestAborted) is { } run ? await runs.Tell(run, make(run, By(context)), context.RequestAborted) : NeverRun(name))
                .Produces<RunResource>().Refuses(404).Refuses(409);
        }
    }

    private static async Task<IResult> Describe(RunControl runs, string name, RunVerb verb, CancellationToken ct) =>
        await runs.Latest(name, verb, ct) is { } run ? await runs.Describe(run, withHosts: false, ct) : NeverRun(name);

    private static async Task<IResult> Tell(RunControl runs, string name, RunVerb verb, HttpContext context, Func<RunId, string, RunCommand> make) =>
        await runs.Latest(name, verb, context.RequestAborted) is { } run ? await runs.Tell(run, make(run, By(context)), context.RequestAborted) : NeverRun(name);

    private static Task<IResult> Tell(RunControl runs, string name, string id, HttpContext context, Func<RunId, string, RunCommand> make) =>
        Id(name, id) is { } run ? runs.Tell(run, make(run, By(context)), context.RequestAborted) : Task.FromResult(NeverRun(name));

    private static Task<IResult> One(string name, string id, RunControl runs, CancellationToken ct) =>
        Id(name, id) is { } run ? runs.Describe(run, withHosts: true, ct) : Task.FromResult(NeverRun(name));

    private static async Task<IResult> List(string name, IRequiredActor<ClusterActor> clusters, EntityDirectory directory, CancellationToken ct)
    {
        if (!ResourceName.TryParse(name, out var cluster)
            || await clusters.ActorRef.AskAsync<ClusterReply>(new ClusterQuery.Runs(cluster), ct) is not ClusterReply.Runs { All: var all }
            || (all.IsEmpty && await ClusterEndpoints.Find(name, clusters, ct) is null))
        {
            return ClusterEndpoints.Unknown(name);
        }

        var rows = await directory.Documents(EntityDirectory.Run, [.. all.Select(r => r.Run.ToString())], ct);
        return Answers.JsonList(rows);
    }

    private static async Task<IResult> History(string name, string id, Histories histories, CancellationToken ct, long after = 0, int limit = 1000) =>
        Id(name, id) is { } run
            ? await histories.Read<RunEvent>($"run-{run}", after, limit, RunHistory.Describe, e => e.At, ct) ?? NeverRun(name)
            : NeverRun(name);

    // What is no number is the number of no run.
    private static RunId? Id(string name, string id) =>
        ResourceName.TryParse(name, out var cluster) && int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? new RunId(cluster, number)
            : null;

    private static string By(HttpContext context) => context.User();

    internal static IResult NeverRun(string name) => Answers.Problem(404, $"There is no such run of an operation in cluster '{name}'.");
}
