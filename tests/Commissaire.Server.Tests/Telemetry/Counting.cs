using System.Diagnostics.Metrics;
using Commissaire.Server.Tests.Running;
using Commissaire.Storage;
using Commissaire.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Commissaire.Server.Tests.Telemetry;

/// <summary>Counts of the fleet.</summary>
public sealed class Counting : IAsyncDisposable
{
    private readonly SqliteDatabase _database = SqliteDatabase.Open(RunningServer.NewDataDirectory());
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly FakeTimeProvider _clock = new();
    private readonly GroupCommit _writes;
    private readonly EntityDirectory _directory;

    public Counting()
    {
        _writes = new GroupCommit(_database, new Metrics(_services.GetRequiredService<IMeterFactory>()), NullLogger<GroupCommit>.Instance);
        _directory = new EntityDirectory(_database, _writes);
    }

    [Fact]
    public async Task Rows_are_counted_by_kind_status_and_verb()
    {
        await Save(EntityDirectory.Host, "a", """{"address":"a","status":"active","reason":"\"status\": \"failed\""}""");
        await Save(EntityDirectory.Host, "b", """{"address":"b","status":"active"}""");
        await Save(EntityDirectory.Host, "c", null);
        await Save(EntityDirectory.Run, "c.1", """{"id":1,"verb":"restart","status":"finished"}""");

        // Rows of networks have no document; those of clusters had none in older versions.
        await Save(EntityDirectory.Cluster, "old", "");
        var counts = await _directory.Count(CancellationToken.None);
        Assert.Equal(
            [new DirectoryCount("host", "active", null, 2), new DirectoryCount("run", "finished", "restart", 1)],
            counts.OrderBy(c => c.Kind, StringComparer.Ordinal));
    }

    [Fact]
    public async Task Many_readers_share_one_query_every_few_seconds()
    {
        var fleet = new FleetCounts(_directory, _clock, NullLogger<FleetCounts>.Instance);
        Assert.Empty(await Fresh(fleet));
        await Save(EntityDirectory.Host, "a", """{"status":"active"}""");
        for (var second = 0; second < 5; second++)
        {
            Assert.Empty(await Fresh(fleet));
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([new DirectoryCount("host", "active", null, 1)], await Fresh(fleet));
    }

    public async ValueTask DisposeAsync()
    {
        await _writes.DisposeAsync();
        await _services.DisposeAsync();
        _database.Dispose();
    }

    private Task Save(string kind, string id, string? document) =>
        _directory.Save(kind, id, 1, document is null ? null : System.Text.Encoding.UTF8.GetBytes(document));

    private static async Task<IReadOnlyList<DirectoryCount>> Fresh(FleetCounts fleet)
    {
        await fleet.Refresh();
        return fleet.Last()!;
    }
}
