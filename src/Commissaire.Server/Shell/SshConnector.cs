using System.Security.Cryptography;
using Commissaire.Security;
using Renci.SshNet;
using Renci.SshNet.Common;
using Renci.SshNet.Messages.Transport;
using ConnectionInfo = Renci.SshNet.ConnectionInfo;

namespace Commissaire.Shell;

/// <summary>Opens SSH connections: reads the private key, verifies the host key and logs in.</summary>
internal sealed class SshConnector(SecretStore secrets, TimeProvider clock)
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(15);
    private static readonly string[] HostKeyTypes = ["ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa"];

    /// <summary>Connects to a host. Returns a connection or the reason why there is none.</summary>
    public async Task<(SshConnection? Connection, ShellOutcome? Failure)> Connect(RemoteTarget target, CancellationToken ct)
    {
        PrivateKeyFile privateKey;
        try
        {
            if (await secrets.Read(target.SecretId, ct) is not { } file)
            {
                const string Missing = "the private key is not in the secret store: delete the host and register it again";
                return (null, new ShellOutcome.NoCredentials(Missing));
            }

            privateKey = PrivateKeys.Open(file);
        }
        catch (CryptographicException e)
        {
            return (null, new ShellOutcome.NoCredentials($"the private key cannot be decrypted: {e.Message}"));
        }

        // A host has one key of each type. If the type of the trusted key is known, negotiate only that type, so that an additional new key
        // is no alarm. If only a fingerprint is known, try each type.
        var types = target.TrustedKey switch
        {
            null => [null],
            { Type.Length: > 0 } trusted => [trusted.Type],
            _ => (string?[])HostKeyTypes,
        };
        ShellOutcome? failure = null;
        using (privateKey)
        {
            foreach (var type in types)
            {
                var (connection, next) = await Connect(target, privateKey, type, ct);
                if (connection is not null)
                {
                    return (connection, null);
                }

                failure = failure is ShellOutcome.HostKeyChanged && next is not ShellOutcome.HostKeyChanged ? failure : next;
            }
        }

        return (null, failure);
    }

    private async Task<(SshConnection? Connection, ShellOutcome? Failure)> Connect(
        RemoteTarget target, PrivateKeyFile privateKey, string? hostKeyType, CancellationToken ct)
    {
        HostKey? offered = null;
        var login = new PrivateKeyAuthenticationMethod(target.User, privateKey);
        var info = new ConnectionInfo(target.Address.Value, target.Port, target.User, login) { Timeout = ConnectTimeout };
        foreach (var algorithm in info.HostKeyAlgorithms.Keys.Where(a => hostKeyType is not null && !IsForType(a, hostKeyType)).ToList())
        {
            info.HostKeyAlgorithms.Remove(algorithm);
        }

        info.AuthenticationBanner += new BannerLimit().Count;
        var client = new SshClient(info) { KeepAliveInterval = TimeSpan.FromSeconds(15) };
        client.HostKeyReceived += (_, e) =>
        {
            offered = HostKey.Of(HostKey.ReadType(e.HostKey), e.HostKey);
            e.CanTrust = target.TrustedKey?.Matches(offered) ?? true;
        };
        try
        {
            await client.ConnectAsync(ct);
            return (new SshConnection(client, offered!, clock), null);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Of any type: what a host sends may break SSH.NET anywhere.
            client.Dispose();
            return (null, e switch
            {
                _ when offered is not null && target.TrustedKey?.Matches(offered) == false => new ShellOutcome.HostKeyChanged(offered),
                SshAuthenticationException => new ShellOutcome.AuthenticationFailed(e.Message),
                SshOperationTimeoutException => new ShellOutcome.Unreachable($"no answer within {ConnectTimeout.TotalSeconds:0} s"),
                SshConnectionException { DisconnectReason: DisconnectReason.KeyExchangeFailed }
                    when hostKeyType is not null && offered is null =>
                    new ShellOutcome.Unreachable($"it no longer offers a host key of type {hostKeyType}"),
                _ => new ShellOutcome.Unreachable(e.Message),
            });
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    private static bool IsForType(string algorithm, string type) =>
        type == "ssh-rsa" ? algorithm is "ssh-rsa" or "rsa-sha2-256" or "rsa-sha2-512" : algorithm == type;
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
