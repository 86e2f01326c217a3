using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Commissaire.Hosts;
using Commissaire.Security;
using Commissaire.Telemetry;
using Renci.SshNet;
using Renci.SshNet.Common;
using Renci.SshNet.Messages.Transport;
using ConnectionInfo = Renci.SshNet.ConnectionInfo;

namespace Commissaire.Shell;

/// <summary>
/// Reaches hosts with SSH.NET. A connection is used for a short while after it was made, so that the steps of a bootstrap share one; health
/// checks outlast that, however often they come, and so prove that one can still log in and that the host still has the key it had.
/// </summary>
internal sealed partial class SshShell : IRemoteShell, IAsyncDisposable
{
    private static readonly TimeSpan Kept = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(15);
    private static readonly string[] KeyTypes = ["ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa"];

    private readonly ConcurrentDictionary<RemoteTarget, Connection> _idle = new();

    // So many connect at a time, and as many of those that somebody waits for.
    private readonly SemaphoreSlim _connecting = new(32);
    private readonly SemaphoreSlim _connectingUrgently = new(32);
    private readonly SecretStore _secrets;
    private readonly TimeProvider _clock;
    private readonly Metrics _measurements;
    private readonly ILogger<SshShell> _log;
    private readonly ITimer _sweep;

    public SshShell(SecretStore secrets, TimeProvider clock, Metrics measurements, ILogger<SshShell> log)
    {
        (_secrets, _clock, _measurements, _log) = (secrets, clock, measurements, log);
        _sweep = clock.CreateTimer(_ => Sweep(), null, Kept, Kept / 2);
    }

    /// <inheritdoc />
    public async Task<ShellOutcome> Run(RemoteTarget target, ShellCommand command, TimeSpan deadline, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(Timeout.InfiniteTimeSpan, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        var started = _clock.GetTimestamp();
        var outcome = await Attempt(target, command.As(target.User), deadline, limit, either.Token, ct);
        var took = _clock.GetElapsedTime(started);
        _measurements.CommandEnded(outcome, took);
        Ran(target.Address, target.Port, command.Words[0], outcome.GetType().Name, (outcome as ShellOutcome.Completed)?.ExitCode, took.TotalMilliseconds);
        return outcome;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _sweep.DisposeAsync();
        foreach (var target in _idle.Keys)
        {
            Drop(target);
        }
    }

    private async Task<ShellOutcome> Attempt(RemoteTarget target, ShellCommand command, TimeSpan deadline, CancellationTokenSource limit, CancellationToken either, CancellationToken caller)
    {
        Connection? connection = null;
        try
        {
            if (!_idle.TryRemove(target, out connection) || !connection.Client.IsConnected || _clock.GetElapsedTime(connection.Since) > Kept)
            {
                Close(connection);
                connection = null;
                var (made, failed) = await ConnectInTurn(target, command.Urgent ? _connectingUrgently : _connecting, () => limit.CancelAfter(deadline), either);
                if (made is null)
                {
                    return failed!;
                }

                connection = made;
            }
            else
            {
                limit.CancelAfter(deadline);
            }

            var outcome = await Execute(connection, command, either);
            if (outcome is ShellOutcome.Completed)
            {
                // Kept under the key it proved, so that the next command, which trusts that key, finds it.
                _idle[target with { Trusted = target.Trusted is { Type.Length: > 0 } ? target.Trusted : connection.Key }] = connection;
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

    // A key is not read before its turn has come, and the deadline does not begin: thousands may wait, for hosts that do not answer.
    private async Task<(Connection? Made, ShellOutcome? Failed)> ConnectInTurn(RemoteTarget target, SemaphoreSlim turns, Action begin, CancellationToken ct)
    {
        _measurements.SshConnectionsWaiting.Add(1);
        try
        {
            await turns.WaitAsync(ct);
        }
        finally
        {
            _measurements.SshConnectionsWaiting.Add(-1);
        }

        var (begun, outcome) = (_clock.GetTimestamp(), MetricLabels.TimedOut);
        try
        {
            begin();
            var (made, failed) = await Connect(target, ct);
            outcome = failed?.ToWireName() ?? MetricLabels.Connected;
            return (made, failed);
        }
        finally
        {
            turns.Release();
            _measurements.Connected(outcome, _clock.GetElapsedTime(begun));
        }
    }

    private async Task<(Connection? Made, ShellOutcome? Failed)> Connect(RemoteTarget target, CancellationToken ct)
    {
        PrivateKeyFile key;
        try
        {
            if (await _secrets.Read(target.SecretId, ct) is not { } file)
            {
                return (null, new ShellOutcome.NoCredentials("the private key is not in the secret store: delete the host and register it again"));
            }

            key = PrivateKeys.Open(file);
        }
        catch (CryptographicException e)
        {
            return (null, new ShellOutcome.NoCredentials($"the private key cannot be decrypted: {e.Message}"));
        }

        // A host has one key of each type. With a trusted key of a known type, only that type is asked for, so that a key that is merely new
        // beside it is no alarm; with no more than a fingerprint, each type is tried.
        var types = target.Trusted switch
        {
            null => [null],
            { Type.Length: > 0 } trusted => [trusted.Type],
            _ => (string?[])KeyTypes,
        };
        ShellOutcome? failed = null;
        using (key)
        {
            foreach (var type in types)
            {
                (var made, var next) = await Connect(target, key, type, ct);
                if (made is not null)
                {
                    return (made, null);
                }

                failed = failed is ShellOutcome.HostKeyChanged && next is not ShellOutcome.HostKeyChanged ? failed : next;
                if (next is not ShellOutcome.HostKeyChanged && type is null)
                {
                    break;
                }
            }
        }

        return (null, failed);
    }

    private async Task<(Connection? Made, ShellOutcome? Failed)> Connect(RemoteTarget target, PrivateKeyFile key, string? type, CancellationToken ct)
    {
        HostKey? offered = null;
        var info = new ConnectionInfo(target.Address.Value, target.Port, target.User, new PrivateKeyAuthenticationMethod(target.User, key)) { Timeout = ConnectTimeout };
        foreach (var algorithm in info.HostKeyAlgorithms.Keys.Where(a => type is not null && !Proves(a, type)).ToList())
        {
            info.HostKeyAlgorithms.Remove(algorithm);
        }

        var client = new SshClient(info) { KeepAliveInterval = TimeSpan.FromSeconds(15) };
        client.HostKeyReceived += (_, shown) =>
        {
            offered = HostKey.Of(HostKey.TypeIn(shown.HostKey), shown.HostKey);
            shown.CanTrust = target.Trusted?.Matches(offered) ?? true;
        };
        try
        {
            await client.ConnectAsync(ct);
            return (new Connection(client, offered!, _clock.GetTimestamp()), null);
        }
        catch (Exception e) when (e is SshException or SocketException or IOException or ObjectDisposedException or ProxyException)
        {
            client.Dispose();
            return (null, e switch
            {
                _ when offered is not null && target.Trusted?.Matches(offered) == false => new ShellOutcome.HostKeyChanged(offered),
                SshAuthenticationException => new ShellOutcome.AuthenticationFailed(e.Message),
                SshOperationTimeoutException => new ShellOutcome.Unreachable($"no answer within {ConnectTimeout.TotalSeconds:0} s"),
                _ when type is not null && offered is null && e is SshConnectionException { DisconnectReason: DisconnectReason.KeyExchangeFailed } =>
                    new ShellOutcome.Unreachable($"it no longer offers a host key of type {type}"),
                _ => new ShellOutcome.Unreachable(e.Message),
            });
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    private async Task<ShellOutcome> Execute(Connection connection, ShellCommand command, CancellationToken ct)
    {
        _measurements.SshCommandsRunning.Add(1);
        try
        {
            using var running = connection.Client.CreateCommand(command.ToString(), Encoding.UTF8);
            var done = running.ExecuteAsync(ct);
            var output = Tail.Of(running.OutputStream);
            var error = Tail.Of(running.ExtendedOutputStream);
            if (!command.Input.IsEmpty)
            {
                await using var input = running.CreateInputStream();
                await input.WriteAsync(command.Input, ct);
            }

            await done;
            return running.ExitStatus is { } status
                ? new ShellOutcome.Completed(status, await output, await error, connection.Key)
                : new ShellOutcome.Interrupted(running.ExitSignal is { } signal ? $"the command was ended by signal {signal}" : "the host closed the connection");
        }
        catch (Exception e) when (e is SshException or SocketException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            return new ShellOutcome.Interrupted(e.Message);
        }
        finally
        {
            _measurements.SshCommandsRunning.Add(-1);
        }
    }

    private static bool Proves(string algorithm, string type) => type == "ssh-rsa" ? algorithm is "ssh-rsa" or "rsa-sha2-256" or "rsa-sha2-512" : algorithm == type;

    private void Sweep()
    {
        foreach (var (target, connection) in _idle)
        {
            if (_clock.GetElapsedTime(connection.Since) > Kept)
            {
                Drop(target);
            }
        }
    }

    private void Drop(RemoteTarget target)
    {
        if (_idle.TryRemove(target, out var connection))
        {
            Close(connection);
        }
    }

    // Not on the caller's time: it waits for the other side, which may be gone.
    private static void Close(Connection? connection)
    {
        if (connection is not null)
        {
            _ = Task.Run(connection.Dispose);
        }
    }

    [LoggerMessage(LogLevel.Debug, "ssh {Address}:{Port} ran {Program}: {Outcome} {ExitCode} in {Milliseconds:0} ms")]
    private partial void Ran(HostAddress address, int port, string program, string outcome, int? exitCode, double milliseconds);

    private sealed record Connection(SshClient Client, HostKey Key, long Since) : IDisposable
    {
        public void Dispose() => Client.Dispose();
    }
}
