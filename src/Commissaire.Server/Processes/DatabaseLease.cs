using Akka.Actor;
using Akka.Coordination;
using Akka.DependencyInjection;
using Commissaire.Storage;

namespace Commissaire.Processes;

/// <summary>
/// A lease in the shared database. When processes lose sight of each other, the side that gets it goes on and the other one gives up: the
/// database, which all entities write to anyway, is the judge, so that of two processes either may be lost.
/// </summary>
internal sealed class DatabaseLease(LeaseSettings settings, ExtendedActorSystem system) : Lease(settings)
{
    private readonly Database _database = DependencyResolver.For(system).Resolver.GetService<Database>();
    private volatile bool _held;

    /// <inheritdoc />
    public override Task<bool> Acquire() => Acquire(null);

    /// <inheritdoc />
    public override async Task<bool> Acquire(Action<Exception>? leaseLostCallback) => _held = await Execute(
        """
        INSERT INTO lease (name, owner, until) VALUES (@name, @owner, now() + interval '15 seconds')
        ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until = excluded.until WHERE lease.owner = excluded.owner OR lease.until < now()
        """);

    /// <inheritdoc />
    public override async Task<bool> Release()
    {
        _held = false;
        await Execute("DELETE FROM lease WHERE name = @name AND owner = @owner");
        return true;
    }

    /// <inheritdoc />
    public override bool CheckLease() => _held;

    private async Task<bool> Execute(string sql)
    {
        try
        {
            await using var command = _database.Source.CreateCommand(sql);
            foreach (var (name, value) in new[] { ("@name", Settings.LeaseName), ("@owner", Settings.OwnerName) })
            {
                var parameter = command.CreateParameter();
                (parameter.ParameterName, parameter.Value) = (name, value);
                command.Parameters.Add(parameter);
            }

            using var patience = new CancellationTokenSource(Settings.TimeoutSettings.OperationTimeout);
            return await command.ExecuteNonQueryAsync(patience.Token) > 0;
        }
        catch (Exception e) when (Database.IsTrouble(e) || e is OperationCanceledException)
        {
            throw new LeaseException($"The lease '{Settings.LeaseName}' is not to be had: {e.Message}", e);
        }
    }
}
