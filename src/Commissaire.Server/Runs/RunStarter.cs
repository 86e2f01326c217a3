using Akka.Hosting;
using Commissaire.Clusters;
using Commissaire.Contracts;
using Commissaire.Security;
using Commissaire.Shell;
using Commissaire.Telemetry;

namespace Commissaire.Runs;

/// <summary>Starts runs, or plans them.</summary>
internal sealed class RunStarter(
    IRequiredActor<ClusterActor> clusters, IRequiredActor<HostActor> hosts, HostDirectory directory, RunPlanner planner)
{
    private const int HostsPerBatch = 256;

    /// <summary>Answers <c>PUT /cluster/{name}/{verb}</c>.</summary>
    /// <exception cref="InvalidRequestException">The request is invalid.</exception>
    public async Task<IResult> Start(string name, RunVerb verb, HttpContext context, string? dryRun)
    {
        var isDryRun = Choice.Flag("dry_run", dryRun);
        var ct = context.RequestAborted;
        var body = await JsonBody.Read(context.Request, ContractsJson.Default.StartRunRequest, ContractsJson.Default.RunResource);
        InvalidRequestException.ThrowIfNamesDiffer(name, body.Name);
        var options = RunRequests.Options(verb, body);
        if (await clusters.Find(name, ct) is not { } cluster)
        {
            return ClusterAnswers.Unknown(name);
        }

        RunRequests.ThrowIfAllAtOnce(options, cluster.Members.Length);
        if (verb == RunVerb.Deploy && !cluster.Members.IsEmpty && !await AnySupportsDeploy(cluster, ct))
        {
            return RunAnswers.CannotDeploy(name);
        }

        var shared = await directory.SharedMachines(cluster.Members, ct);
        options = options with { SharedMachines = shared.IsEmpty ? null : shared, Hosts = RunRequests.Hosts(body, cluster) };
        if (isDryRun)
        {
            return await planner.Plan(cluster.Name, options, context.User.Name(), ct);
        }

        var start = new ClusterCommand.StartRun(cluster.Name, options, context.User.Name()) { Trace = Tracing.Current };
        return await clusters.ActorRef.AskAsync<object>(start, ct) switch
        {
            // The cluster refuses, or begins the run, which replies. The answer shows the run before any turn, as in 2017.
            ClusterReply refusal => ClusterAnswers.Of(name, refusal),
            RunReply.Described(var view) => RunAnswers.Begun(view),
            var other => throw new InvalidOperationException($"No answer for {other.GetType()}."),
        };
    }

    private async Task<bool> AnySupportsDeploy(ClusterView cluster, CancellationToken ct)
    {
        foreach (var batch in cluster.Members.Chunk(HostsPerBatch))
        {
            var replies = await Task.WhenAll(batch.Select(host => hosts.ActorRef.AskAsync<HostReply>(new HostQuery.Describe(host), ct)));
            if (replies.OfType<HostReply.Described>().Any(r => r.View.Facts is { } facts && OsDialect.Of(facts)?.Deploy is not null))
            {
                return true;
            }
        }

        return false;
    }
}
