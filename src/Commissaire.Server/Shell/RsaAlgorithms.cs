using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace Commissaire.Shell;

/// <summary>
/// Chooses the algorithm with which an RSA key signs a login (RFC 8332). SSH.NET does not read which ones a host accepts, so a host that
/// refused one is offered the other at its next login.
/// </summary>
internal sealed partial class RsaAlgorithms
{
    public const string Sha1 = "ssh-rsa";
    public const string Sha256 = "rsa-sha2-256";
    public const string Sha512 = "rsa-sha2-512";

    // OpenSSH signs and verifies with SHA-2 since this version.
    private static readonly Version FirstWithSha2 = new(7, 2);

    private readonly ConcurrentDictionary<(HostAddress Address, int Port), bool> _refused = new();

    /// <summary>The algorithm for the next login to a host with this SSH version string.</summary>
    public string For(RemoteTarget target, string? version)
    {
        if (OpenSsh().Match(version ?? "") is { Success: true } openSsh
            && Version.Parse(openSsh.Groups["version"].ValueSpan) < FirstWithSha2)
        {
            return Sha1;
        }

        // Dropbear implements only this one.
        var dropbear = version?.Contains("dropbear", StringComparison.OrdinalIgnoreCase) ?? false;
        return dropbear || _refused.ContainsKey((target.Address, target.Port)) ? Sha256 : Sha512;
    }

    /// <summary>Remembers that a host refused a login.</summary>
    public void Refused(RemoteTarget target)
    {
        if (!_refused.TryRemove((target.Address, target.Port), out _))
        {
            _refused[(target.Address, target.Port)] = true;
        }
    }

    [GeneratedRegex(@"-OpenSSH_(?<version>\d{1,3}\.\d{1,3})")]
    private static partial Regex OpenSsh();
}
