using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Commissaire.Shell;

/// <summary>
/// How one operating system says the few things Commissaire asks of it. The one table of what is supported: an operating system that has no
/// line here is not.
/// </summary>
public sealed partial record OsDialect
{
    /// <summary>The operating system, as facts name it.</summary>
    public required string Os { get; init; }

    /// <summary>Installs one package; null where packages are part of the image (ostree).</summary>
    public Func<string, ShellCommand>? Install { get; init; }

    /// <summary>The package that holds the container runtime.</summary>
    public string DockerPackage { get; init; } = "docker";

    /// <summary>The file the docker service reads its environment from.</summary>
    public string DockerFile { get; init; } = "/etc/sysconfig/docker";

    /// <summary>The variable in <see cref="DockerFile"/> that holds the daemon's options.</summary>
    public string DockerVariable { get; init; } = "OPTIONS";

    /// <summary>The file the flannel service reads its environment from.</summary>
    public string FlannelFile { get; init; } = "/etc/sysconfig/flanneld";

    /// <summary>Whether the container runtime runs under SELinux.</summary>
    public bool SelinuxEnabled { get; init; } = true;

    /// <summary>Makes the repositories that hold the packages known, for a version of the operating system; null where they already are.</summary>
    public Func<string, ShellCommand?> EnableRepositories { get; init; } = _ => null;

    /// <summary>Brings all packages, or the deployment, up to date without asking. Repeating it is harmless.</summary>
    public required ShellCommand Upgrade { get; init; }

    /// <summary>Stages a version for the next boot; null where there is no ostree.</summary>
    public Func<string, ShellCommand>? Deploy { get; init; }

    /// <summary>Prints <c>yes</c> or <c>no</c>: whether what was changed takes effect only at the next boot.</summary>
    public required ShellCommand RebootNeeded { get; init; }

    /// <summary>Prints which deployment is booted, as JSON.</summary>
    public static ShellCommand BootedDeployment { get; } = ShellCommand.Of("rpm-ostree", "status", "--booted", "--json");

    // Exit status 1 says yes. dnf 5 carries it as a plug-in, older releases as a program of its own.
    private static readonly ShellCommand NeedsRestarting = ShellCommand.Script("""
        if command -v needs-restarting > /dev/null; then needs-restarting -r 1>&2; else dnf needs-restarting -r 1>&2; fi
        case $? in 0) echo no ;; 1) echo yes ;; *) exit 2 ;; esac
        """);

    private static readonly FrozenDictionary<string, OsDialect> All = new OsDialect[]
    {
        Dnf("fedora"),
        Yum("centos"),
        Rhel("rhel"),
        Rhel("redhat"),
        Dnf("rocky") with { ContainerdPackage = "containerd.io", KubernetesRepositories = sources => RpmRepositories(sources, "centos") },
        Dnf("almalinux") with { ContainerdPackage = "containerd.io", KubernetesRepositories = sources => RpmRepositories(sources, "centos") },
        Apt("debian"),
        Apt("ubuntu"),
        new()
        {
            Os = "atomic",
            Upgrade = ShellCommand.Of("rpm-ostree", "upgrade"),
            Deploy = version => ShellCommand.Of("rpm-ostree", "deploy", version),
            RebootNeeded = ShellCommand.Script("""if rpm-ostree status --json | grep -q '"staged" *: *true'; then echo yes; else echo no; fi"""),
        },
    }.ToFrozenDictionary(d => d.Os);

    // Another apt may be at work (unattended-upgrades): its lock is waited for. Configuration files that were edited stay as they are.
    private const string AptUpgrade = """
        export DEBIAN_FRONTEND=noninteractive &&
        apt-get -o DPkg::Lock::Timeout=600 update -q &&
        apt-get -o DPkg::Lock::Timeout=600 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold dist-upgrade -y -q
        """;

    /// <summary>The operating systems that are supported, sorted.</summary>
    public static ImmutableArray<string> Supported { get; } = [.. All.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The dialect of an operating system; null when it is not supported.</summary>
    public static OsDialect? Of(string os) => All.GetValueOrDefault(os);

    private static OsDialect Dnf(string os) => new()
    {
        Os = os,
        Install = package => ShellCommand.Of("dnf", "install", "-y", package),
        Upgrade = ShellCommand.Of("dnf", "update", "-y"),
        RebootNeeded = NeedsRestarting,
        KubernetesRepositories = sources => RpmRepositories(sources, null),
    };

    private static OsDialect Yum(string os) => new()
    {
        Os = os,
        Install = package => ShellCommand.Of("yum", "install", "-y", package),
        Upgrade = ShellCommand.Of("yum", "update", "-y"),
        RebootNeeded = NeedsRestarting,
        ContainerdPackage = "containerd.io",
        KubernetesRepositories = sources => RpmRepositories(sources, "centos"),
    };

    // The extras and optional repositories exist for release 7 only; later releases carry no such names.
    private static OsDialect Rhel(string os) => Yum(os) with
    {
        EnableRepositories = version => version.Split('.')[0] == "7"
            ? ShellCommand.Of("subscription-manager", "repos", "--enable=rhel-7-server-extras-rpms", "--enable=rhel-7-server-optional-rpms")
            : null,
        KubernetesRepositories = sources => RpmRepositories(sources, "rhel"),
    };

    private static OsDialect Apt(string os) => new()
    {
        Os = os,
        Install = package => ShellCommand.Of("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "-q", package),
        EnableRepositories = _ => ShellCommand.Of("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "update", "-q"),
        Upgrade = ShellCommand.Script(AptUpgrade),
        RebootNeeded = ShellCommand.Script("if [ -e /run/reboot-required ]; then echo yes; else echo no; fi"),
        DockerPackage = "docker.io",
        DockerFile = "/etc/default/docker",
        DockerVariable = "DOCKER_OPTS",
        FlannelFile = "/etc/default/flanneld",
        SelinuxEnabled = false,
        KubernetesRepositories = AptRepositories,
    };
}
