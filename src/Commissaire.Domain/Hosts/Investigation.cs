using System.Globalization;
using Commissaire.Shell;

namespace Commissaire.Hosts;

/// <summary>Collects the facts of a host with one POSIX shell script, which uses only tools that every Linux has.</summary>
public static class Investigation
{
    // Each fact has its own time limit, so that a fact that cannot be had is missing. A file server that does not answer keeps df waiting:
    // only local file systems are looked at, and only those with a path of interest. The empty line after os-release is needed if the file
    // does not end with a line break.
    private const string FactsScript = """
        within() { time=$1; shift; if command -v timeout > /dev/null; then timeout -s KILL "$time" "$@"; else "$@"; fi; }
        limit() { within 5 "$@"; }
        echo "== boot_id"; cat /proc/sys/kernel/random/boot_id
        echo "== kernel"; uname -r
        echo "== cpus"; limit getconf _NPROCESSORS_ONLN || limit nproc
        echo "== memory"; grep '^MemTotal:' /proc/meminfo
        echo "== ostree"; if [ -e /run/ostree-booted ]; then echo yes; fi
        echo "== os-release"; limit cat /etc/os-release 2>/dev/null || limit cat /usr/lib/os-release
        echo; echo "== space"; limit df -Pkl /
        echo "== container-space"
        for path in /var/lib/containers /var/lib/docker /var/lib/containerd /var/lib/kubelet; do
          if limit df -Pkl "$path" 2>/dev/null; then break; fi
        done
        echo "== in-service"
        joined() { for file; do if [ -e "$file" ]; then echo "$name ($file)"; fi; done; }
        name=k3s; joined /var/lib/rancher/k3s/agent/kubelet.kubeconfig /etc/rancher/k3s/k3s.yaml
        name=rke2; joined /var/lib/rancher/rke2/agent/kubelet.kubeconfig /etc/rancher/rke2/rke2.yaml
        name=k0s; joined /var/lib/k0s/kubelet.conf /var/lib/k0s/pki/admin.conf
        name=MicroK8s; joined /var/snap/microk8s/current/credentials/kubelet.config
        name=OpenShift; joined /etc/machine-config-daemon/currentconfig /etc/origin/node/*.kubeconfig
        name=kubeadm; joined /etc/kubernetes/kubelet.conf /etc/kubernetes/admin.conf
        name=kubelet; joined /var/lib/kubelet/kubeconfig /var/lib/kubelet/pki/kubelet-client-current.pem
        for process in /proc/[0-9]*; do
          name=; read -r name 2>/dev/null < "$process/comm"
          case $name in
            k3s|k3s-server|k3s-agent|rke2|k0s|kubelite|hyperkube|openshift) echo "$name (process ${process#/proc/})" ;;
            kubelet) joined $(tr '\0' ' ' 2>/dev/null < "$process/cmdline" | sed -n 's/.* --kubeconfig[= ]\([^ ]*\).*/\1/p') ;;
          esac
        done
        echo "== bootc"; if command -v bootc > /dev/null; then within 20 bootc status --format json 2>/dev/null; fi
        echo "== rpm-ostree"
        if [ -e /run/ostree-booted ] && command -v rpm-ostree > /dev/null; then
          within 20 rpm-ostree status --json 2>/dev/null | sed '/.\{4096\}/d'
        fi
        exit 0
        """;

    // The kernel and uname(2) limit the release to 64 characters. 2^50 KiB are 1 EiB, which JSON readers that use doubles can represent.
    private const int MaxText = 64;
    private const int MaxCpus = 65536;
    private const int MaxSign = 200;
    private const long MaxKiB = 1L << 50;

    /// <summary>The command that collects the facts.</summary>
    public static ShellCommand Command { get; } = ShellCommand.Script(FactsScript) with { ByHand = "sh -c 'exit 0'" };

    /// <summary>The health check: prints the boot ID. It uses no <c>sudo</c>, which would write a line into the log of the host.</summary>
    public static ShellCommand Check { get; } = CheckAsRoot with { AsLoginUser = true };

    /// <summary>The check of a host that is to be changed, or that failed: prints the boot ID as root.</summary>
    public static ShellCommand CheckAsRoot => ShellCommand.Of("cat", "/proc/sys/kernel/random/boot_id");

    /// <summary>Parses the output of <see cref="Command"/>. The boot ID and the operating system are required.</summary>
    /// <returns>The facts, or the reason why the output is invalid.</returns>
    public static (HostFacts? Facts, string? Problem) Read(string output)
    {
        var sections = Sections(output);
        string Section(string name) => sections.GetValueOrDefault(name, "").Trim();

        if (!Guid.TryParseExact(Section("boot_id"), "D", out var boot))
        {
            return (null, $"the boot ID '{Clip(Section("boot_id"))}' is not well-formed");
        }

        var release = OsRelease.Read(Section("os-release"));
        var os = Section("ostree") == "yes" ? "atomic" : release.GetValueOrDefault("ID", "").ToLowerInvariant();
        if (os.Length == 0)
        {
            return (null, "neither /etc/os-release nor /usr/lib/os-release names an ID");
        }

        if (!IsText(os))
        {
            return (null, $"the operating system '{Clip(os)}' is not up to {MaxText} printable ASCII characters");
        }

        var root = FileSystem(Section("space"));
        var containers = FileSystem(Section("container-space"));
        return (
            new HostFacts(
                os, Text(release.GetValueOrDefault("VERSION_ID", "")), Cpus(Section("cpus")), Memory(Section("memory")), root?.KiB ?? 0,
                Text(Section("kernel")), boot.ToString("D"))
            {
                ContainerSpaceKiB = containers is { } other && !IsSame(other, root) ? other.KiB : null,
                InService = InService(Section("in-service")),
                Images = ImageStatus.Read(Section("bootc")) ?? ImageStatus.Read(Section("rpm-ostree")),
                OsLike = Text(release.GetValueOrDefault("ID_LIKE", "")).ToLowerInvariant() is { Length: > 0 } like ? like : null,
            }, null);
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

    // The first sign is that of the most specific installer.
    private static string? InService(string section) =>
        section.Split('\n')[0].Trim() is { Length: > 0 } sign ? OutsideText.Start(sign, MaxSign) : null;

    private static int Cpus(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var cpus) && cpus <= MaxCpus ? cpus : 0;

    private static long Memory(string line) =>
        line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var size, ..] ? KiB(size) ?? 0 : 0;

    // POSIX df -Pk prints a heading and one line for a path: device, size, used, free, percentage and mount point.
    private static (long KiB, string Mount, string Device)? FileSystem(string df)
    {
        foreach (var line in df.Split('\n').Skip(1))
        {
            if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var device, var size, _, _, _, .. var mount] && mount.Length > 0)
            {
                return KiB(size) is { } kib ? (kib, string.Join(' ', mount).Trim(), device) : null;
            }
        }

        return null;
    }

    // Bind mounts and subvolumes repeat a device. Names such as overlay and tmpfs are no devices.
    private static bool IsSame((long KiB, string Mount, string Device) one, (long KiB, string Mount, string Device)? other) =>
        one.Mount == other?.Mount || (one.Device.StartsWith('/') && one.Device == other?.Device);

    private static long? KiB(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var kib) && kib <= MaxKiB ? kib : null;

    private static bool IsText(string text) => text.Length <= MaxText && text.All(c => c is >= ' ' and <= '~');

    private static string Text(string text) => IsText(text) ? text : "";

    private static string Clip(string text) => OutsideText.Start(text, 60);
}
