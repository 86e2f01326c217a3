using Akka.Coordination;
using Akka.DependencyInjection;
using Commissaire.Storage;

namespace Commissaire.Processes;

/// <summary>
/// An Akka lease stored in the shared database. After a network partition, the side that acquires the lease survives and the other side
/// shuts down. All entities depend on the database anyway, so with two processes either one may be lost.
/// </summary>
internal sealed class DatabaseLease(LeaseSettings settings, ExtendedActorSystem system) : Lease(settings)
{
    private readonly Database _database = DependencyResolver.For(system).Resolver.GetService<Database>();
    private volatile bool _held;

    public override Task<bool> Acquire() => Acquire(null);

    public override async Task<bool> Acquire(Action<Exception>? leaseLostCallback) => _held = await Execute(
        """
        INSERT INTO lease (name, owner, until) VALUES (@name, @owner, now() + interval '15 seconds')
        ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until = excluded.until
        WHERE lease.owner = excluded.owner OR lease.until < now()
        """);

    public override async Task<bool> Release()
    {
        _held = false;
        await Execute("DELETE FROM lease WHERE name = @name AND owner = @owner");
        return true;
    }

    public override bool CheckLease() => _held;

    private async Task<bool> Execute(string sql)
    {
        try
        {
            await using var command = _database.Source.CreateCommand(sql)
                .With(("@name", Settings.LeaseName), ("@owner", Settings.OwnerName));
            using var timeout = new CancellationTokenSource(Settings.TimeoutSettings.OperationTimeout);
            return await command.ExecuteNonQueryAsync(timeout.Token) > 0;
        }
        catch (Exception e) when (Database.IsDatabaseError(e) || e is OperationCanceledException)
        {
            throw new LeaseException($"Cannot update lease '{Settings.LeaseName}' in the database: {e.Message}", e);
        }
    }
}
