using System.Collections.Immutable;
using System.Net.Sockets;
using System.Security.Cryptography;
using Renci.SshNet;
using Renci.SshNet.Common;
using Renci.SshNet.Messages.Transport;
using ConnectionInfo = Renci.SshNet.ConnectionInfo;

namespace Commissaire.Shell;

/// <summary>Opens SSH connections: reads the private key, verifies the host key and logs in.</summary>
internal sealed class SshConnector(
    Func<string, CancellationToken, Task<byte[]?>> readSecret, TimeProvider clock, KeyExchanges? keyExchanges = null)
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan ReadKeyTimeout = TimeSpan.FromSeconds(30);

    private readonly RsaAlgorithms _rsa = new();

    /// <summary>
    /// Connects to a host. Returns a connection or the reason why there is none. The private key is read before the deadline starts: a
    /// slow database is no fact about the host.
    /// </summary>
    /// <exception cref="Exception">The private key could not be read.</exception>
    public async Task<(SshConnection? Connection, ShellOutcome? Failure)> Connect(
        RemoteTarget target, Action startDeadline, CancellationToken ct)
    {
        if (await ReadKey(target, ct) is not { } file)
        {
            const string Missing = "the private key is not in the secret store: delete the host and register it again";
            return (null, new ShellOutcome.NoCredentials(Missing));
        }

        startDeadline();
        var (key, problem) = PrivateKeyReader.Read(file);
        if (key is null)
        {
            return (null, new ShellOutcome.NoCredentials($"the private key {problem}"));
        }

        using (key)
        {
            return await Connect(target, key, ct);
        }
    }

    private async Task<(SshConnection? Connection, ShellOutcome? Failure)> Connect(RemoteTarget target, LoginKey key, CancellationToken ct)
    {
        // A host has one key of each type. If the type of the trusted key is known, negotiate only that type, so that an additional new key
        // is no alarm. If only a fingerprint is known, try each type.
        var types = target.TrustedKey switch
        {
            null => [null],
            { Type.Length: > 0 } trusted => [trusted.Type],
            _ => (string?[])[.. HostKeyTypes.All],
        };
        ShellOutcome? failure = null;
        foreach (var type in types)
        {
            var (connection, next, isNotOffered) = await Connect(target, key, type, ct);
            if (connection is not null)
            {
                return (connection, null);
            }

            failure = failure is ShellOutcome.HostKeyChanged && next is not ShellOutcome.HostKeyChanged ? failure : next;
            if (next is not ShellOutcome.HostKeyChanged && !isNotOffered)
            {
                break;
            }
        }

        return (null, failure);
    }

    private async Task<(SshConnection? Connection, ShellOutcome? Failure, bool IsNotOffered)> Connect(
        RemoteTarget target, LoginKey key, string? hostKeyType, CancellationToken ct)
    {
        HostKey? offered = null;
        ConnectionInfo info = null!;
        var login = new PrivateKeyAuthenticationMethod(target.User, key.ForLogin(() => _rsa.For(target, info.ServerVersion)));
        info = new ConnectionInfo(target.Address.Value, target.Port, target.User, login) { Timeout = ConnectTimeout };
        (keyExchanges ?? KeyExchanges.Default).ApplyTo(info);
        foreach (var algorithm in info.HostKeyAlgorithms.Keys.Where(a => !HostKeyTypes.Includes(hostKeyType, a)).ToList())
        {
            info.HostKeyAlgorithms.Remove(algorithm);
        }

        info.AuthenticationBanner += new BannerLimit().Count;
        var words = new FirstWords();
        var client = new SshClient(info) { KeepAliveInterval = TimeSpan.FromSeconds(15) };
        client.ExchangeWith(words);
        client.HostKeyReceived += (_, e) =>
        {
            offered = HostKey.Of(HostKey.ReadType(e.HostKey), e.HostKey);
            e.CanTrust = target.TrustedKey?.Matches(offered) ?? true;
        };
        try
        {
            await client.ConnectAsync(ct);
            return (new SshConnection(client, offered!, clock), null, false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Of any type: what a host sends may break SSH.NET anywhere.
            client.Dispose();
            if (offered is not null && target.TrustedKey?.Matches(offered) == false)
            {
                return (null, new ShellOutcome.HostKeyChanged(offered), false);
            }

            if (offered is null && hostKeyType is not null
                && e is SshConnectionException { DisconnectReason: DisconnectReason.KeyExchangeFailed })
            {
                return (null, new ShellOutcome.Unreachable($"it no longer offers a host key of type {hostKeyType}"), true);
            }

            var failure = Failure(e, words);
            if (failure is ShellOutcome.AuthenticationFailed && key.IsRsa)
            {
                _rsa.Refused(target);
            }

            return (null, failure, false);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    private static ShellOutcome Failure(Exception e, FirstWords words)
    {
        var said = words.Said.Length > 0 ? $"; it said {words.Said}" : "";
        return e switch
        {
            SshAuthenticationException => new ShellOutcome.AuthenticationFailed(e.Message),
            _ when words.OtherServer is { } other => new ShellOutcome.Unreachable(other),
            _ when words.RefusedForNow => new ShellOutcome.RefusedForNow($"it closed the connection at once{said}"),
            _ when words.Closed => new ShellOutcome.Unreachable($"it closed the connection without an SSH identification{said}"),
            SshOperationTimeoutException => new ShellOutcome.Unreachable($"no answer within {ConnectTimeout.TotalSeconds:0} s{said}"),
            SocketException { SocketErrorCode: SocketError.ConnectionRefused } =>
                new ShellOutcome.Unreachable(e.Message) { IsRunning = true },
            SshConnectionException { DisconnectReason: DisconnectReason.NoMoreAuthenticationMethodsAvailable } =>
                new ShellOutcome.AuthenticationFailed(e.Message),

            // sshd counts attempts to log in (MaxAuthTries), and reports the last one as an error of the protocol.
            _ when e.Message.Contains("Too many authentication failures", StringComparison.Ordinal) =>
                new ShellOutcome.AuthenticationFailed(e.Message),
            _ => new ShellOutcome.Unreachable(e.Message + said),
        };
    }

    private async Task<byte[]?> ReadKey(RemoteTarget target, CancellationToken ct)
    {
        if (target.PrivateKey is { } given)
        {
            return given.ToArray();
        }

        using var timeout = new CancellationTokenSource(ReadKeyTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
        try
        {
            return await readSecret(target.SecretId, either.Token).WaitAsync(either.Token);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new TimeoutException("the database did not return the private key in time", e);
        }
        catch (CryptographicException e)
        {
            throw new InvalidOperationException($"the private key cannot be decrypted: {e.Message}", e);
        }
    }
}

/// <summary>The types of host keys that are verified.</summary>
internal static class HostKeyTypes
{
    private const string Rsa = "ssh-rsa";

    /// <summary>All types, most preferred first.</summary>
    public static readonly ImmutableArray<string> All =
        ["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", Rsa];

    /// <summary>
    /// Whether an algorithm proves a key of a type, or of any type if that is null. Certificates prove none: their fingerprint changes
    /// whenever they are renewed.
    /// </summary>
    public static bool Includes(string? type, string algorithm)
    {
        var proven = algorithm is "rsa-sha2-256" or "rsa-sha2-512" ? Rsa : algorithm;
        return type is null ? All.Contains(proven) : proven == type;
    }
}

/// <summary>Ends a connection that sends banners without end: the exception is thrown on the thread that reads the connection.</summary>
internal sealed class BannerLimit
{
    // OpenSSH sends one banner; PAM modules may add some.
    private const int Max = 32;

    private int _banners;

    public void Count(object? sender, EventArgs banner)
    {
        if (++_banners > Max)
        {
            throw new SshException($"the host sent more than {Max} banners");
        }
    }
}
