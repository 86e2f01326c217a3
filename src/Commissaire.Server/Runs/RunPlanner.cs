using Akka.Hosting;
using Commissaire.Clusters;
using Commissaire.ContainerManagers;

namespace Commissaire.Runs;

/// <summary>Plans a run: how it would go, by the decisions that the run and its hosts make themselves. Nothing starts.</summary>
internal sealed class RunPlanner(
    IRequiredActor<ClusterActor> clusters, IRequiredActor<HostActor> hosts, IRequiredActor<ContainerManagerActor> managers,
    TimeProvider clock)
{
    private const int MaxConcurrentRequests = 32;

    /// <summary>Answers <c>PUT /cluster/{name}/{verb}?dry_run=true</c>.</summary>
    public async Task<IResult> Plan(ResourceName cluster, RunOptions options, string by, CancellationToken ct)
    {
        var reply = await clusters.ActorRef.AskAsync<ClusterReply>(new ClusterQuery.PreviewRun(cluster, options, by), ct);
        if (reply is not ClusterReply.RunPreviewed(var begin))
        {
            return ClusterAnswers.Of(cluster.Value, reply);
        }

        var chosen = begin.Members.Select(m => m.Host).Where(options.Include).ToList();
        var turns = (await ForEach(chosen, host => Turn(host, options.Plan, ct), ct)).ToDictionary(t => t.Host, t => t);
        var previews = turns.ToDictionary(t => t.Key, t => t.Value.Preview);
        var forecast = RunForecast.Of(begin, previews, clock.GetUtcNow());
        var drained = forecast.Hosts.Where(h => turns[h.Host].Drains).Select(h => h.Host).ToList();
        var pods = (await ForEach(drained, host => Pods(host, turns[host].Manager!.Value, ct), ct)).ToDictionary(p => p.Host, p => p);
        return RunAnswers.Planned(
            forecast, [.. forecast.Hosts.Select(h => RunAnswers.Turn(h, previews[h.Host], pods.GetValueOrDefault(h.Host)?.Preview))]);
    }

    private async Task<PlannedTurn> Turn(HostAddress host, TurnPlan plan, CancellationToken ct) =>
        await hosts.ActorRef.AskAsync<HostReply>(new HostQuery.PreviewTurn(host, plan), ct)
            is HostReply.TurnPreviewed(var turn, var manager)
            ? new PlannedTurn(host, turn, manager)
            : new PlannedTurn(host, new TurnPreview(TurnOutcome.Failed, "", "is not registered", []), null);

    private async Task<DrainedNode> Pods(HostAddress host, ResourceName manager, CancellationToken ct)
    {
        var query = new ContainerManagerCommand.PreviewNode(manager, host) { Drains = true };
        var reply = await managers.ActorRef.AskAsync<ContainerManagerReply>(query, ct, 2 * ContainerManagerActor.PreviewTimeout);
        return new DrainedNode(host, reply as ContainerManagerReply.NodePreviewed
            ?? new ContainerManagerReply.NodePreviewed(null, [], $"container manager '{manager}' does not exist"));
    }

    private static async Task<IReadOnlyList<T>> ForEach<T>(
        IEnumerable<HostAddress> hosts, Func<HostAddress, Task<T>> ask, CancellationToken ct)
    {
        var results = new List<T>();
        foreach (var batch in hosts.Chunk(MaxConcurrentRequests))
        {
            ct.ThrowIfCancellationRequested();
            results.AddRange(await Task.WhenAll(batch.Select(ask)));
        }

        return results;
    }

    private sealed record PlannedTurn(HostAddress Host, TurnPreview Preview, ResourceName? Manager)
    {
        public bool Drains => Manager is not null && Preview.Steps.Any(s => s.Name == TurnSteps.Drain);
    }

    private sealed record DrainedNode(HostAddress Host, ContainerManagerReply.NodePreviewed Preview);
}
