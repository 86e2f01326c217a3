using System.Globalization;
using System.Security.Claims;
using Akka.Hosting;
using Commissaire.Clusters;
using Commissaire.Contracts.Events;
using Commissaire.Contracts.Runs;
using Commissaire.Security;
using Commissaire.Storage;
using Commissaire.Telemetry;

namespace Commissaire.Runs;

/// <summary>The routes of runs: by verb, for the latest run of that verb, and by number.</summary>
internal static class RunRoutes
{
    private static readonly (string Name, Func<RunId, string, RunCommand> Create)[] Controls =
    [
        ("pause", (run, by) => new RunCommand.Pause(run, by)),
        ("resume", (run, by) => new RunCommand.Resume(run, by)),
        ("retry", (run, by) => new RunCommand.Retry(run, by) { Trace = Tracing.Current }),
    ];

    public static void MapRuns(this IEndpointRouteBuilder api)
    {
        var cluster = api.MapGroup("/cluster/{name}").WithTags("Operations");
        foreach (var verb in Enum.GetValues<RunVerb>())
        {
            MapVerb(cluster, verb);
        }

        cluster.MapGetAndHead("/operations", List).Produces<IReadOnlyList<RunSummary>>().ProducesProblems(404);
        cluster.MapGetAndHead("/operations/{id}", Describe).Produces<RunResource>().ProducesProblems(404);
        cluster.MapGetAndHead("/operations/{id}/history", ReadHistory).Produces<IReadOnlyList<HistoryEntry>>().ProducesProblems(404);
        cluster.MapDelete("/operations/{id}", Control((run, by) => new RunCommand.Cancel(run, by)))
            .Produces<RunResource>().ProducesProblems(404, 409);
        foreach (var (control, create) in Controls)
        {
            cluster.MapPost($"/operations/{{id}}/{control}", Control(create)).Produces<RunResource>().ProducesProblems(404, 409);
        }
    }

    private static void MapVerb(RouteGroupBuilder cluster, RunVerb verb)
    {
        var route = $"/{verb.ToWireName()}";
        cluster.MapGetAndHead(route, (string name, RunControl runs, CancellationToken ct) => DescribeLatest(name, verb, runs, ct))
            .Produces<RunResource>().ProducesProblems(404);
        cluster.MapPut(route, (string name, HttpContext context, RunStarter starter) => starter.Start(name, verb, context))
            .AcceptsJson<StartRunRequest>().Produces<RunResource>(201).ProducesProblems(400, 404, 409);
        cluster.MapDelete(route, ControlLatest(verb, (run, by) => new RunCommand.Cancel(run, by)))
            .Produces<RunResource>().ProducesProblems(404, 409);
        foreach (var (control, create) in Controls)
        {
            cluster.MapPost($"{route}/{control}", ControlLatest(verb, create)).Produces<RunResource>().ProducesProblems(404, 409);
        }
    }

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
            ? await histories.Read<RunEvent>($"run-{run}", after, limit, RunHistory.Describe, e => e.At, ct) ?? RunAnswers.Unknown(name)
            : RunAnswers.Unknown(name);

    private static RunId? RunOf(string name, string id) =>
        ResourceName.TryParse(name, out var cluster)
        && int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? new RunId(cluster, number)
            : null;
}
