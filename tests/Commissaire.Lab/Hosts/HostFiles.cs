using System.Reflection;
using Commissaire.Lab.Machine;

namespace Commissaire.Lab.Hosts;

/// <summary>
/// The directory of a host on this machine: <c>root</c> is its <c>/</c>, <c>usr</c> holds the files that its distribution adds to
/// <c>/usr</c> of the machine, and <c>usr-local</c> is its <c>/usr/local</c>. The other files pass data to <c>boot.sh</c>.
/// </summary>
internal sealed class HostFiles(string path)
{
    private const string StandIns = "commissaire-lab";

    private static readonly string[] Hidden =
    [
        "apt", "apt-cache", "apt-get", "apt-mark", "aptitude", "bootc", "dnf", "dnf5", "dnf-3", "dpkg", "dpkg-query", "flatpak", "halt",
        "init", "kubeadm", "kubelet", "microdnf", "needs-restarting", "ostree", "pkcon", "poweroff", "reboot", "rpm", "rpm-ostree",
        "runlevel", "shutdown", "snap", "subscription-manager", "systemctl", "systemd-run", "telinit", "yum", "zypper",
    ];

    private static readonly string[] Links = ["bin", "sbin", "lib", "lib32", "lib64", "libx32"];

    private static readonly string[] Directories =
    [
        "dev", "etc/alternatives", "etc/crypto-policies", "etc/pki/ca-trust/extracted", "etc/pki/tls/certs", "etc/pam.d",
        "etc/ssh", "etc/ssl/certs", "etc/sudoers.d", "home/core/.ssh", "mnt", "opt", "proc", "root/.ssh", "run", "srv", "sys", "tmp",
        "usr/local", "boot", "var/cache", "var/empty/sshd", "var/lib/lab",
        "var/lib/lab/faults", "var/lib/lab/held", "var/lib/lab/ostree", "var/lib/lab/packages", "var/lib/lab/scripts",
        "var/lib/lab/units/active",
        "var/lib/lab/units/enabled", "var/lib/lab/units/masked", "var/lib/lab/used", "var/log", "var/spool", "var/tmp",
    ];

    public string Path => path;

    public string Root => System.IO.Path.Combine(path, "root");

    public string CommandLog => State("commands.jsonl");

    public string SshdLog => InRoot("var/log/sshd.log");

    public string LaunchLog => InHost("launch.log");

    private string NoLogin => InRoot("run/nologin");

    public string State(string name) => InRoot("var/lib/lab/" + name);

    public string InRoot(string name) => System.IO.Path.Combine(Root, name);

    /// <summary>Creates all files that a host needs for its first boot.</summary>
    public async Task Build(LabHostOptions options, string hostName, SshdConfig sshd, string authorizedKey, CancellationToken ct)
    {
        foreach (var directory in Directories)
        {
            Directory.CreateDirectory(InRoot(directory));
        }

        Directory.CreateDirectory(InHost("hidden"));
        foreach (var directory in (string[])["bin", "sbin", "etc", "lib", "share"])
        {
            Directory.CreateDirectory(InHost("usr-local/" + directory));
        }

        foreach (var link in Links)
        {
            if (new DirectoryInfo("/" + link).LinkTarget is { } target)
            {
                File.CreateSymbolicLink(InRoot(link), target);
            }
        }

        File.CreateSymbolicLink(InRoot("var/run"), "../run");
        File.CreateSymbolicLink(InRoot("var/lock"), "../run/lock");
        Etc.Write(InRoot("etc"), options, hostName, sshd);
        WriteUsr(options.Os);
        WriteOsRelease(options.Os, options.Version);

        Write(InHost("boot.sh"), Inside("boot.sh"));
        Write(InHost("hidden-commands"), string.Concat(Hidden.SelectMany(command => (string[])[$"bin/{command}\n", $"sbin/{command}\n"])));
        Write(CommandLog, "", "rw-rw-rw-");
        Write(SshdLog, "");
        Write(LaunchLog, "");
        Mode(InRoot("tmp"), "rwxrwxrwt");
        Mode(InRoot("var/tmp"), "rwxrwxrwt");
        Mode(State("used"), "rwxrwxrwt");
        foreach (var home in (string[])["root", "home/core"])
        {
            Mode(InRoot(home), "rwx------");
            Mode(InRoot(home + "/.ssh"), "rwx------");
            Write(InRoot(home + "/.ssh/authorized_keys"), authorizedKey, "rw-------");
        }

        await Tool.Run("/usr/bin/chown", ["-R", $"{Etc.CoreId}:{Etc.CoreId}", InRoot("home/core")], ct);
    }

    /// <summary>The path on this machine of a path in the host.</summary>
    public string Locate(string hostPath)
    {
        var whole = System.IO.Path.GetFullPath(hostPath, "/");
        return whole switch
        {
            _ when whole.StartsWith("/usr/local/", StringComparison.Ordinal) => InHost("usr-local/" + whole["/usr/local/".Length..]),
            _ when whole.StartsWith("/usr/", StringComparison.Ordinal) => throw new LabException(
                $"{hostPath} belongs to this machine, not to the host."),
            _ => InRoot(whole.TrimStart('/')),
        };
    }

    /// <summary>Prepares a boot: sets the boot ID and empties /run.</summary>
    public void Boot(string bootId, LabOs os, bool noLogin)
    {
        Directory.Delete(InRoot("run"), recursive: true);
        foreach (var directory in (string[])["run/lock", "run/sshd", "run/sudo", "run/user"])
        {
            Directory.CreateDirectory(InRoot(directory));
        }

        if (os.IsOstree)
        {
            Write(InRoot("run/ostree-booted"), "");
        }

        if (noLogin)
        {
            Write(NoLogin, "System is booting up. Unprivileged users are not permitted to log in yet. Please come back later.\n");
        }

        Write(InHost("boot_id"), bootId + "\n");
    }

    /// <summary>Allows users other than root to log in.</summary>
    public void AllowLogin() => File.Delete(NoLogin);

    public void WriteOsRelease(LabOs os, string version)
    {
        var text = Inside("os-release/" + os.Name).Replace("@version@", version, StringComparison.Ordinal);
        Write(InHost("usr/lib/os-release"), text);
        Write(InRoot("etc/os-release"), text);
    }

    public static void Write(string file, string text, string mode = "rw-r--r--")
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        Mode(file, mode);
    }

    /// <summary>Replaces a file atomically.</summary>
    public static void Replace(string file, string text)
    {
        var next = file + ".next";
        Write(next, text);
        File.Move(next, file, overwrite: true);
    }

    private void WriteUsr(LabOs os)
    {
        foreach (var part in (string[])["stand-in.sh", "go-down.sh"])
        {
            Write(InHost($"usr/lib/{StandIns}/{part}"), Inside("shared/" + part));
        }

        var mergedSbin = new DirectoryInfo("/usr/sbin").LinkTarget is not null;
        foreach (var command in os.Commands)
        {
            var directory = command is "reboot" or "shutdown" or "poweroff" or "subscription-manager" && !mergedSbin ? "sbin" : "bin";
            Write(InHost($"usr/{directory}/{command}"), Inside("stand-ins/" + (command is "yum" ? "dnf" : command)), "rwxr-xr-x");
        }
    }

    private string InHost(string name) => System.IO.Path.Combine(path, name);

    private static string Inside(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
            ?? throw new LabException($"The lab has no resource {name}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static void Mode(string file, string mode) => File.SetUnixFileMode(file, UnixMode.Parse(mode));
}
