using System.Collections.Immutable;
using Akka;
using Akka.Cluster;
using Commissaire.Storage;
using AkkaCluster = Akka.Cluster.Cluster;

namespace Commissaire.Processes;

/// <summary>
/// Forms one Akka cluster of the processes that share a database, in any start order. Each process records itself, joins the live
/// members, and founds the cluster if there are none. A process that was removed while it was paused learns so at its next heartbeat.
/// </summary>
internal sealed partial class ClusterFormation(
    ActorSystem system, ProcessDirectory processes, ProcessSettings settings, RestartRequest restart, TimeProvider clock,
    ILogger<ClusterFormation> log) : BackgroundService
{
    private static readonly TimeSpan HeartbeatInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan QueryTimeout = TimeSpan.FromSeconds(5);

    private readonly AkkaCluster _cluster = AkkaCluster.Get(system);
    private Discovery _discovery = new();
    private ImmutableArray<string> _joining = [];
    private bool _founder;
    private bool _missingFromSeeds;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var self = new ProcessId(_cluster.SelfAddress.ToString(), _cluster.SelfUniqueAddress.Uid);
        string? error = null;
        _cluster.RegisterOnMemberRemoved(restart.Request);

        // The record stays until the last actor has stopped, so that no other process declares this one dead too early.
        CoordinatedShutdown.Get(system).AddTask(
            CoordinatedShutdown.PhaseBeforeActorSystemTerminate, "remove-process", () => RemoveRecord(self));
        using var timer = new PeriodicTimer(HeartbeatInterval, clock);
        do
        {
            (var previousError, error) = (error, null);
            try
            {
                using var timeout = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
                timeout.CancelAfter(QueryTimeout);
                if (!await Heartbeat(self, timeout.Token))
                {
                    return;
                }
            }
            catch (Exception e) when (Database.IsDatabaseError(e)
                || (e is IOException or OperationCanceledException && !stoppingToken.IsCancellationRequested))
            {
                error = e is IOException ? e.Message : $"the database does not answer: {e.Message}";
            }

            if (error is not null && previousError is null)
            {
                HeartbeatFailing(error);
            }
            else if (error is null && previousError is not null)
            {
                HeartbeatRecovered();
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    // Returns false when this process was removed from the cluster and must stop.
    private async Task<bool> Heartbeat(ProcessId self, CancellationToken ct)
    {
        var member = _cluster.SelfMember.Status is MemberStatus.Up or MemberStatus.Leaving or MemberStatus.Exiting;
        if (!await processes.RecordHeartbeat(self, member, mustExist: member || _founder, ct))
        {
            RemovedFromCluster();
            restart.Request();
            _cluster.Down(_cluster.SelfAddress);
            return false;
        }

        if (member && _cluster.State.Leader?.Equals(_cluster.SelfAddress) == true)
        {
            await processes.RemoveStale([.. _cluster.State.Members.Select(m => m.Address.ToString())], ct);
        }
        else if (!member && !_founder)
        {
            ImmutableArray<string>? seeds = settings.Seeds is { } configured ? await configured.Resolve(_cluster.SelfAddress, ct) : null;
            var mayFound = seeds?.Contains(self.Address) ?? true;
            (_discovery, var result) = await processes.Discover(self, _discovery, mayFound, ct);
            if (!mayFound && !_missingFromSeeds)
            {
                NotASeed(self.Address, string.Join(", ", seeds!));
            }

            _missingFromSeeds = !mayFound;
            JoinOrFound(result, seeds?.Remove(self.Address) ?? []);
        }

        return true;
    }

    // Akka keeps asking the addresses it was given, so a changed list replaces the earlier attempt: some of the old addresses may be dead.
    private void JoinOrFound(DiscoveryResult result, ImmutableArray<string> seeds)
    {
        if (result is DiscoveryResult.NoMembers)
        {
            Founding();
            _founder = true;
            _cluster.Join(_cluster.SelfAddress);
        }
        else if (result is DiscoveryResult.Members(var members)
            && seeds.AddRange(members.Except(seeds)) is var addresses && !addresses.SequenceEqual(_joining))
        {
            Joining(string.Join(", ", addresses));
            _joining = addresses;
            _cluster.JoinSeedNodes(addresses.Select(Address.Parse));
        }
    }

    private async Task<Done> RemoveRecord(ProcessId self)
    {
        try
        {
            await processes.Remove(self, CancellationToken.None);
        }
        catch (Exception e) when (Database.IsDatabaseError(e))
        {
            HeartbeatFailing($"the database does not answer: {e.Message}");
        }

        return Done.Instance;
    }

    [LoggerMessage(LogLevel.Information, "Joining the cluster at {Members}")]
    private partial void Joining(string members);

    [LoggerMessage(LogLevel.Information, "Found no other process: founding the cluster")]
    private partial void Founding();

    [LoggerMessage(LogLevel.Warning, "{Self} is not in the configured seeds ({Seeds}): waiting for an existing cluster to join")]
    private partial void NotASeed(string self, string seeds);

    [LoggerMessage(LogLevel.Warning, "The other processes removed this process from the cluster: restarting to join again")]
    private partial void RemovedFromCluster();

    [LoggerMessage(LogLevel.Information, "Cluster heartbeat succeeds again")]
    private partial void HeartbeatRecovered();

    [LoggerMessage(LogLevel.Warning, "Cluster heartbeat failed, retrying: {Error}")]
    private partial void HeartbeatFailing(string error);
}
