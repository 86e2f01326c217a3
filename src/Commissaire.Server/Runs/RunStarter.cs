using Akka.Hosting;
using Commissaire.Clusters;
using Commissaire.Contracts;
using Commissaire.Hosts;
using Commissaire.Http;
using Commissaire.Security;
using Commissaire.Shell;
using Commissaire.Telemetry;

namespace Commissaire.Runs;

/// <summary>Starts runs.</summary>
internal sealed class RunStarter(IRequiredActor<ClusterActor> clusters, IRequiredActor<HostActor> hosts, IRequiredActor<RunActor> runs)
{
    private const int HostsPerBatch = 256;

    /// <summary>Answers <c>PUT /cluster/{name}/{verb}</c>.</summary>
    /// <exception cref="InvalidRequestException">The request is invalid.</exception>
    public async Task<IResult> Start(string name, RunVerb verb, HttpContext context)
    {
        var ct = context.RequestAborted;
        var body = await JsonBody.Read(context.Request, ContractsJson.Default.StartRunRequest);
        InvalidRequestException.ThrowIfNamesDiffer(name, body.Name);
        var options = RunRequests.Options(verb, body);
        if (await clusters.Find(name, ct) is not { } cluster)
        {
            return ClusterAnswers.Unknown(name);
        }

        if (verb == RunVerb.Deploy && !cluster.Members.IsEmpty && !await AnySupportsDeploy(cluster, ct))
        {
            return RunAnswers.CannotDeploy(name);
        }

        var start = new ClusterCommand.StartRun(cluster.Name, options, context.User.Name()) { Trace = Tracing.Current };
        var reply = await clusters.ActorRef.AskAsync<ClusterReply>(start, ct);
        return reply is ClusterReply.Started(var begin) ? await Begin(begin, ct) : ClusterAnswers.Of(name, reply);
    }

    // The answer shows the run as it was when it began, as clients of 2017 expect it.
    private async Task<IResult> Begin(RunCommand.Begin begin, CancellationToken ct)
    {
        Tracing.SetRun(begin.Run);
        var reply = await runs.ActorRef.AskAsync<RunReply>(begin, ct);
        return RunAnswers.Of(begin.Run, reply is RunReply.Described(var view) ? new RunReply.Described(view.AtItsBeginning()) : reply, 201);
    }

    private async Task<bool> AnySupportsDeploy(ClusterView cluster, CancellationToken ct)
    {
        foreach (var batch in cluster.Members.Chunk(HostsPerBatch))
        {
            var replies = await Task.WhenAll(batch.Select(host => hosts.ActorRef.AskAsync<HostReply>(new HostQuery.Describe(host), ct)));
            if (replies.OfType<HostReply.Described>().Any(r => r.View.Facts is { } facts && OsDialect.Of(facts.Os)?.Deploy is not null))
            {
                return true;
            }
        }

        return false;
    }
}
