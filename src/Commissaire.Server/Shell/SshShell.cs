using System.Collections.Concurrent;
using System.Security.Cryptography;
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

    // A host prints a heartbeat during commands that may take longer than a missing answer can wait.
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan HeartbeatFrom = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan SilenceLimit = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan StartLimit = SilenceLimit;
    private static readonly TimeSpan KeptStartLimit = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<RemoteTarget, SshConnection> _idle = new();

    private readonly ConnectionLanes _lanes;
    private readonly SshConnector _connector;
    private readonly TimeProvider _clock;
    private readonly Metrics _metrics;
    private readonly ILogger<SshShell> _log;
    private readonly ITimer _sweep;

    public SshShell(SecretStore secrets, KeyExchanges keyExchanges, TimeProvider clock, Metrics metrics, ILogger<SshShell> log)
    {
        (_lanes, _connector) = (new ConnectionLanes(clock), new SshConnector(secrets.Read, clock, keyExchanges));
        (_clock, _metrics, _log) = (clock, metrics, log);
        _sweep = clock.CreateTimer(_ => CloseExpired(), null, ReuseTime, ReuseTime / 2);
    }

    public async Task<ShellOutcome> Run(RemoteTarget target, ShellCommand command, TimeSpan deadline, CancellationToken ct)
    {
        using var timeout = new CancellationTokenSource(Timeout.InfiniteTimeSpan, _clock);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
        var started = _clock.GetTimestamp();
        var attempt = new Attempt(target, command, deadline, _clock);
        var outcome = await Run(attempt, () => timeout.CancelAfter(deadline), linked.Token, ct);
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

    private async Task<ShellOutcome> Run(Attempt attempt, Action startDeadline, CancellationToken linked, CancellationToken caller)
    {
        try
        {
            ShellOutcome.Interrupted? lost = null;
            if (TakeIdle(attempt.Target) is { } kept)
            {
                startDeadline();
                var first = await Execute(kept, attempt, KeptStartLimit, linked);
                if (first is not ShellOutcome.Interrupted interrupted || attempt.Output.HasBegun)
                {
                    return first;
                }

                // The connection was lost while it was idle, or a router forgot it. The host may be well.
                lost = interrupted;
            }

            var (connection, failure) = await Connect(attempt.Target, _lanes.Of(attempt.Target, attempt.Command), startDeadline, linked);

            // A host that obeyed a command to reboot may go down before it answers: the command may have run.
            return connection is null ? lost ?? failure! : await Execute(connection, attempt, StartLimit, linked);
        }
        catch (OperationCanceledException) when (!caller.IsCancellationRequested)
        {
            return new ShellOutcome.TimedOut(attempt.Deadline) { Output = attempt.Output.Text };
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

    private async Task<ShellOutcome> Execute(SshConnection connection, Attempt attempt, TimeSpan startLimit, CancellationToken ct)
    {
        var (frame, target) = (attempt.NextFrame(), attempt.Target);
        var limits = new AnswerLimits(startLimit, frame.Heartbeat is null ? null : SilenceLimit);
        _metrics.SshCommandsRunning.Add(1);
        try
        {
            var (outcome, reusable) = await connection.Run(frame, attempt.Output, limits, ct);
            if (reusable)
            {
                // Pooled under the key that the host proved, which the next command for this host trusts.
                var key = target.TrustedKey is { Type.Length: > 0 } ? target.TrustedKey : connection.HostKey;
                _idle[target with { TrustedKey = key }] = connection;
            }

            return outcome;
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

    /// <summary>A command on its way, with the output of its last start.</summary>
    private sealed class Attempt(RemoteTarget target, ShellCommand command, TimeSpan deadline, TimeProvider clock)
    {
        public RemoteTarget Target => target;

        public ShellCommand Command => command;

        public TimeSpan Deadline => deadline;

        public CommandOutput Output { get; private set; } = new(Frame(target, command, deadline), clock);

        public CommandFrame NextFrame()
        {
            var frame = Frame(target, command, deadline);
            Output = new CommandOutput(frame, clock);
            return frame;
        }

        private static CommandFrame Frame(RemoteTarget target, ShellCommand command, TimeSpan deadline) => new(
            command, target.User, RandomNumberGenerator.GetHexString(16, lowercase: true), deadline < HeartbeatFrom ? null : Heartbeat);
    }
}
