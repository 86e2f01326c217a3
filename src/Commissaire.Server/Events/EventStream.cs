using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Akka.Persistence.Query;
using Akka.Persistence.Sql.Query;
using Akka.Streams;
using Akka.Streams.Dsl;
using Commissaire.Clusters;
using Commissaire.Contracts.Events;
using Commissaire.Runs;
using Commissaire.Storage;

namespace Commissaire.Events;

/// <summary>Streams events from the journal, in the same order in every process. A client resumes after its last event.</summary>
internal sealed class EventStream(ActorSystem system, EntityDirectory directory, IHostApplicationLifetime lifetime, TimeProvider clock)
{
    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(15);

    private readonly Lazy<SqlReadJournal> _journal =
        new(() => PersistenceQuery.Get(system).ReadJournalFor<SqlReadJournal>(SqlReadJournal.Identifier));

    private readonly ActorMaterializer _materializer = system.Materializer();

    /// <summary>The id of the last event in the journal.</summary>
    public Task<long> Last(CancellationToken ct) => directory.LastEvent(ct);

    /// <summary>
    /// Streams all events after an id, until the client disconnects or the server stops. A <c>ping</c> starts the stream and keeps it alive
    /// when nothing happens; the first one carries the id, so that a client that disconnects before the first event can resume too. With a
    /// cluster, only its events and those of its runs and members are streamed.
    /// </summary>
    public async IAsyncEnumerable<SseItem<StreamedEvent>> After(
        long after, ClusterView? cluster, [EnumeratorCancellation] CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct, lifetime.ApplicationStopping);
        var filter = cluster is null ? null : new ClusterFilter(cluster);
        var items = Channel.CreateBounded<SseItem<StreamedEvent>>(256);
        var reading = Task.Run(() => Read(after, filter, items.Writer, stop.Token), CancellationToken.None);
        try
        {
            // The first item sends the response headers: without it, the client would wait for them until the first event.
            yield return Ping(after);
            while (!stop.IsCancellationRequested)
            {
                SseItem<StreamedEvent> item;
                using var ping = new CancellationTokenSource(PingInterval, clock);
                using var pingOrStop = CancellationTokenSource.CreateLinkedTokenSource(stop.Token, ping.Token);
                try
                {
                    item = await items.Reader.ReadAsync(pingOrStop.Token);
                }
                catch (OperationCanceledException) when (ping.IsCancellationRequested && !stop.IsCancellationRequested)
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
            await stop.CancelAsync();
            await reading;
        }
    }

    private SseItem<StreamedEvent> Ping(long? id) =>
        Item(new StreamedEvent(Timestamp.Format(clock.GetUtcNow()), "", "", "ping", ""), "ping", id);

    private async Task Read(long after, ClusterFilter? filter, ChannelWriter<SseItem<StreamedEvent>> items, CancellationToken ct)
    {
        try
        {
            var events = _journal.Value.AllEvents(Offset.Sequence(after)).RunAsAsyncEnumerable(_materializer);
            await foreach (var envelope in events.WithCancellation(ct))
            {
                if (Describe(envelope, filter) is { } streamed)
                {
                    await items.WriteAsync(Item(streamed, streamed.Subject, ((Sequence)envelope.Offset).Value), ct);
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

    private static SseItem<StreamedEvent> Item(StreamedEvent streamed, string type, long? id) =>
        new(streamed, type) { EventId = id?.ToString(CultureInfo.InvariantCulture) };

    private static StreamedEvent? Describe(EventEnvelope envelope, ClusterFilter? filter)
    {
        var name = envelope.PersistenceId[(envelope.PersistenceId.IndexOf('-', StringComparison.Ordinal) + 1)..];
        return envelope.Event switch
        {
            HostEvent e when filter?.IncludesHost(name) != false => Streamed("host", name, e.At, HostState.Describe(e), e.Caller),
            ClusterEvent e when filter?.IncludesCluster(name, e) != false =>
                Streamed("cluster", name, e.At, ClusterHistory.Describe(e), e.Caller),
            RunEvent e when RunId.Parse(name) is var run && filter?.IncludesCluster(run.Cluster.Value, null) != false =>
                Streamed("operation", $"{run.Cluster}/{run.Number}", e.At, RunHistory.Describe(e), e.Caller),
            _ => null,
        };
    }

    private static StreamedEvent Streamed(string subject, string name, DateTimeOffset at, HistoryLine line, Caller? caller) =>
        new(Timestamp.Format(at), subject, name, line.Event, line.Summary) { By = caller?.Name };

    // Updates the members from the events of the cluster.
    private sealed class ClusterFilter(ClusterView cluster)
    {
        private readonly HashSet<string> _members = [.. cluster.Members.Select(m => m.Value)];

        public bool IncludesHost(string host) => _members.Contains(host);

        public bool IncludesCluster(string name, ClusterEvent? @event)
        {
            if (name != cluster.Name.Value)
            {
                return false;
            }

            _ = @event switch
            {
                ClusterEvent.MemberAdded e => _members.Add(e.Host.Value),
                ClusterEvent.MemberRemoved e => _members.Remove(e.Host.Value),
                _ => false,
            };
            return true;
        }
    }
}
