using System.Globalization;
using Commissaire.Shell;

namespace Commissaire.Hosts;

/// <summary>
/// How a host's facts are gathered: one POSIX shell script that needs nothing but what every Linux has, and the reading of what it prints.
/// </summary>
public static class Investigation
{
    // The empty line after os-release: a file made by hand may not end its last line.
    private const string Gather = """
        echo "== boot_id"; cat /proc/sys/kernel/random/boot_id
        echo "== kernel"; uname -r
        echo "== cpus"; getconf _NPROCESSORS_ONLN
        echo "== memory"; grep '^MemTotal:' /proc/meminfo
        echo "== ostree"; if [ -e /run/ostree-booted ]; then echo yes; fi
        echo "== os-release"; cat /etc/os-release 2>/dev/null || cat /usr/lib/os-release
        echo; echo "== space"; df -Pk
        exit 0
        """;

    /// <summary>The command that gathers the facts.</summary>
    public static ShellCommand Command { get; } = ShellCommand.Script(Gather);

    /// <summary>The command that shows that a host is there, and which boot it is in.</summary>
    public static ShellCommand Check { get; } = ShellCommand.Of("cat", "/proc/sys/kernel/random/boot_id");

    /// <summary>Reads what <see cref="Command"/> printed.</summary>
    /// <returns>The facts, or what could not be read.</returns>
    public static (HostFacts? Facts, string? Problem) Read(string output)
    {
        var sections = Sections(output);
        string Of(string name) => sections.GetValueOrDefault(name, "").Trim();

        var release = OsRelease(Of("os-release"));
        var os = Of("ostree") == "yes" ? "atomic" : release.GetValueOrDefault("ID", "").ToLowerInvariant();
        var memory = Of("memory").Split(' ', StringSplitOptions.RemoveEmptyEntries);

        if (!Guid.TryParseExact(Of("boot_id"), "D", out var boot))
        {
            return (null, $"the boot id '{Clip(Of("boot_id"))}' is not well-formed");
        }

        if (!int.TryParse(Of("cpus"), NumberStyles.None, CultureInfo.InvariantCulture, out var cpus))
        {
            return (null, $"the number of processors '{Clip(Of("cpus"))}' is not a number");
        }

        if (memory.Length < 2 || !long.TryParse(memory[1], NumberStyles.None, CultureInfo.InvariantCulture, out var memoryKiB))
        {
            return (null, $"the memory '{Clip(Of("memory"))}' is not a number of kB");
        }

        return os.Length == 0
            ? (null, "neither /etc/os-release nor /usr/lib/os-release names an ID")
            : (new HostFacts(os, release.GetValueOrDefault("VERSION_ID", ""), cpus, memoryKiB, Space(Of("space")), Of("kernel"), boot.ToString("D")), null);
    }

    /// <summary>Reads the boot id that <see cref="Check"/> printed; null when it is not a well-formed one, which proves nothing.</summary>
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

    // os-release(5): NAME=value lines that a shell could source; values may be quoted.
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

    // One line a mount (POSIX df -Pk); bind mounts show a device again; pseudo and remote file systems have none.
    private static long Space(string df)
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
