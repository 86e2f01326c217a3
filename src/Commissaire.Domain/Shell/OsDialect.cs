using System.Collections.Frozen;

namespace Commissaire.Shell;

/// <summary>The commands, packages and files of one operating system. Operating systems without a dialect are not supported.</summary>
public sealed partial record OsDialect
{
    /// <summary>The name of the operating system in <see cref="Hosts.HostFacts.Os"/>.</summary>
    public required string Os { get; init; }

    /// <summary>Installs a package; null if packages are part of the image (ostree).</summary>
    public Func<string, ShellCommand>? Install { get; init; }

    /// <summary>The container runtime package.</summary>
    public string DockerPackage { get; init; } = "docker";

    /// <summary>The environment file of the docker service.</summary>
    public string DockerFile { get; init; } = "/etc/sysconfig/docker";

    /// <summary>The variable in <see cref="DockerFile"/> with the options of the docker daemon.</summary>
    public string DockerVariable { get; init; } = "OPTIONS";

    /// <summary>The environment file of the flannel service.</summary>
    public string FlannelFile { get; init; } = "/etc/sysconfig/flanneld";

    /// <summary>Whether the container runtime uses SELinux.</summary>
    public bool SelinuxEnabled { get; init; } = true;

    /// <summary>Enables the package repositories for an operating system version; returns null if they are enabled already.</summary>
    public Func<string, ShellCommand?> EnableRepositories { get; init; } = _ => null;

    /// <summary>Upgrades all packages or the deployment without prompting. Running it twice is harmless.</summary>
    public required ShellCommand Upgrade { get; init; }

    /// <summary>Stages a version for the next boot; null without ostree.</summary>
    public Func<string, ShellCommand>? Deploy { get; init; }

    /// <summary>Prints <c>yes</c> if changes need a reboot to take effect, else <c>no</c>.</summary>
    public required ShellCommand RebootNeeded { get; init; }

    /// <summary>Prints the booted deployment as JSON.</summary>
    public static ShellCommand BootedDeployment { get; } = ShellCommand.Of("rpm-ostree", "status", "--booted", "--json");

    // Exit status 1 means that a reboot is needed. In dnf 5 the command is a plugin, in older releases a separate program.
    private static readonly ShellCommand NeedsRestarting = ShellCommand.Script("""
        if command -v needs-restarting > /dev/null; then needs-restarting -r 1>&2; else dnf needs-restarting -r 1>&2; fi
        case $? in 0) echo no ;; 1) echo yes ;; *) exit 2 ;; esac
        """);

    private static readonly FrozenDictionary<string, OsDialect> All = new OsDialect[]
    {
        Dnf("fedora"),
        WithDockerRepository(Yum("centos"), "centos"),
        Rhel("rhel"),
        Rhel("redhat"),
        WithDockerRepository(Dnf("rocky"), "centos"),
        WithDockerRepository(Dnf("almalinux"), "centos"),
        Apt("debian"),
        Apt("ubuntu"),
        new()
        {
            Os = "atomic",
            Upgrade = ShellCommand.Of("rpm-ostree", "upgrade"),
            Deploy = version => ShellCommand.Of("rpm-ostree", "deploy", version),
            RebootNeeded = ShellCommand.Script("""rpm-ostree status --json | grep -q '"staged" *: *true' && echo yes || echo no"""),
        },
    }.ToFrozenDictionary(d => d.Os);

    // Waits for the lock of another apt, such as unattended-upgrades. Keeps edited configuration files.
    private const string AptUpgrade = """
        export DEBIAN_FRONTEND=noninteractive &&
        apt-get -o DPkg::Lock::Timeout=600 update -q &&
        apt-get -o DPkg::Lock::Timeout=600 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold dist-upgrade -y -q
        """;

    /// <summary>The names of the supported operating systems, sorted.</summary>
    public static ImmutableArray<string> Supported { get; } = [.. All.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Returns the dialect of an operating system; null if it is not supported.</summary>
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
    };

    private static OsDialect WithDockerRepository(OsDialect os, string site) => os with
    {
        ContainerdPackage = "containerd.io",
        KubernetesRepositories = sources => RpmRepositories(sources, site),
    };

    // Only release 7 has the extras and optional repositories.
    private static OsDialect Rhel(string os) => WithDockerRepository(Yum(os), "rhel") with
    {
        EnableRepositories = version => version.Split('.')[0] == "7"
            ? ShellCommand.Of("subscription-manager", "repos", "--enable=rhel-7-server-extras-rpms", "--enable=rhel-7-server-optional-rpms")
            : null,
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
