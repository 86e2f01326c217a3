using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Commissaire.Invocation;

namespace Commissaire.Hosts.Ssh;

/// <summary>Finds the host key whose fingerprint the server knows. The server keeps fingerprints, and ssh wants keys.</summary>
internal static class HostKeyScan
{
    /// <summary>Asks the host for its keys.</summary>
    /// <param name="host">The host.</param>
    /// <param name="port">The port of its sshd.</param>
    /// <param name="known">The key as the server shows it: type and fingerprint, or only the latter.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>Type and key in base64.</returns>
    /// <exception cref="CommandFailure">The host shows none, or others.</exception>
    public static async Task<string> Find(string host, int port, string known, CancellationToken ct)
    {
        var fingerprint = known.Split(' ')[^1];
        var start = new ProcessStartInfo("ssh-keyscan", ["-T", "10", "-p", port.ToString(CultureInfo.InvariantCulture), "--", host]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var scan = Processes.Start(start);
        string shown;
        try
        {
            var words = scan.StandardError.ReadToEndAsync(ct);
            shown = await scan.StandardOutput.ReadToEndAsync(ct);
            await words;
            await scan.WaitForExitAsync(ct);
        }
        catch (OperationCanceledException)
        {
            scan.Kill();
            throw;
        }

        var keys = shown.Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(line => line.Length >= 3 && line[0][0] != '#').ToList();
        if (keys.Count == 0)
        {
            throw new CommandFailure($"Host '{host}' shows no host key on port {port}: is its sshd up, and can it be reached from here?");
        }

        return keys.Where(key => Fingerprint(key[2]) == fingerprint).Select(key => $"{key[1]} {key[2]}").FirstOrDefault()
            ?? throw new CommandFailure($"Host '{host}' does not show the host key that the server knows ({known}) but {string.Join(", ", keys.Select(key => $"{key[1]} {Fingerprint(key[2])}"))}. Nothing was sent to it. If the change is right: commctl host accept-key.");
    }

    private static string Fingerprint(string key)
    {
        var bytes = new byte[key.Length];
        return Convert.TryFromBase64String(key, bytes, out var length) ? "SHA256:" + Convert.ToBase64String(SHA256.HashData(bytes.AsSpan(0, length))).TrimEnd('=') : "";
    }
}
