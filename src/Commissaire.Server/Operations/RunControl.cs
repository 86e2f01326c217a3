using Akka.Hosting;
using Commissaire.Clusters;
using Commissaire.Contracts;
using Commissaire.Http;
using Commissaire.Telemetry;

namespace Commissaire.Operations;

/// <summary>Finds runs and talks to them.</summary>
internal sealed class RunControl(IRequiredActor<ClusterActor> clusters, IRequiredActor<OperationActor> operations)
{
    /// <summary>The latest run of a verb over a cluster; null when there was none.</summary>
    public async Task<OperationId?> Latest(string name, OperationVerb verb, CancellationToken ct) =>
        ResourceName.TryParse(name, out var cluster) && await clusters.ActorRef.Answer<ClusterReply>(new ClusterQuery.Runs(cluster), ct) is ClusterReply.Runs { All: var all }
            ? all.LastOrDefault(r => r.Options.Plan.Verb == verb)?.Run
            : null;

    /// <summary>A run as it is.</summary>
    public async Task<IResult> Describe(OperationId run, bool withHosts, CancellationToken ct) =>
        Answer(run, await operations.ActorRef.Answer<OperationReply>(new OperationQuery.Describe(run), ct), 200, withHosts);

    /// <summary>Tells a run something. One that is over and is to go on must hold its cluster again first.</summary>
    public async Task<IResult> Tell(OperationId run, OperationCommand command, CancellationToken ct)
    {
        Tracing.IsAbout(run);
        if (command is OperationCommand.Retry)
        {
            switch (await clusters.ActorRef.Answer<ClusterReply>(new ClusterCommand.ReopenRun(run.Cluster, run), ct))
            {
                case ClusterReply.HeldBy held:
                    return OperationEndpoints.Held(held);
                case ClusterReply.Refused:
                    return OperationEndpoints.NeverRun(run.Cluster.Value);
            }
        }

        var reply = await operations.ActorRef.Answer<OperationReply>(command, ct);
        if (command is OperationCommand.Retry && reply is OperationReply.Refused)
        {
            clusters.ActorRef.Tell(new ClusterCommand.TellRun(run.Cluster, run), Akka.Actor.ActorRefs.NoSender);
        }

        return Answer(run, reply, 200, withHosts: false);
    }

    /// <summary>Begins a run that its cluster has agreed to. The answer shows it as it was when it began, as clients have always seen it.</summary>
    public async Task<IResult> Begin(OperationCommand.Begin begin, CancellationToken ct)
    {
        Tracing.IsAbout(begin.Run);
        var reply = await operations.ActorRef.Answer<OperationReply>(begin, ct);
        return Answer(begin.Run, reply is OperationReply.Described(var view) ? new OperationReply.Described(view.AtItsBeginning()) : reply, 201, withHosts: false);
    }

    private static IResult Answer(OperationId run, OperationReply reply, int status, bool withHosts) => reply switch
    {
        OperationReply.Described(var view) => Answers.Json(OperationResources.Of(view, withHosts), ContractsJson.Default.OperationResource, status),
        OperationReply.Refused(OperationRefusal.Over) => Answers.Problem(409, $"Run {run.Number} of cluster '{run.Cluster}' is over."),
        OperationReply.Refused(OperationRefusal.NothingToRetry) => Answers.Problem(409, $"Nothing of run {run.Number} of cluster '{run.Cluster}' can be retried: no host failed or was left out."),
        _ => OperationEndpoints.NeverRun(run.Cluster.Value),
    };
}
