using System.Collections.Immutable;
using ConnectionInfo = Renci.SshNet.ConnectionInfo;

namespace Commissaire.Shell;

/// <summary>The methods of key exchange, in the order in which hosts are offered them (RFC 4253, section 7.1).</summary>
/// <param name="Methods">The names of the methods, preferred ones first.</param>
internal sealed record KeyExchanges(ImmutableArray<string> Methods)
{
    /// <summary>
    /// The methods of the client library, by what a login costs here: sntrup761 takes many times as long as the others, so that it is used
    /// only with a host that has nothing else but SHA-1.
    /// </summary>
    public static KeyExchanges Default { get; } = new([
        "mlkem768x25519-sha256",
        "curve25519-sha256", "curve25519-sha256@libssh.org",
        "ecdh-sha2-nistp256", "ecdh-sha2-nistp384", "ecdh-sha2-nistp521",
        "diffie-hellman-group-exchange-sha256", "diffie-hellman-group14-sha256", "diffie-hellman-group16-sha512",
        "diffie-hellman-group18-sha512",
        "sntrup761x25519-sha512", "sntrup761x25519-sha512@openssh.com",
        "diffie-hellman-group-exchange-sha1", "diffie-hellman-group14-sha1", "diffie-hellman-group1-sha1",
    ]);

    /// <summary>Reads a setting; without a value, it is the default.</summary>
    /// <exception cref="StartupException">A method is unknown.</exception>
    public static KeyExchanges Read(string setting, ImmutableArray<string> methods) =>
        methods.FirstOrDefault(method => !Default.Methods.Contains(method)) is { } unknown
            ? throw new StartupException(
                $"{setting}: '{unknown}' is not a method of key exchange; known are {string.Join(", ", Default.Methods)}.")
            : methods.IsEmpty ? Default : new KeyExchanges(methods);

    /// <summary>Makes a connection offer these methods and no others.</summary>
    public void ApplyTo(ConnectionInfo info)
    {
        var all = info.KeyExchangeAlgorithms.ToDictionary(StringComparer.Ordinal);
        info.KeyExchangeAlgorithms.Clear();
        foreach (var method in Methods)
        {
            info.KeyExchangeAlgorithms.Add(method, all[method]);
        }
    }
}
