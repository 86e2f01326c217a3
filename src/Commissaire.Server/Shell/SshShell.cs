using System.Collections.Concurrent;
using Commissaire.Security;
using Commissaire.Telemetry;

namespace Commissaire.Shell;

/// <summary>
/// Runs commands over SSH. A connection is reused for a short time, so that the steps of a bootstrap share one. The time is shorter than
/// the interval of health checks, so that every check logs in again and verifies the host key.
/// </summary>
internal sealed partial class SshShell : IRemoteShell, IAsyncDisposable
{
    private static readonly TimeSpan ReuseTime = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<RemoteTarget, SshConnection> _idle = new();

    private readonly ConnectionLanes _lanes;
    private readonly SshConnector _connector;
    private readonly TimeProvider _clock;
    private readonly Metrics _metrics;
    private readonly ILogger<SshShell> _log;
    private readonly ITimer _sweep;

    public SshShell(SecretStore secrets, TimeProvider clock, Metrics metrics, ILogger<SshShell> log)
    {
        (_lanes, _connector) = (new ConnectionLanes(clock), new SshConnector(secrets.Read, clock));
        (_clock, _metrics, _log) = (clock, metrics, log);
        _sweep = clock.CreateTimer(_ => CloseExpired(), null, ReuseTime, ReuseTime / 2);
    }

    public async Task<ShellOutcome> Run(RemoteTarget target, ShellCommand command, TimeSpan deadline, CancellationToken ct)
    {
        using var timeout = new CancellationTokenSource(Timeout.InfiniteTimeSpan, _clock);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
        var started = _clock.GetTimestamp();
        var outcome = await Run(target, command.AsRoot(target.User), () => timeout.CancelAfter(deadline), deadline, linked.Token, ct);
        _lanes.Ended(target, outcome);
        var elapsed = _clock.GetElapsedTime(started);
        _metrics.CommandEnded(outcome, elapsed);
        var exitCode = (outcome as ShellOutcome.Completed)?.ExitCode;
        CommandEnded(target.Address, target.Port, command.Words[0], outcome.GetType().Name, exitCode, elapsed.TotalMilliseconds);
        return outcome;
    }

    public async ValueTask DisposeAsync()
    {
        await _sweep.DisposeAsync();
        foreach (var target in _idle.Keys)
        {
            CloseIdle(target);
        }

        _lanes.Dispose();
    }

    private async Task<ShellOutcome> Run(
        RemoteTarget target, ShellCommand command, Action startDeadline, TimeSpan deadline, CancellationToken linked,
        CancellationToken caller)
    {
        try
        {
            var connection = TakeIdle(target);
            if (connection is not null)
            {
                startDeadline();
            }
            else
            {
                (connection, var failure) = await Connect(target, _lanes.Of(target, command), startDeadline, linked);
                if (connection is null)
                {
                    return failure!;
                }
            }

            var outcome = await Execute(connection, command, linked);
            if (outcome is ShellOutcome.Completed)
            {
                // Pooled under the key that the host proved, which the next command for this host trusts.
                var key = target.TrustedKey is { Type.Length: > 0 } ? target.TrustedKey : connection.HostKey;
                _idle[target with { TrustedKey = key }] = connection;
            }

            return outcome;
        }
        catch (OperationCanceledException) when (!caller.IsCancellationRequested)
        {
            return new ShellOutcome.TimedOut(deadline);
        }
    }

    private SshConnection? TakeIdle(RemoteTarget target)
    {
        if (!_idle.TryRemove(target, out var connection) || (connection.Client.IsConnected && !IsExpired(connection)))
        {
            return connection;
        }

        connection.Close();
        return null;
    }

    // Thousands of commands may wait for a slot while hosts do not answer. Neither reading the private key nor the deadline starts before.
    private async Task<(SshConnection? Connection, ShellOutcome? Failure)> Connect(
        RemoteTarget target, SemaphoreSlim slots, Action startDeadline, CancellationToken ct)
    {
        _metrics.SshConnectionsWaiting.Add(1);
        try
        {
            await slots.WaitAsync(ct);
        }
        finally
        {
            _metrics.SshConnectionsWaiting.Add(-1);
        }

        var (started, outcome) = (_clock.GetTimestamp(), MetricLabels.TimedOut);
        Task<(SshConnection? Connection, ShellOutcome? Failure)>? attempt = null;
        try
        {
            attempt = _connector.Connect(target, startDeadline, ct);
            var (connection, failure) = await attempt.WaitAsync(ct);
            outcome = failure?.ToWireName() ?? MetricLabels.Connected;
            return (connection, failure);
        }
        catch (OperationCanceledException) when (attempt is not null)
        {
            _ = CloseLate(attempt);
            throw;
        }
        finally
        {
            // SSH.NET ends an attempt only between its steps. The slot stays taken until then, so that slots limit the blocked threads.
            _ = (attempt ?? Task.CompletedTask).ContinueWith(
                _ => slots.Release(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            _metrics.Connected(outcome, _clock.GetElapsedTime(started));
        }
    }

    private static async Task CloseLate(Task<(SshConnection? Connection, ShellOutcome? Failure)> attempt)
    {
        try
        {
            (await attempt).Connection?.Close();
        }
        catch (Exception)
        {
            // The attempt noticed the deadline itself, or could not read the private key.
        }
    }

    private async Task<ShellOutcome> Execute(SshConnection connection, ShellCommand command, CancellationToken ct)
    {
        _metrics.SshCommandsRunning.Add(1);
        try
        {
            return await connection.Run(command, ct);
        }
        finally
        {
            _metrics.SshCommandsRunning.Add(-1);
        }
    }

    private bool IsExpired(SshConnection connection) => _clock.GetElapsedTime(connection.Since) > ReuseTime;

    private void CloseExpired()
    {
        _lanes.Sweep();
        foreach (var (target, connection) in _idle)
        {
            if (IsExpired(connection))
            {
                CloseIdle(target);
            }
        }
    }

    private void CloseIdle(RemoteTarget target)
    {
        _idle.TryRemove(target, out var connection);
        connection?.Close();
    }

    [LoggerMessage(LogLevel.Debug, "ssh {Address}:{Port} ran {Program}: {Outcome} {ExitCode} in {Milliseconds:0} ms")]
    private partial void CommandEnded(HostAddress address, int port, string program, string outcome, int? exitCode, double milliseconds);
}
