using Commissaire.Server.Tests.Running;
using Commissaire.Storage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Commissaire.Server.Tests.Storage;

public sealed class WriteChecks : IDisposable
{
    private readonly string _data = RunningServer.NewDataDirectory();
    private readonly FakeTimeProvider _clock = new();
    private readonly CapturedLog _log = new();
    private readonly ILoggerFactory _logs;
    private readonly SqliteDatabase _database;
    private readonly WriteCheck _check;

    public WriteChecks()
    {
        _logs = LoggerFactory.Create(l => l.AddProvider(_log));
        _database = SqliteDatabase.Open(_data);
        _check = new WriteCheck(_database, _clock, _logs.CreateLogger<WriteCheck>());
    }

    private string File => Path.Combine(_data, "commissaire.db");

    public void Dispose()
    {
        _database.Dispose();
        _logs.Dispose();
        _log.Dispose();
    }

    [Fact]
    public async Task A_write_happens_at_most_every_ten_seconds()
    {
        for (var i = 0; i < 3; i++)
        {
            Assert.True(await _check.TakesWrites());
        }

        Assert.Equal(1L, Writes());
        _clock.Advance(TimeSpan.FromSeconds(9.9));
        Assert.True(await _check.TakesWrites());
        Assert.Equal(1L, Writes());
        _clock.Advance(TimeSpan.FromSeconds(0.1));
        Assert.True(await _check.TakesWrites());
        Assert.Equal(2L, Writes());
        Assert.Equal("", _log.Text);
    }

    [Fact]
    public async Task A_write_that_hangs_is_found_out_and_not_joined_by_another()
    {
        using var other = new SqliteConnection($"Data Source={File};Pooling=False");
        other.Open();
        using (var holding = other.BeginTransaction())
        {
            for (var i = 0; i < 2; i++)
            {
                var check = _check.TakesWrites();
                _clock.Advance(TimeSpan.FromSeconds(5));
                Assert.False(await check);
                _clock.Advance(TimeSpan.FromSeconds(5));
            }
        }

        await Eventually.Is(
            () =>
            {
                _clock.Advance(TimeSpan.FromSeconds(10));
                return _check.TakesWrites();
            },
            well => well,
            "the database takes writes");
        Assert.Single(_log.Text.Split('\n'), line => line.StartsWith("Error: The database takes no writes", StringComparison.Ordinal));
        Assert.Single(_log.Text.Split('\n'), line => line.Contains("takes writes again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_damaged_file_is_found_out()
    {
        Assert.True(await _check.TakesWrites());
        var garbage = new byte[new FileInfo(File).Length];
        Random.Shared.NextBytes(garbage);
        using (var file = System.IO.File.OpenWrite(File))
        {
            file.Write(garbage);
        }

        System.IO.File.Delete(File + "-wal");
        System.IO.File.Delete(File + "-shm");
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.False(await _check.TakesWrites());
        Assert.Contains("takes no writes", _log.Text);
    }

    private object? Writes()
    {
        using var command = _database.Source.CreateCommand("SELECT sequence FROM directory WHERE kind = 'write-check'");
        return command.ExecuteScalar();
    }
}
