using System.Security.Cryptography;
using Commissaire.Lab.Machine;

namespace Commissaire.Lab.Hosts;

/// <summary>A host's SSH key as others see it.</summary>
/// <param name="PublicKey">As in a <c>.pub</c> file, without comment: <c>ssh-ed25519 AAAA…</c>.</param>
/// <param name="Fingerprint">As <c>ssh-keygen -l</c> shows it: <c>SHA256:…</c>.</param>
public sealed record HostKey(string PublicKey, string Fingerprint)
{
    /// <summary>Makes a key pair at <paramref name="path"/> and <paramref name="path"/>.pub.</summary>
    internal static async Task<HostKey> Generate(string path, HostKeyType type, string comment, CancellationToken ct)
    {
        File.Delete(path);
        string[] kind = type switch
        {
            HostKeyType.Ecdsa => ["-t", "ecdsa", "-b", "256"],
            HostKeyType.Ecdsa384 => ["-t", "ecdsa", "-b", "384"],
            HostKeyType.Ecdsa521 => ["-t", "ecdsa", "-b", "521"],
            HostKeyType.Rsa => ["-t", "rsa", "-b", "2048"],
            _ => ["-t", "ed25519"],
        };
        await Tool.Run("/usr/bin/ssh-keygen", ["-q", "-N", "", "-C", comment, .. kind, "-f", path], ct);
        return Of(await File.ReadAllTextAsync(path + ".pub", ct));
    }

    private static HostKey Of(string line)
    {
        var words = line.Split(' ', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var hash = SHA256.HashData(Convert.FromBase64String(words[1]));
        return new HostKey($"{words[0]} {words[1]}", "SHA256:" + Convert.ToBase64String(hash).TrimEnd('='));
    }
}
