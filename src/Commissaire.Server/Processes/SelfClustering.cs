using System.Collections.Immutable;
using System.Data.Common;
using Akka;
using Akka.Actor;
using Akka.Cluster;
using AkkaCluster = Akka.Cluster.Cluster;

namespace Commissaire.Processes;

/// <summary>
/// Makes one cluster of the processes that share a database, however and whenever they are started: each writes itself down, joins those who are
/// members, and founds the cluster where there are none. A process that was given up while it was away learns it here, within a second.
/// </summary>
internal sealed partial class SelfClustering(ActorSystem system, ProcessDirectory processes, Rejoining rejoining, TimeProvider clock, ILogger<SelfClustering> log) : BackgroundService
{
    private static readonly TimeSpan Rhythm = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(5);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var cluster = AkkaCluster.Get(system);
        var self = new ProcessId(cluster.SelfAddress.ToString(), cluster.SelfUniqueAddress.Uid);
        var (search, asked, founder, away) = (new Search(), ImmutableArray<string>.Empty, false, false);
        cluster.RegisterOnMemberRemoved(rejoining.LeftBehind);
        CoordinatedShutdown.Get(system).AddTask(CoordinatedShutdown.PhaseBeforeActorSystemTerminate, "strike-out", () => Leave(self));
        using var rhythm = new PeriodicTimer(Rhythm, clock);
        do
        {
            try
            {
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
                patience.CancelAfter(AnswerWithin);
                var member = cluster.SelfMember.Status is MemberStatus.Up or MemberStatus.Leaving or MemberStatus.Exiting;
                if (!await processes.Beat(self, member, written: member || founder, patience.Token))
                {
                    GivenUp();
                    rejoining.LeftBehind();
                    cluster.Down(cluster.SelfAddress);
                    return;
                }

                if (member && cluster.State.Leader?.Equals(cluster.SelfAddress) == true)
                {
                    await processes.StrikeOut([.. cluster.State.Members.Select(m => m.Address.ToString())], patience.Token);
                }
                else if (!member && !founder)
                {
                    (search, var finding) = await processes.Find(self, search, patience.Token);
                    (asked, founder) = Act(cluster, finding, asked);
                }
            }
            catch (Exception e) when (e is DbException or OperationCanceledException && !stoppingToken.IsCancellationRequested)
            {
                if (!away)
                {
                    NoDatabase(e.Message);
                }

                away = true;
                continue;
            }

            if (away)
            {
                DatabaseBack();
            }

            away = false;
        }
        while (await rhythm.WaitForNextTickAsync(stoppingToken));
    }

    // Whoever was asked before and is gone by now will not answer.
    private (ImmutableArray<string> Asked, bool Founder) Act(AkkaCluster cluster, Finding finding, ImmutableArray<string> asked)
    {
        switch (finding)
        {
            case Finding.Members(var addresses) when !addresses.SequenceEqual(asked):
                Joining(string.Join(", ", addresses));
                cluster.JoinSeedNodes(addresses.Select(Address.Parse));
                return (addresses, false);
            case Finding.Nobody:
                Founding();
                cluster.Join(cluster.SelfAddress);
                return (asked, true);
            default:
                return (asked, false);
        }
    }

    // Until the last actor has stopped, nobody else may take this process for gone.
    private async Task<Done> Leave(ProcessId self)
    {
        try
        {
            await processes.Remove(self, CancellationToken.None);
        }
        catch (DbException e)
        {
            NoDatabase(e.Message);
        }

        return Done.Instance;
    }

    [LoggerMessage(LogLevel.Information, "Joining {Members}")]
    private partial void Joining(string members);

    [LoggerMessage(LogLevel.Information, "No other process is there: founding the cluster")]
    private partial void Founding();

    [LoggerMessage(LogLevel.Warning, "The other processes have given this one up; leaving, to join them anew")]
    private partial void GivenUp();

    [LoggerMessage(LogLevel.Information, "The database answers again")]
    private partial void DatabaseBack();

    [LoggerMessage(LogLevel.Warning, "The database does not answer: {Reason}")]
    private partial void NoDatabase(string reason);
}
