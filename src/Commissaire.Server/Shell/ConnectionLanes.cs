using System.Collections.Concurrent;

namespace Commissaire.Shell;

/// <summary>
/// Limits how many connection attempts run at once: 32 for runs, 32 for hosts whose last command ended, 32 for hosts that were never in
/// contact, and 32 for hosts whose last command did not end. A host that accepts connections and stays silent delays only its like.
/// </summary>
internal sealed class ConnectionLanes(TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Memory = TimeSpan.FromHours(1);

    private readonly SemaphoreSlim _interactive = new(32);
    private readonly SemaphoreSlim _healthy = new(32);
    private readonly SemaphoreSlim _new = new(32);
    private readonly SemaphoreSlim _failing = new(32);
    private readonly ConcurrentDictionary<(HostAddress Address, int Port), long> _failed = new();

    /// <summary>The lane of a command.</summary>
    public SemaphoreSlim Of(RemoteTarget target, ShellCommand command) =>
        command.Interactive ? _interactive
        : _failed.ContainsKey((target.Address, target.Port)) ? _failing
        : target.TrustedKey is null ? _new
        : _healthy;

    /// <summary>Remembers how a command ended.</summary>
    public void Ended(RemoteTarget target, ShellOutcome outcome)
    {
        if (outcome is ShellOutcome.Completed)
        {
            _failed.TryRemove((target.Address, target.Port), out _);
        }
        else
        {
            _failed[(target.Address, target.Port)] = clock.GetTimestamp();
        }
    }

    public void Dispose()
    {
        _interactive.Dispose();
        _healthy.Dispose();
        _new.Dispose();
        _failing.Dispose();
    }

    /// <summary>Forgets hosts that received no command for an hour, such as deleted hosts.</summary>
    public void Sweep()
    {
        foreach (var (host, since) in _failed)
        {
            if (clock.GetElapsedTime(since) > Memory)
            {
                _failed.TryRemove(KeyValuePair.Create(host, since));
            }
        }
    }
}
