using Akka.Hosting;
using Commissaire.Clusters;
using Commissaire.Contracts;
using Commissaire.Hosts;
using Commissaire.Http;
using Commissaire.Shell;
using Commissaire.Telemetry;

namespace Commissaire.Runs;

/// <summary>The beginning of a run over REST: reads what was asked, has the cluster agree, and tells the run.</summary>
internal sealed class RunStarter(IRequiredActor<ClusterActor> clusters, IRequiredActor<HostActor> hosts)
{
    private const int AtOnce = 256;

    /// <summary>Answers <c>PUT /cluster/{name}/{verb}</c>.</summary>
    /// <exception cref="BadHttpRequestException">The request is not what was expected.</exception>
    public async Task<IResult> Start(string name, RunVerb verb, HttpContext context)
    {
        var ct = context.RequestAborted;
        var body = await Body.Read(context.Request, ContractsJson.Default.StartRunRequest);
        Names.MustAgree(name, body.Name);
        var options = RunRequests.Read(verb, body);
        if (await ClusterEndpoints.Find(name, clusters, ct) is not { } cluster)
        {
            return ClusterEndpoints.Unknown(name);
        }

        if (verb == RunVerb.Deploy && !cluster.Members.IsEmpty && !await AnyDeploys(cluster, ct))
        {
            return Answers.Problem(409, $"No host of cluster '{name}' can deploy: deploy is for hosts booted from an ostree. Use upgrade.");
        }

        return await clusters.ActorRef.AskAsync<object>(new ClusterCommand.StartRun(cluster.Name, options, context.User()) { Trace = Tracing.Current }, ct) switch
        {
            RunReply.Described(var view) => RunControl.Begun(view),
            ClusterReply.HeldBy held => RunRoutes.Held(held),
            _ => ClusterEndpoints.Unknown(name),
        };
    }

    private async Task<bool> AnyDeploys(ClusterView cluster, CancellationToken ct)
    {
        foreach (var some in cluster.Members.Chunk(AtOnce))
        {
            var replies = await Task.WhenAll(some.Select(host => hosts.ActorRef.AskAsync<HostReply>(new HostQuery.Describe(host), ct)));
            if (replies.OfType<HostReply.Described>().Any(r => r.View.Facts is { } facts && OsDialect.Of(facts.Os)?.Deploy is not null))
            {
                return true;
            }
        }

        return false;
    }
}
