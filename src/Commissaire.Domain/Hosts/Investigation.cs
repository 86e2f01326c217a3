using System.Globalization;
using Commissaire.Shell;

namespace Commissaire.Hosts;

/// <summary>Collects the facts of a host with one POSIX shell script, which uses only tools that every Linux has.</summary>
public static class Investigation
{
    // The empty line after os-release is needed if the file does not end with a line break.
    private const string FactsScript = """
        echo "== boot_id"; cat /proc/sys/kernel/random/boot_id
        echo "== kernel"; uname -r
        echo "== cpus"; getconf _NPROCESSORS_ONLN
        echo "== memory"; grep '^MemTotal:' /proc/meminfo
        echo "== ostree"; if [ -e /run/ostree-booted ]; then echo yes; fi
        echo "== os-release"; cat /etc/os-release 2>/dev/null || cat /usr/lib/os-release
        echo; echo "== space"; df -Pk
        exit 0
        """;

    /// <summary>The command that collects the facts.</summary>
    public static ShellCommand Command { get; } = ShellCommand.Script(FactsScript);

    /// <summary>The health check: prints the boot ID.</summary>
    public static ShellCommand Check { get; } = ShellCommand.Of("cat", "/proc/sys/kernel/random/boot_id");

    /// <summary>Parses the output of <see cref="Command"/>.</summary>
    /// <returns>The facts, or the reason why the output is invalid.</returns>
    public static (HostFacts? Facts, string? Problem) Read(string output)
    {
        var sections = Sections(output);
        string Section(string name) => sections.GetValueOrDefault(name, "").Trim();

        var release = OsRelease(Section("os-release"));
        var os = Section("ostree") == "yes" ? "atomic" : release.GetValueOrDefault("ID", "").ToLowerInvariant();
        var memory = Section("memory").Split(' ', StringSplitOptions.RemoveEmptyEntries);

        if (!Guid.TryParseExact(Section("boot_id"), "D", out var boot))
        {
            return (null, $"the boot ID '{Clip(Section("boot_id"))}' is not well-formed");
        }

        if (!int.TryParse(Section("cpus"), NumberStyles.None, CultureInfo.InvariantCulture, out var cpus))
        {
            return (null, $"the number of processors '{Clip(Section("cpus"))}' is not a number");
        }

        if (memory.Length < 2 || !long.TryParse(memory[1], NumberStyles.None, CultureInfo.InvariantCulture, out var memoryKiB))
        {
            return (null, $"the memory '{Clip(Section("memory"))}' is not a number of kB");
        }

        return os.Length == 0
            ? (null, "neither /etc/os-release nor /usr/lib/os-release names an ID")
            : (new HostFacts(os, release.GetValueOrDefault("VERSION_ID", ""), cpus, memoryKiB,
                TotalSpace(Section("space")), Section("kernel"), boot.ToString("D")), null);
    }

    /// <summary>Parses the output of <see cref="Check"/>; returns null if it is not a well-formed boot ID.</summary>
    public static string? BootId(string output) => Guid.TryParseExact(output.Trim(), "D", out var boot) ? boot.ToString("D") : null;

    private static Dictionary<string, string> Sections(string output)
    {
        var sections = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in ("\n" + output).Split("\n== ", StringSplitOptions.RemoveEmptyEntries))
        {
            var end = part.IndexOf('\n', StringComparison.Ordinal);
            sections.TryAdd(end < 0 ? part.Trim() : part[..end].Trim(), end < 0 ? "" : part[end..]);
        }

        return sections;
    }

    // os-release(5): NAME=value lines; values may be quoted.
    private static Dictionary<string, string> OsRelease(string text)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!line.StartsWith('#') && line.IndexOf('=', StringComparison.Ordinal) is > 0 and var at)
            {
                values[line[..at]] = line[(at + 1)..].Trim('"', '\'');
            }
        }

        return values;
    }

    // POSIX df -Pk prints one line for each mount. Bind mounts repeat a device; pseudo and remote file systems have no device.
    private static long TotalSpace(string df)
    {
        var mounts = df.Split('\n').Skip(1)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields.Length >= 6 && long.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out _))
            .Select(fields => (Device: fields[0], KiB: long.Parse(fields[1], CultureInfo.InvariantCulture), Mount: fields[5]))
            .ToList();
        var devices = mounts.Where(m => m.Device.StartsWith("/dev/", StringComparison.Ordinal)).DistinctBy(m => m.Device).ToList();
        return devices.Count > 0 ? devices.Sum(m => m.KiB) : mounts.FirstOrDefault(m => m.Mount == "/").KiB;
    }

    private static string Clip(string text) => text.Length <= 60 ? text : text[..60] + "…";
}

/// <summary>The facts of a host that investigation collects.</summary>
/// <param name="Os">The <c>ID</c> of os-release, in lower case; <c>atomic</c> if <c>/run/ostree-booted</c> exists.</param>
/// <param name="OsVersion">The <c>VERSION_ID</c> of os-release; empty if there is none.</param>
/// <param name="Cpus">The number of online logical processors.</param>
/// <param name="MemoryKiB">The total memory in KiB.</param>
/// <param name="SpaceKiB">The total size of the file systems on local block devices in KiB.</param>
/// <param name="Kernel">The release of the running kernel.</param>
/// <param name="BootId">The kernel's random ID of the current boot (<c>/proc/sys/kernel/random/boot_id</c>).</param>
public sealed record HostFacts(string Os, string OsVersion, int Cpus, long MemoryKiB, long SpaceKiB, string Kernel, string BootId);
