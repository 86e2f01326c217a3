using System.Net;

namespace Commissaire.Import;

/// <summary>What an import sees of its machine.</summary>
/// <param name="Home">The home directory of the user.</param>
/// <param name="Variable">The value of an environment variable; null if it is not set.</param>
/// <param name="Resolve">Resolves a host name.</param>
internal sealed record ImportEnvironment(
    string Home, Func<string, string?> Variable, Func<string, CancellationToken, Task<IPAddress[]>> Resolve)
{
    /// <summary>This machine.</summary>
    public static ImportEnvironment Machine { get; } = new(
        Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), Environment.GetEnvironmentVariable, Dns.GetHostAddressesAsync);
}
