using Akka.Hosting;
using Commissaire.Clusters;
using Commissaire.Telemetry;

namespace Commissaire.Runs;

/// <summary>Finds, describes and controls runs.</summary>
internal sealed class RunControl(IRequiredActor<ClusterActor> clusters, IRequiredActor<RunActor> runs)
{
    /// <summary>The latest run of a verb over a cluster; null if there is none.</summary>
    public async Task<RunId?> Latest(string name, RunVerb verb, CancellationToken ct) =>
        ResourceName.TryParse(name, out var cluster)
        && await clusters.ActorRef.AskAsync<ClusterReply>(new ClusterQuery.Runs(cluster), ct) is ClusterReply.Runs { All: var all }
            ? all.LastOrDefault(r => r.Options.Plan.Verb == verb)?.Run
            : null;

    public async Task<IResult> Describe(RunId run, bool withHosts, CancellationToken ct) =>
        RunAnswers.Of(run, await runs.ActorRef.AskAsync<RunReply>(new RunQuery.Describe(run), ct), withHosts: withHosts);

    /// <summary>Sends a command to a run. A finished run must acquire its cluster again before a retry.</summary>
    public async Task<IResult> Send(RunCommand command, CancellationToken ct)
    {
        var run = command.Run;
        Tracing.SetRun(run);
        if (command is RunCommand.Retry)
        {
            switch (await clusters.ActorRef.AskAsync<ClusterReply>(new ClusterCommand.ReopenRun(run.Cluster, run), ct))
            {
                case ClusterReply.HeldBy held:
                    return ClusterAnswers.Of(run.Cluster.Value, held);
                case ClusterReply.Refused:
                    return RunAnswers.Unknown(run.Cluster.Value);
            }
        }

        var reply = await runs.ActorRef.AskAsync<RunReply>(command, ct);
        if (command is RunCommand.Retry && reply is RunReply.Refused)
        {
            clusters.ActorRef.Tell(new ClusterCommand.DescribeMembers(run.Cluster, run), ActorRefs.NoSender);
        }

        return RunAnswers.Of(run, reply);
    }
}
