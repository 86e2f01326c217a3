using System.Diagnostics;

namespace Commissaire.Server.Tests.Shell;

/// <summary>Private key files in the forms of <c>keys.tsv</c>, made by the ssh-keygen and openssl of this machine.</summary>
internal sealed class KeyForms : IDisposable
{
    private const string Helpers = """
        set -e
        ed() { ssh-keygen -q -t ed25519 -N '' -f key "$@"; }
        ec() { bits=$1; shift; ssh-keygen -q -t ecdsa -b "$bits" -N '' -f key "$@"; }
        rsa() { bits=$1; shift; ssh-keygen -q -t rsa -b "$bits" -N '' -f key "$@"; }
        public() { openssl pkey -in key -pubout -out spki; ssh-keygen -i -m PKCS8 -f spki >key.pub; }
        encrypt() { rsa 2048 -m PEM; openssl pkcs8 -topk8 -passout pass:secret -in key "$@" -out new; mv new key; }
        certificate() { openssl req -x509 -newkey rsa:2048 -noenc -subj /CN=web -keyout key -out crt 2>/dev/null; }
        raw() {
            { printf '\000\000\000\013ssh-ed25519\000\000\000\040'; openssl pkey -in key -pubout -outform DER | tail -c 32; } >blob
            echo "ssh-ed25519 $(base64 -w0 blob)" >key.pub
        }

        """;

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("commissaire-forms-");

    /// <summary>The rows of the table.</summary>
    public static IEnumerable<(string Name, string Script, string Outcome)> Table =>
        from line in File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Shell", "keys.tsv"))
        where line.Length > 0 && line[0] != '#'
        select line.Split('\t') into cells
        select (cells[0], cells[1], cells[2]);

    public byte[] Bytes => File.ReadAllBytes(Path.Combine(_directory.FullName, "key"));

    public string PublicKey => File.ReadAllText(Path.Combine(_directory.FullName, "key.pub"));

    /// <summary>Runs a script of the table, in an empty directory.</summary>
    public void Make(string script) => Run(Helpers + script);

    /// <summary>Runs a command that a reason recommends, with the passphrase of the table.</summary>
    public byte[] Convert(string command)
    {
        var words = command.Replace("FILE", "key", StringComparison.Ordinal)
            .Replace("ssh-keygen -p ", "ssh-keygen -q -p -P secret ", StringComparison.Ordinal);
        var entered = words.StartsWith("openssl pkcs", StringComparison.Ordinal) ? " -passin pass:secret" : "";
        Run($"chmod 600 key; {words}{entered}");
        var converted = Path.Combine(_directory.FullName, "NEW");
        return File.Exists(converted) ? File.ReadAllBytes(converted) : Bytes;
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private void Run(string script)
    {
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", script])
        {
            WorkingDirectory = _directory.FullName,
            RedirectStandardInput = true,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        shell.StandardInput.Close();
        var output = shell.StandardOutput.ReadToEndAsync();
        var errors = shell.StandardError.ReadToEnd();
        shell.WaitForExit();
        Assert.True(shell.ExitCode == 0, $"{script}: {errors}{output.Result}");
    }
}
