using System.Collections.Immutable;
using Akka;
using Akka.Actor;
using Akka.Cluster;
using Commissaire.Storage;
using AkkaCluster = Akka.Cluster.Cluster;

namespace Commissaire.Processes;

/// <summary>
/// Makes one cluster of the processes that share a database, however and whenever they are started: each writes itself down, joins those who are
/// members, and founds the cluster where there are none. A process that was given up while it was away learns it here, within a second.
/// </summary>
internal sealed partial class SelfClustering(ActorSystem system, ProcessDirectory processes, ProcessSettings settings, RestartRequest rejoining, TimeProvider clock, ILogger<SelfClustering> log) : BackgroundService
{
    private static readonly TimeSpan Rhythm = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(5);

    private readonly AkkaCluster _cluster = AkkaCluster.Get(system);
    private Discovery _search = new();
    private ImmutableArray<string> _asked = [];
    private bool _founder;
    private bool _stranger;

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var self = new ProcessId(_cluster.SelfAddress.ToString(), _cluster.SelfUniqueAddress.Uid);
        string? trouble = null;
        _cluster.RegisterOnMemberRemoved(rejoining.LeftBehind);
        CoordinatedShutdown.Get(system).AddTask(CoordinatedShutdown.PhaseBeforeActorSystemTerminate, "strike-out", () => Leave(self));
        using var rhythm = new PeriodicTimer(Rhythm, clock);
        do
        {
            var before = trouble;
            try
            {
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
                patience.CancelAfter(AnswerWithin);
                if (!await Look(self, patience.Token))
                {
                    return;
                }

                trouble = null;
            }
            catch (IOException e) when (!stoppingToken.IsCancellationRequested)
            {
                trouble = e.Message;
            }
            catch (Exception e) when (Database.IsTrouble(e) || (e is OperationCanceledException && !stoppingToken.IsCancellationRequested))
            {
                trouble = $"the database does not answer: {e.Message}";
            }

            if (trouble is not null && before is null)
            {
                OutOfTouch(trouble);
            }
            else if (trouble is null && before is not null)
            {
                InTouch();
            }
        }
        while (await rhythm.WaitForNextTickAsync(stoppingToken));
    }

    // Whether to go on.
    private async Task<bool> Look(ProcessId self, CancellationToken ct)
    {
        var member = _cluster.SelfMember.Status is MemberStatus.Up or MemberStatus.Leaving or MemberStatus.Exiting;
        if (!await processes.Beat(self, member, written: member || _founder, ct))
        {
            GivenUp();
            rejoining.LeftBehind();
            _cluster.Down(_cluster.SelfAddress);
            return false;
        }

        if (member && _cluster.State.Leader?.Equals(_cluster.SelfAddress) == true)
        {
            await processes.RemoveStale([.. _cluster.State.Members.Select(m => m.Address.ToString())], ct);
        }
        else if (!member && !_founder)
        {
            var seeds = settings.Seeds is { } given ? await given.Addresses(_cluster.SelfAddress, ct) : (ImmutableArray<string>?)null;
            var mayFound = seeds?.Contains(self.Address) ?? true;
            (_search, var finding) = await processes.Find(self, _search, mayFound, ct);
            if (!mayFound && !_stranger)
            {
                NotASeed(self.Address, string.Join(", ", seeds!));
            }

            _stranger = !mayFound;
            Act(finding, seeds?.Remove(self.Address) ?? []);
        }

        return true;
    }

    // Whoever was asked before and is gone by now will not answer.
    private void Act(Finding finding, ImmutableArray<string> seeds)
    {
        if (finding is Finding.Nobody)
        {
            Founding();
            _founder = true;
            _cluster.Join(_cluster.SelfAddress);
        }
        else if (finding is Finding.Members(var members) && seeds.AddRange(members.Except(seeds)) is var addresses && !addresses.SequenceEqual(_asked))
        {
            Joining(string.Join(", ", addresses));
            _asked = addresses;
            _cluster.JoinSeedNodes(addresses.Select(Address.Parse));
        }
    }

    // Until the last actor has stopped, nobody else may take this process for gone.
    private async Task<Done> Leave(ProcessId self)
    {
        try
        {
            await processes.Remove(self, CancellationToken.None);
        }
        catch (Exception e) when (Database.IsTrouble(e))
        {
            OutOfTouch($"the database does not answer: {e.Message}");
        }

        return Done.Instance;
    }

    [LoggerMessage(LogLevel.Information, "Joining {Members}")]
    private partial void Joining(string members);

    [LoggerMessage(LogLevel.Information, "No other process is there: founding the cluster")]
    private partial void Founding();

    [LoggerMessage(LogLevel.Warning, "{Self} is not among the seeds ({Seeds}): this process joins the others, but does not found the cluster where there are none")]
    private partial void NotASeed(string self, string seeds);

    [LoggerMessage(LogLevel.Warning, "The other processes have given this one up; leaving, to join them anew")]
    private partial void GivenUp();

    [LoggerMessage(LogLevel.Information, "In touch with the installation again")]
    private partial void InTouch();

    [LoggerMessage(LogLevel.Warning, "Out of touch with the installation: {Trouble}")]
    private partial void OutOfTouch(string trouble);
}
