using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Akka.Actor;
using Akka.Persistence.Query;
using Akka.Persistence.Sql.Query;
using Akka.Streams;
using Akka.Streams.Dsl;
using Commissaire.Clusters;
using Commissaire.Contracts.Events;
using Commissaire.Hosts;
using Commissaire.Http;
using Commissaire.Runs;
using Commissaire.Storage;

namespace Commissaire.Events;

/// <summary>
/// What happens, as it happens: read from the journal, so that it is complete, the same from every process, and can be taken up where it was left.
/// </summary>
internal sealed class EventStream(ActorSystem system, Database database, IHostApplicationLifetime lifetime, TimeProvider clock)
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(15);

    private readonly Lazy<SqlReadJournal> _journal = new(() => PersistenceQuery.Get(system).ReadJournalFor<SqlReadJournal>(SqlReadJournal.Identifier));
    private readonly ActorMaterializer _materializer = system.Materializer();

    /// <summary>The place of the last event there is.</summary>
    public async Task<long> Last(CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand("SELECT COALESCE(MAX(ordering), 0) FROM journal");
        return Convert.ToInt64(await command.ExecuteScalarAsync(ct), CultureInfo.InvariantCulture);
    }

    /// <summary>
    /// Everything that happens after a place, until the caller or the server stops. A <c>ping</c> says at first, and in quiet times, that somebody is there;
    /// the first one carries the place, so that whoever loses the stream before anything happened can take it up as well.
    /// </summary>
    /// <param name="after">The place.</param>
    /// <param name="cluster">The cluster of interest, with its members as they are now; null for everything.</param>
    /// <param name="ct">Stops.</param>
    public async IAsyncEnumerable<SseItem<StreamedEvent>> After(long after, ClusterView? cluster, [EnumeratorCancellation] CancellationToken ct)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, lifetime.ApplicationStopping);
        var interest = cluster is null ? null : new Interest(cluster);
        var items = Channel.CreateBounded<SseItem<StreamedEvent>>(256);
        var reading = Task.Run(() => Read(after, interest, items.Writer, either.Token), CancellationToken.None);
        try
        {
            // The head of an answer goes out with its first item; without one, whoever listens would not know of it until something happens.
            yield return Ping(after);
            while (!either.IsCancellationRequested)
            {
                SseItem<StreamedEvent> item;
                using var quiet = new CancellationTokenSource(Quiet, clock);
                using var next = CancellationTokenSource.CreateLinkedTokenSource(either.Token, quiet.Token);
                try
                {
                    item = await items.Reader.ReadAsync(next.Token);
                }
                catch (OperationCanceledException) when (quiet.IsCancellationRequested && !either.IsCancellationRequested)
                {
                    item = Ping(null);
                }
                catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
                {
                    break;
                }

                yield return item;
            }
        }
        finally
        {
            await either.CancelAsync();
            await reading;
        }
    }

    private SseItem<StreamedEvent> Ping(long? place) =>
        new(new StreamedEvent(Timestamps.Of(clock.GetUtcNow()), "", "", "ping", ""), "ping") { EventId = place?.ToString(CultureInfo.InvariantCulture) };

    private async Task Read(long after, Interest? interest, ChannelWriter<SseItem<StreamedEvent>> items, CancellationToken ct)
    {
        try
        {
            await foreach (var happened in _journal.Value.AllEvents(Offset.Sequence(after)).RunAsAsyncEnumerable(_materializer).WithCancellation(ct))
            {
                if (Tell(happened, interest) is { } told)
                {
                    await items.WriteAsync(new SseItem<StreamedEvent>(told, told.Subject) { EventId = ((Sequence)happened.Offset).Value.ToString(CultureInfo.InvariantCulture) }, ct);
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
        finally
        {
            items.TryComplete();
        }
    }

    private static StreamedEvent? Tell(EventEnvelope envelope, Interest? interest)
    {
        var name = envelope.PersistenceId[(envelope.PersistenceId.IndexOf('-', StringComparison.Ordinal) + 1)..];
        return envelope.Event switch
        {
            HostEvent e when interest?.InHost(name) != false => Said("host", name, e.At, HostState.Describe(e)),
            ClusterEvent e when interest?.InCluster(name, e) != false => Said("cluster", name, e.At, ClusterHistory.Describe(e)),
            RunEvent e when RunId.Parse(name) is var run && interest?.InCluster(run.Cluster.Value, null) != false =>
                Said("operation", $"{run.Cluster}/{run.Number}", e.At, RunHistory.Describe(e)),
            _ => null,
        };
    }

    private static StreamedEvent Said(string subject, string name, DateTimeOffset at, HistoryLine what) => new(Timestamps.Of(at), subject, name, what.Event, what.Summary);

    // Which hosts are members is followed along the way.
    private sealed class Interest(ClusterView cluster)
    {
        private readonly HashSet<string> _members = [.. cluster.Members.Select(m => m.Value)];

        public bool InHost(string host) => _members.Contains(host);

        public bool InCluster(string name, ClusterEvent? happened)
        {
            if (name != cluster.Name.Value)
            {
                return false;
            }

            _ = happened switch
            {
                ClusterEvent.MemberAdded e => _members.Add(e.Host.Value),
                ClusterEvent.MemberRemoved e => _members.Remove(e.Host.Value),
                _ => false,
            };
            return true;
        }
    }
}
