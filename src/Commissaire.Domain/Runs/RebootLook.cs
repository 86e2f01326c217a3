using System.Globalization;
using Commissaire.Shell;

namespace Commissaire.Runs;

/// <summary>What a host says about its boot, while a run waits for its reboot.</summary>
/// <param name="Boot">The boot ID.</param>
/// <param name="Uptime">How long the kernel has run; null if unknown.</param>
/// <param name="System">The state of systemd (systemctl(1), <c>is-system-running</c>); null if unknown.</param>
/// <param name="Waiting">The enabled services that carry work and are not active yet.</param>
/// <param name="Working">Whether an enabled service that carries work is active.</param>
/// <param name="FailedUnits">The first failed units of a degraded system.</param>
public sealed record RebootLook(
    string Boot, TimeSpan? Uptime, string? System, ImmutableArray<string> Waiting, bool Working, ImmutableArray<string> FailedUnits)
{
    /// <summary>The services that carry work: container runtimes and the kubelet.</summary>
    private const string Services = "kubelet docker containerd crio k3s k3s-agent rke2-server rke2-agent";

    // systemctl may wait for a bus that does not answer while the host starts or stops.
    private const string Script = """
        cat /proc/sys/kernel/random/boot_id
        read -r up rest < /proc/uptime && echo "uptime ${up%.*}"
        command -v systemctl > /dev/null || exit 0
        s() { if command -v timeout > /dev/null; then timeout 10 systemctl "$@"; else systemctl "$@"; fi; }
        state=$(s is-system-running 2> /dev/null); echo "system ${state:-unknown}"
        case $state in
          degraded) s list-units --failed --plain --no-legend 2> /dev/null | while read -r unit rest; do echo "failed $unit"; done ;;
          starting|initializing) for unit; do
            [ "$(s is-enabled "$unit" 2> /dev/null)" != enabled ] || echo "service $unit $(s is-active "$unit" 2> /dev/null)"; done ;;
        esac
        exit 0
        """;

    // A host that already left the boot is not rebooted again. A tree in /run/nextroot would make systemd restart only the user space.
    private const string RebootOutOf = """
        [ "$(cat /proc/sys/kernel/random/boot_id)" = "$1" ] || exit 0
        SYSTEMCTL_SKIP_AUTO_SOFT_REBOOT=1 systemctl reboot
        """;

    /// <summary>Asks the host for its boot, without <c>sudo</c>.</summary>
    public static ShellCommand Command { get; } = ShellCommand.Script(Script, [.. Services.Split(' ')]) with
    {
        AsLoginUser = true,
        ByHand = "cat /proc/sys/kernel/random/boot_id; systemctl is-system-running",
    };

    /// <summary>Whether the boot has finished: services that carry work are up, or systemd has started everything.</summary>
    public bool Finished => System switch
    {
        "starting" or "initializing" => Working && Waiting.IsEmpty,
        "maintenance" or "stopping" => false,

        // Running or degraded, or a host without systemd, or whose systemd does not say.
        _ => true,
    };

    /// <summary>Whether the host is shutting down.</summary>
    public bool Stopping => System == "stopping";

    /// <summary>The command that reboots a host, unless it has left the boot already. Running it twice is harmless.</summary>
    public static ShellCommand Reboot(string boot) => ShellCommand.Script(RebootOutOf, boot) with { ByHand = "systemctl reboot" };

    /// <summary>Parses the output of <see cref="Command"/>; null if it is not an answer.</summary>
    public static RebootLook? Read(string output)
    {
        var lines = output.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (lines.Length == 0 || Investigation.BootId(lines[0]) is not { } boot)
        {
            return null;
        }

        var look = new RebootLook(boot, null, null, [], false, []);
        foreach (var line in lines.Skip(1))
        {
            look = line.Split(' ') switch
            {
                ["uptime", var text] when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) =>
                    look with { Uptime = TimeSpan.FromSeconds(seconds) },
                ["system", var state] => look with { System = OutsideText.Start(state, 30) },
                ["service", _, "active"] => look with { Working = true },
                ["service", var unit, ..] when look.Waiting.Length < 10 =>
                    look with { Waiting = look.Waiting.Add(OutsideText.Start(unit, 30)) },
                ["failed", var unit] when look.FailedUnits.Length < 5 =>
                    look with { FailedUnits = look.FailedUnits.Add(OutsideText.Start(unit, 60)) },
                _ => look,
            };
        }

        return look;
    }

    /// <summary>Describes a host that answered from the boot that it should have left.</summary>
    public string DescribeOldBoot(DateTimeOffset now)
    {
        var since = Uptime is { } up ? $" of {Started(now - up, now)}" : "";
        return $"the host answers, still in the boot{since}{(Stopping ? ", and is shutting down" : "")}";
    }

    /// <summary>Describes a new boot that has not finished.</summary>
    public string DescribeUnfinished() =>
        $"the host rebooted, but its boot has not finished: systemd is '{System}'"
        + (Waiting.IsEmpty ? "" : $", and {string.Join(", ", Waiting)} {(Waiting.Length == 1 ? "is" : "are")} not active");

    /// <summary>Describes a new boot that has finished; empty if there is nothing to say.</summary>
    public string DescribeFinished() => System != "degraded" ? ""
        : $"systemd is degraded{(FailedUnits.IsEmpty ? "" : $"; failed: {string.Join(", ", FailedUnits)}")}";

    private static string Started(DateTimeOffset started, DateTimeOffset now)
    {
        var format = started.UtcDateTime.Date == now.UtcDateTime.Date ? "HH:mm" : "yyyy-MM-dd HH:mm";
        return $"{started.UtcDateTime.ToString(format, CultureInfo.InvariantCulture)} UTC";
    }
}
