using Akka.Hosting;
using Commissaire.Clusters;
using Commissaire.Contracts;
using Commissaire.Http;
using Commissaire.Telemetry;

namespace Commissaire.Runs;

/// <summary>Finds runs and talks to them.</summary>
internal sealed class RunControl(IRequiredActor<ClusterActor> clusters, IRequiredActor<RunActor> operations)
{
    /// <summary>The latest run of a verb over a cluster; null when there was none.</summary>
    public async Task<RunId?> Latest(string name, RunVerb verb, CancellationToken ct) =>
        ResourceName.TryParse(name, out var cluster) && await clusters.ActorRef.AskAsync<ClusterReply>(new ClusterQuery.Runs(cluster), ct) is ClusterReply.Runs { All: var all }
            ? all.LastOrDefault(r => r.Options.Plan.Verb == verb)?.Run
            : null;

    /// <summary>A run as it is.</summary>
    public async Task<IResult> Describe(RunId run, bool withHosts, CancellationToken ct) =>
        Answer(run, await operations.ActorRef.AskAsync<RunReply>(new RunQuery.Describe(run), ct), 200, withHosts);

    /// <summary>Tells a run something. One that is over and is to go on must hold its cluster again first.</summary>
    public async Task<IResult> Tell(RunId run, RunCommand command, CancellationToken ct)
    {
        Tracing.IsAbout(run);
        if (command is RunCommand.Retry)
        {
            switch (await clusters.ActorRef.AskAsync<ClusterReply>(new ClusterCommand.ReopenRun(run.Cluster, run), ct))
            {
                case ClusterReply.HeldBy held:
                    return RunRoutes.Held(held);
                case ClusterReply.Refused:
                    return RunRoutes.NeverRun(run.Cluster.Value);
            }
        }

        var reply = await operations.ActorRef.AskAsync<RunReply>(command, ct);
        if (command is RunCommand.Retry && reply is RunReply.Refused)
        {
            clusters.ActorRef.Tell(new ClusterCommand.DescribeMembers(run.Cluster, run), Akka.Actor.ActorRefs.NoSender);
        }

        return Answer(run, reply, 200, withHosts: false);
    }

    /// <summary>The answer to the start of a run: the run before any host had its turn, as clients have always seen it.</summary>
    public static IResult Begun(RunView view)
    {
        Tracing.IsAbout(view.Run);
        return Answer(view.Run, new RunReply.Described(view.AtItsBeginning()), 201, withHosts: false);
    }

    private static IResult Answer(RunId run, RunReply reply, int status, bool withHosts) => reply switch
    {
        RunReply.Described(var view) => Answers.Json(RunResources.Of(view, withHosts), ContractsJson.Default.RunResource, status),
        RunReply.Refused(RunRefusal.Over) => Answers.Problem(409, $"Run {run.Number} of cluster '{run.Cluster}' is over."),
        RunReply.Refused(RunRefusal.NothingToRetry) => Answers.Problem(409, $"Nothing of run {run.Number} of cluster '{run.Cluster}' can be retried: no host failed or was left out."),
        _ => RunRoutes.NeverRun(run.Cluster.Value),
    };
}
