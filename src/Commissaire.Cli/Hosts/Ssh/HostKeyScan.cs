using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;

namespace Commissaire.Hosts.Ssh;

/// <summary>Finds the host key for a trusted fingerprint with ssh-keyscan. The server stores fingerprints, but ssh needs keys.</summary>
internal static class HostKeyScan
{
    private const long MaxOutputBytes = 1024 * 1024;

    /// <summary>Finds the trusted key, given as type and fingerprint or as the fingerprint alone. Returns its type and base64.</summary>
    /// <exception cref="CommandException">The host does not offer the trusted key.</exception>
    public static async Task<string> Find(string host, int port, string trusted, CancellationToken ct)
    {
        var start = new ProcessStartInfo("ssh-keyscan", ["-T", "10", "-p", port.ToString(CultureInfo.InvariantCulture), "--", host]);
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        using var scan = SshProcess.Start(start);
        using var kill = ct.Register(scan.Kill);
        var errors = Read(scan.StandardError, ct);
        var output = await Read(scan.StandardOutput, ct);
        await errors;

        // Each line is "HOST TYPE BASE64"; comments start with #.
        var keys = output.Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words.Length >= 3 && words[0][0] != '#')
            .Select(words => (Type: words[1], Base64: words[2], Fingerprint: Fingerprint(words[2]))).ToList();
        if (keys.Count == 0)
        {
            throw new CommandException($"Host '{host}' offers no host key on port {port}. Check that its sshd is reachable from here.");
        }

        if (keys.Find(key => key.Fingerprint == trusted.Split(' ')[^1]) is { Type: { } type, Base64: var base64 })
        {
            return $"{type} {base64}";
        }

        var offered = string.Join(", ", keys.Select(key => $"{key.Type} {key.Fingerprint}"));
        throw new CommandException($"Host '{host}' offers other host keys ({offered}) than the trusted key ({trusted}). "
            + "Not connected. If the change is expected, run 'commctl host accept-key'.");
    }

    // A host may answer without end.
    private static async Task<string> Read(StreamReader stream, CancellationToken ct)
    {
        using var reader = new StreamReader(new BoundedStream(stream.BaseStream, MaxOutputBytes));
        try
        {
            return await reader.ReadToEndAsync(ct);
        }
        catch (IOException e)
        {
            throw new CommandException($"The output of ssh-keyscan cannot be used. {e.Message} Not connected.");
        }
    }

    private static string Fingerprint(string key)
    {
        var bytes = new byte[key.Length];
        return Convert.TryFromBase64String(key, bytes, out var length)
            ? "SHA256:" + Convert.ToBase64String(SHA256.HashData(bytes.AsSpan(0, length))).TrimEnd('=')
            : "";
    }
}
