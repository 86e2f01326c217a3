using System.Diagnostics;

namespace Commissaire.Server.Tests.Running;

/// <summary>Private keys as clients send them, made by <c>ssh-keygen</c> once for all tests.</summary>
internal static class Keys
{
    public static string One { get; } = Make("");

    public static string Other { get; } = Make("");

    public static string WithPassphrase { get; } = Make("open sesame");

    /// <summary>The lines of a key file between its header and footer.</summary>
    public static IEnumerable<string> Body(string key) =>
        System.Text.Encoding.ASCII.GetString(Convert.FromBase64String(key)).Split('\n')
            .Where(line => line.Length > 0 && !line.StartsWith('-'));

    private static string Make(string passphrase)
    {
        var directory = Directory.CreateTempSubdirectory("commissaire-keys-");
        try
        {
            var file = Path.Combine(directory.FullName, "key");
            using var keygen = Process.Start("ssh-keygen", ["-q", "-t", "ed25519", "-C", "test", "-N", passphrase, "-f", file]);
            keygen.WaitForExit();
            return Convert.ToBase64String(File.ReadAllBytes(file));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
