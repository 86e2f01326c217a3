using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Commissaire.Shell;

/// <summary>
/// How one operating system says the few things Commissaire asks of it. The one table of what is supported: an operating system that has no
/// line here is not.
/// </summary>
public sealed record OsDialect
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

    private static readonly FrozenDictionary<string, OsDialect> All = new OsDialect[]
    {
        Dnf("fedora"),
        Yum("centos"),
        Rhel("rhel"),
        Rhel("redhat"),
        Dnf("rocky"),
        Dnf("almalinux"),
        Apt("debian"),
        Apt("ubuntu"),
        new() { Os = "atomic" },
    }.ToFrozenDictionary(d => d.Os);

    /// <summary>The operating systems that are supported, sorted.</summary>
    public static ImmutableArray<string> Supported { get; } = [.. All.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The dialect of an operating system; null when it is not supported.</summary>
    public static OsDialect? Of(string os) => All.GetValueOrDefault(os);

    private static OsDialect Dnf(string os) => new() { Os = os, Install = package => ShellCommand.Of("dnf", "install", "-y", package) };

    private static OsDialect Yum(string os) => new() { Os = os, Install = package => ShellCommand.Of("yum", "install", "-y", package) };

    // The extras and optional repositories exist for release 7 only; later releases carry no such names.
    private static OsDialect Rhel(string os) => Yum(os) with
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
        DockerPackage = "docker.io",
        DockerFile = "/etc/default/docker",
        DockerVariable = "DOCKER_OPTS",
        FlannelFile = "/etc/default/flanneld",
        SelinuxEnabled = false,
    };
}
