using System.Collections.Frozen;

namespace Commissaire.Shell;

/// <summary>The commands, packages and files of one operating system. Operating systems without a dialect are not supported.</summary>
public sealed partial record OsDialect
{
    /// <summary>The name of the operating system in <see cref="HostFacts.Os"/>.</summary>
    public required string Os { get; init; }

    /// <summary>Installs a package; null if packages are part of the image.</summary>
    public Func<string, ShellCommand>? Install { get; init; }

    /// <summary>The database of installed packages: <c>rpm</c> or <c>dpkg</c>.</summary>
    public string PackageDatabase { get; init; } = "rpm";

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

    /// <summary>Upgrades all packages, or stages the newest image, without prompting. Running it twice is harmless.</summary>
    public required ShellCommand Upgrade { get; init; }

    /// <summary>Stages a version for the next boot; null if the system is no image.</summary>
    public Func<string, ShellCommand>? Deploy { get; init; }

    /// <summary>Prints an answer that <see cref="RebootAnswer.Read"/> reads: whether changes need a reboot to take effect.</summary>
    public required ShellCommand RebootNeeded { get; init; }

    private static readonly FrozenDictionary<string, OsDialect> All = new OsDialect[]
    {
        RpmFamily("fedora", "dnf"),
        WithDockerRepository(RpmFamily("centos", "yum"), "centos"),
        Rhel("rhel"),
        Rhel("redhat"),
        WithDockerRepository(RpmFamily("rocky", "dnf"), "centos"),
        WithDockerRepository(RpmFamily("almalinux", "dnf"), "centos"),
        AptFamily("debian"),
        AptFamily("ubuntu"),
        Ostree("atomic"),
    }.ToFrozenDictionary(d => d.Os);

    // Relatives of Fedora and Red Hat have dnf, yum or both.
    private static readonly FrozenDictionary<string, OsDialect> Relatives = All.Values.ToFrozenDictionary(d => d.Os, d => d.Os switch
    {
        "fedora" => RpmFamily("fedora", EitherTool),
        "centos" or "rhel" or "redhat" or "rocky" or "almalinux" => WithDockerRepository(RpmFamily(d.Os, EitherTool), "centos"),
        _ => d,
    });

    /// <summary>The names of the supported operating systems, sorted.</summary>
    public static ImmutableArray<string> Supported { get; } = [.. All.Keys.Order(StringComparer.Ordinal)];

    /// <summary>Returns the dialect of an operating system; null if it is not supported.</summary>
    public static OsDialect? Of(string os) => All.GetValueOrDefault(os);

    /// <summary>
    /// Returns the dialect of a host: that of its image, of its system, or of a system that it is like. Null if none is supported.
    /// </summary>
    public static OsDialect? Of(HostFacts facts) => facts.Images is { Booted: { IsCommit: false } booted }
        ? Image(facts.Os, booted)
        : Of(facts.Os) ?? (OsFamily.Like(facts) is { } like ? Relatives[like] : null);
}
