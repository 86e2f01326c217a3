using System.Diagnostics.Metrics;
using Commissaire.Server.Tests.Running;
using Commissaire.Storage;
using Commissaire.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Commissaire.Server.Tests.Storage;

/// <summary>Which entities a server starts.</summary>
public sealed class WakingTests : IAsyncDisposable
{
    private readonly SqliteDatabase _database = SqliteDatabase.Open(RunningServer.NewDataDirectory());
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly GroupCommit _writes;
    private readonly EntityDirectory _directory;

    public WakingTests()
    {
        _writes = new GroupCommit(_database, new Metrics(_services.GetRequiredService<IMeterFactory>()), NullLogger<GroupCommit>.Instance);
        _directory = new EntityDirectory(_database, _writes);
    }

    public async ValueTask DisposeAsync()
    {
        await _writes.DisposeAsync();
        await _services.DisposeAsync();
        _database.Dispose();
    }

    [Fact]
    public async Task Entities_that_exist_or_depart_are_started_and_deleted_ones_are_not()
    {
        await Save(EntityDirectory.Host, "10.0.0.1", exists: true);
        await Save(EntityDirectory.Host, "10.0.0.2", exists: false);
        await Save(EntityDirectory.Host, "10.0.0.3", exists: false, departs: true);
        await Save(EntityDirectory.Cluster, "c-1", exists: true);
        await Save(EntityDirectory.Cluster, "c-2", exists: false);
        await Save(EntityDirectory.Network, "default", exists: true);

        Assert.Equal(0, await _directory.LastEvent());
        Assert.Equal(["cluster c-1", "host 10.0.0.1", "host 10.0.0.3"], await Unfinished(0));
    }

    [Fact]
    public async Task An_event_without_its_row_starts_the_entity()
    {
        CreateJournal();
        await Save(EntityDirectory.Host, "10.0.0.1", exists: false, sequence: 2);
        Append("host-10.0.0.1", 1);
        Append("host-10.0.0.1", 2);
        Append("token-10.0.0.1", 1);
        Assert.Empty(await Unfinished(0));

        var before = await _directory.LastEvent();
        Append("host-10.0.0.1", 3);
        Append("cluster-a-b", 1);
        Append("host-fe80::1", 1);
        Assert.Equal(["cluster a-b", "host 10.0.0.1", "host fe80::1"], await Unfinished(before));
        Assert.Empty(await Unfinished(await _directory.LastEvent()));
    }

    [Fact]
    public async Task A_row_of_an_earlier_build_starts_its_entity()
    {
        await Save(EntityDirectory.Host, "10.0.0.1", exists: false);
        Execute("ALTER TABLE directory DROP COLUMN departs");
        var file = _database.ConnectionString;
        _database.Dispose();

        using var again = SqliteDatabase.Open(Path.GetDirectoryName(file["Data Source=".Length..])!);
        Assert.Equal([("host", "10.0.0.1")], await new EntityDirectory(again, _writes).Unfinished(0));
    }

    [Fact]
    public async Task Hosts_that_are_one_machine_are_found_until_one_of_them_is_another()
    {
        await SaveMachine("10.0.0.1", "key boot-1");
        await SaveMachine("10.0.0.2", "key boot-1");
        await SaveMachine("10.0.0.3", "key boot-2");
        await SaveMachine("10.0.0.4", null);
        await SaveMachine("10.0.0.5", null);
        Assert.Equal(["10.0.0.1", "10.0.0.2"], await _directory.HostsOf("key boot-1", default));
        Assert.Equal(["10.0.0.1", "10.0.0.2"], Assert.Single(await _directory.SharedMachines(default)));

        await SaveMachine("10.0.0.1", "key boot-3");
        Assert.Empty(await _directory.SharedMachines(default));
    }

    [Fact]
    public async Task A_file_of_an_earlier_build_gets_the_column_of_machines()
    {
        Execute("DROP INDEX directory_machine; ALTER TABLE directory DROP COLUMN machine");
        var file = _database.ConnectionString;
        _database.Dispose();

        using var again = SqliteDatabase.Open(Path.GetDirectoryName(file["Data Source=".Length..])!);
        Assert.Empty(await new EntityDirectory(again, _writes).SharedMachines(default));
    }

    private Task SaveMachine(string id, string? machine) => _directory.Save(EntityDirectory.Host, id, 1, [], machine: machine);

    private async Task<IEnumerable<string>> Unfinished(long lastEvent) =>
        (await _directory.Unfinished(lastEvent)).Select(entity => $"{entity.Kind} {entity.Id}").Order(StringComparer.Ordinal);

    private Task Save(string kind, string id, bool exists, bool departs = false, long sequence = 1) =>
        _directory.Save(kind, id, sequence, exists ? [] : null, departs: departs);

    private void CreateJournal() => Execute(
        "CREATE TABLE journal (ordering INTEGER PRIMARY KEY, persistence_id TEXT NOT NULL, sequence_number INTEGER NOT NULL)");

    private void Append(string entity, long sequence) =>
        Execute($"INSERT INTO journal (persistence_id, sequence_number) VALUES ('{entity}', {sequence})");

    private void Execute(string sql)
    {
        using var command = _database.Source.CreateCommand(sql);
        command.ExecuteNonQuery();
    }
}
