using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using Commissaire.Security;
using Commissaire.Telemetry;
using Renci.SshNet.Common;

namespace Commissaire.Shell;

/// <summary>
/// Runs commands over SSH. A connection is reused for a short time, so that the steps of a bootstrap share one. The time is shorter than
/// the interval of health checks, so that every check logs in again and verifies the host key.
/// </summary>
internal sealed partial class SshShell : IRemoteShell, IAsyncDisposable
{
    private static readonly TimeSpan ReuseTime = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<RemoteTarget, SshConnection> _idle = new();

    // At most 32 background and 32 interactive connection attempts run at once.
    private readonly SemaphoreSlim _backgroundSlots = new(32);
    private readonly SemaphoreSlim _interactiveSlots = new(32);
    private readonly SshConnector _connector;
    private readonly TimeProvider _clock;
    private readonly Metrics _metrics;
    private readonly ILogger<SshShell> _log;
    private readonly ITimer _sweep;

    public SshShell(SecretStore secrets, TimeProvider clock, Metrics metrics, ILogger<SshShell> log)
    {
        (_connector, _clock, _metrics, _log) = (new SshConnector(secrets, clock), clock, metrics, log);
        _sweep = clock.CreateTimer(_ => CloseExpired(), null, ReuseTime, ReuseTime / 2);
    }

    public async Task<ShellOutcome> Run(RemoteTarget target, ShellCommand command, TimeSpan deadline, CancellationToken ct)
    {
        using var timeout = new CancellationTokenSource(Timeout.InfiniteTimeSpan, _clock);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
        var started = _clock.GetTimestamp();
        var outcome = await Run(target, command.AsRoot(target.User), () => timeout.CancelAfter(deadline), deadline, linked.Token, ct);
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
    }

    private async Task<ShellOutcome> Run(
        RemoteTarget target, ShellCommand command, Action startDeadline, TimeSpan deadline, CancellationToken linked,
        CancellationToken caller)
    {
        SshConnection? connection = null;
        try
        {
            if (_idle.TryRemove(target, out connection) && connection.Client.IsConnected && !IsExpired(connection))
            {
                startDeadline();
            }
            else
            {
                Close(connection);
                connection = null;
                var slots = command.Interactive ? _interactiveSlots : _backgroundSlots;
                (connection, var failure) = await Connect(target, slots, startDeadline, linked);
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
                connection = null;
            }

            return outcome;
        }
        catch (OperationCanceledException) when (!caller.IsCancellationRequested)
        {
            return new ShellOutcome.TimedOut(deadline);
        }
        finally
        {
            Close(connection);
        }
    }

    // Thousands of commands may wait for a slot while hosts do not answer. Neither the deadline nor reading the private key starts before.
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
        try
        {
            startDeadline();
            var (connection, failure) = await _connector.Connect(target, ct);
            outcome = failure?.ToWireName() ?? MetricLabels.Connected;
            return (connection, failure);
        }
        finally
        {
            slots.Release();
            _metrics.Connected(outcome, _clock.GetElapsedTime(started));
        }
    }

    private async Task<ShellOutcome> Execute(SshConnection connection, ShellCommand command, CancellationToken ct)
    {
        _metrics.SshCommandsRunning.Add(1);
        try
        {
            using var ssh = connection.Client.CreateCommand(command.ToString(), Encoding.UTF8);
            var execution = ssh.ExecuteAsync(ct);
            var output = BoundedOutput.Read(ssh.OutputStream);
            var error = BoundedOutput.Read(ssh.ExtendedOutputStream);
            if (!command.Input.IsEmpty)
            {
                await using var input = ssh.CreateInputStream();
                await input.WriteAsync(command.Input, ct);
            }

            await execution;
            return ssh switch
            {
                { ExitStatus: { } status } => new ShellOutcome.Completed(status, await output, await error, connection.HostKey),
                { ExitSignal: { } signal } => new ShellOutcome.Interrupted($"the command was ended by signal {signal}"),
                _ => new ShellOutcome.Interrupted("the host closed the connection"),
            };
        }
        catch (Exception e) when (e is SshException or SocketException or IOException or InvalidOperationException)
        {
            return new ShellOutcome.Interrupted(e.Message);
        }
        finally
        {
            _metrics.SshCommandsRunning.Add(-1);
        }
    }

    private bool IsExpired(SshConnection connection) => _clock.GetElapsedTime(connection.Since) > ReuseTime;

    private void CloseExpired()
    {
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
        Close(connection);
    }

    // In the background: closing waits for the host, which may not answer.
    private static void Close(SshConnection? connection)
    {
        if (connection is not null)
        {
            _ = Task.Run(connection.Client.Dispose);
        }
    }

    [LoggerMessage(LogLevel.Debug, "ssh {Address}:{Port} ran {Program}: {Outcome} {ExitCode} in {Milliseconds:0} ms")]
    private partial void CommandEnded(HostAddress address, int port, string program, string outcome, int? exitCode, double milliseconds);
}
