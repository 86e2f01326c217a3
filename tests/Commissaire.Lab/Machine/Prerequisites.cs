using System.Text.RegularExpressions;

namespace Commissaire.Lab.Machine;

/// <summary>The programs that a lab needs, and how to install them.</summary>
internal static partial class Prerequisites
{
    private static readonly (string Path, string Debian, string Fedora)[] Programs =
    [
        ("/usr/sbin/sshd", "openssh-server", "openssh-server"),
        ("/usr/bin/ssh-keygen", "openssh-client", "openssh"),
        ("/usr/bin/sudo", "sudo", "sudo"),
        ("/usr/bin/unshare", "util-linux", "util-linux"),
        ("/usr/bin/setpriv", "util-linux", "util-linux"),
        ("/usr/sbin/pivot_root", "util-linux", "util-linux"),
    ];

    /// <summary>Fails with a message that says which programs are missing and how to install them.</summary>
    public static void Check()
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new LabException("The lab needs Linux: its hosts consist of namespaces and mounts.");
        }

        if (!Environment.IsPrivilegedProcess)
        {
            throw new LabException("The lab needs root to create mount and process namespaces. Run it with sudo, or as root.");
        }

        if (new DirectoryInfo("/bin").LinkTarget is null)
        {
            throw new LabException("The lab needs a machine whose /bin, /sbin and /lib are links into /usr.");
        }

        var missing = Missing();
        if (missing.Length > 0)
        {
            throw new LabException(
                $"The lab needs {string.Join(", ", missing.Select(program => program.Path))}. Install them: {InstallCommand(missing)}");
        }
    }

    /// <summary>Installs missing programs, then checks.</summary>
    public static async Task Install(CancellationToken ct)
    {
        var missing = OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess ? Missing() : [];
        if (missing.Length > 0)
        {
            await Tool.Run("/bin/sh", ["-c", InstallCommand(missing)], ct);
        }

        Check();
    }

    /// <summary>The major and minor version of the sshd of this machine, which does not start with options it does not know.</summary>
    public static async Task<Version> SshdVersion(CancellationToken ct)
    {
        var (_, said) = await Tool.Try("/usr/sbin/sshd", ["-V"], ct);
        var match = OpenSshVersion().Match(said);
        return match.Success ? Version.Parse(match.Groups[1].Value) : new Version(7, 4);
    }

    private static (string Path, string Debian, string Fedora)[] Missing() =>
        [.. Programs.Where(program => !File.Exists(program.Path))];

    private static string InstallCommand((string Path, string Debian, string Fedora)[] missing) =>
        File.Exists("/usr/bin/apt-get")
            ? "apt-get update -q && DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -q --no-install-recommends "
              + string.Join(' ', missing.Select(program => program.Debian).Distinct())
            : "dnf install -y " + string.Join(' ', missing.Select(program => program.Fedora).Distinct());

    [GeneratedRegex(@"OpenSSH_(\d+\.\d+)")]
    private static partial Regex OpenSshVersion();
}
