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

    // The kernel and uname(2) limit the release to 64 characters. 2^50 KiB are 1 EiB, which JSON readers that use doubles can represent.
    private const int MaxText = 64;
    private const int MaxCpus = 65536;
    private const long MaxKiB = 1L << 50;

    /// <summary>The command that collects the facts.</summary>
    public static ShellCommand Command { get; } = ShellCommand.Script(FactsScript);

    /// <summary>The health check: prints the boot ID. It uses no <c>sudo</c>, which would write a line into the log of the host.</summary>
    public static ShellCommand Check { get; } = CheckAsRoot with { AsLoginUser = true };

    /// <summary>The check of a host that is to be changed, or that failed: prints the boot ID as root.</summary>
    public static ShellCommand CheckAsRoot => ShellCommand.Of("cat", "/proc/sys/kernel/random/boot_id");

    /// <summary>Parses the output of <see cref="Command"/>.</summary>
    /// <returns>The facts, or the reason why the output is invalid.</returns>
    public static (HostFacts? Facts, string? Problem) Read(string output)
    {
        var sections = Sections(output);
        string Section(string name) => sections.GetValueOrDefault(name, "").Trim();

        var release = OsRelease(Section("os-release"));
        var os = Section("ostree") == "yes" ? "atomic" : release.GetValueOrDefault("ID", "").ToLowerInvariant();
        var version = release.GetValueOrDefault("VERSION_ID", "");
        var memory = Section("memory").Split(' ', 3, StringSplitOptions.RemoveEmptyEntries);

        if (!Guid.TryParseExact(Section("boot_id"), "D", out var boot))
        {
            return (null, $"the boot ID '{Clip(Section("boot_id"))}' is not well-formed");
        }

        if (!int.TryParse(Section("cpus"), NumberStyles.None, CultureInfo.InvariantCulture, out var cpus) || cpus > MaxCpus)
        {
            return (null, $"the number of processors '{Clip(Section("cpus"))}' is not a number{UpTo(Section("cpus"), MaxCpus)}");
        }

        if (memory.Length < 2 || !TryReadKiB(memory[1], out var memoryKiB))
        {
            return (null, $"the memory '{Clip(Section("memory"))}' is not a number of kB{UpTo(memory.ElementAtOrDefault(1), MaxKiB)}");
        }

        if (os.Length == 0)
        {
            return (null, "neither /etc/os-release nor /usr/lib/os-release names an ID");
        }

        var texts = new[] { ("operating system", os), ("version of the operating system", version), ("kernel", Section("kernel")) };
        foreach (var (name, text) in texts)
        {
            if (text.Length > MaxText || text.Any(c => c is < ' ' or > '~'))
            {
                return (null, $"the {name} '{Clip(text)}' is not up to {MaxText} printable ASCII characters");
            }
        }

        var (space, problem) = TotalSpace(Section("space"));
        return problem is null
            ? (new HostFacts(os, version, cpus, memoryKiB, space, Section("kernel"), boot.ToString("D")), null)
            : (null, problem);
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

    // POSIX df -Pk prints one line for each mount. Bind mounts repeat a device; pseudo and remote file systems have no device. Where df has
    // no number, it prints '-'.
    private static (long KiB, string? Problem) TotalSpace(string df)
    {
        var devices = new Dictionary<string, long>(StringComparer.Ordinal);
        long? root = null;
        foreach (var line in df.Split('\n').Skip(1))
        {
            if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is not [var device, var size, _, _, _, var mount, ..]
                || !size.All(char.IsAsciiDigit))
            {
                continue;
            }

            if (!TryReadKiB(size, out var kib))
            {
                return (0, $"the size '{Clip(size)}' of file system '{Clip(device)}' is not a number of KiB{UpTo(size, MaxKiB)}");
            }

            root ??= mount == "/" ? kib : null;
            if (device.StartsWith("/dev/", StringComparison.Ordinal))
            {
                devices.TryAdd(device, kib);
            }
        }

        // Thousands of devices of the largest size would exceed the range of a long.
        var total = devices.Values.Aggregate(default(UInt128), (sum, kib) => sum + (UInt128)kib);
        return total > MaxKiB ? (0, $"all file systems together have {total} KiB, more than {MaxKiB}")
            : (devices.Count > 0 ? (long)total : root ?? 0, null);
    }

    private static bool TryReadKiB(string text, out long kib) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out kib) && kib <= MaxKiB;

    private static string UpTo(string? text, long max) =>
        text is { Length: > 0 } && text.All(char.IsAsciiDigit) ? $" up to {max.ToString(CultureInfo.InvariantCulture)}" : "";

    private static string Clip(string text) => OutsideText.Start(text, 60);
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
