using System.Diagnostics.Metrics;
using Commissaire.Server.Tests.Running;
using Commissaire.Storage;
using Commissaire.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Commissaire.Server.Tests.Telemetry;

/// <summary>How the fleet is counted.</summary>
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
    public async Task Rows_are_counted_by_what_they_say()
    {
        await Save(EntityDirectory.Host, "a", """{"address":"a","status":"active","reason":"\"status\": \"failed\""}""");
        await Save(EntityDirectory.Host, "b", """{"address":"b","status":"active"}""");
        await Save(EntityDirectory.Host, "c", null);
        await Save(EntityDirectory.Run, "c.1", """{"id":1,"verb":"restart","status":"finished"}""");

        // As networks are, and clusters were before their rows said how they are.
        await Save(EntityDirectory.Cluster, "old", "");
        var counts = await _directory.Count(CancellationToken.None);
        Assert.Equal(
            [new DirectoryCount("host", "active", null, 2), new DirectoryCount("run", "finished", "restart", 1)],
            counts.OrderBy(c => c.Kind, StringComparer.Ordinal));
    }

    [Fact]
    public async Task However_many_ask_it_is_counted_once_in_a_few_seconds()
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

    private Task Save(string kind, string id, string? document) => _directory.Save(kind, id, 1, document is null ? null : System.Text.Encoding.UTF8.GetBytes(document));

    private static async Task<IReadOnlyList<DirectoryCount>> Fresh(FleetCounts fleet)
    {
        await fleet.Refresh();
        return fleet.Now()!;
    }
}
