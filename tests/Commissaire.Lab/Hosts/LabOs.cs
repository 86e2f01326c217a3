using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Commissaire.Lab.Hosts;

/// <summary>A distribution a host can play: its os-release, and which of the commands we stand in for it has.</summary>
public sealed class LabOs : IParsable<LabOs>
{
    private static readonly ImmutableArray<string> Everywhere = ["systemctl", "reboot", "shutdown", "poweroff", "kubeadm"];

    private LabOs(string name, params ImmutableArray<string> own)
    {
        Name = name;
        Commands = [.. Everywhere, .. own];
    }

    /// <summary>Fedora 42.</summary>
    public static LabOs Fedora { get; } = new("fedora", "rpm", "dnf", "needs-restarting");

    /// <summary>Fedora 42 booted from an ostree: <c>/run/ostree-booted</c>, <c>rpm-ostree</c>, and no <c>dnf</c>.</summary>
    public static LabOs Atomic { get; } = new("atomic", "rpm-ostree");

    /// <summary>Fedora 42 in image mode: booted from a container image with <c>bootc</c>, and without <c>dnf</c>.</summary>
    public static LabOs Bootc { get; } = new("bootc", "bootc");

    /// <summary>CentOS Stream 9.</summary>
    public static LabOs CentOs { get; } = new("centos", "rpm", "dnf", "yum", "needs-restarting");

    /// <summary>CentOS 7, which has <c>yum</c> only.</summary>
    public static LabOs CentOs7 { get; } = new("centos7", "rpm", "yum", "needs-restarting", "yum-complete-transaction");

    /// <summary>Red Hat Enterprise Linux 9.</summary>
    public static LabOs Rhel { get; } = new("rhel", "rpm", "dnf", "yum", "needs-restarting", "subscription-manager");

    /// <summary>Red Hat Enterprise Linux 7, which has <c>yum</c> only.</summary>
    public static LabOs Rhel7 { get; } = new("rhel7", "rpm", "yum", "needs-restarting", "subscription-manager", "yum-complete-transaction");

    /// <summary>Rocky Linux 9.</summary>
    public static LabOs Rocky { get; } = new("rocky", "rpm", "dnf", "yum", "needs-restarting");

    /// <summary>AlmaLinux 9.</summary>
    public static LabOs AlmaLinux { get; } = new("almalinux", "rpm", "dnf", "yum", "needs-restarting");

    /// <summary>Debian 12.</summary>
    public static LabOs Debian { get; } = new("debian", "apt-get", "apt-mark", "dpkg", "dpkg-query");

    /// <summary>Ubuntu 24.04.</summary>
    public static LabOs Ubuntu { get; } = new("ubuntu", "apt-get", "apt-mark", "dpkg", "dpkg-query");

    /// <summary>Linux Mint 22, a relative of Ubuntu.</summary>
    public static LabOs Mint { get; } = new("linuxmint", "apt-get", "apt-mark", "dpkg", "dpkg-query");

    /// <summary>Amazon Linux 2, a relative of Fedora that has <c>yum</c> only.</summary>
    public static LabOs Amazon { get; } = new("amzn", "rpm", "yum", "needs-restarting", "yum-complete-transaction");

    /// <summary>Flatcar 4081, whose image is managed by other means.</summary>
    public static LabOs Flatcar { get; } = new("flatcar");

    /// <summary>Alpine 3.21: a distribution Commissaire does not know.</summary>
    public static LabOs Alpine { get; } = new("alpine");

    /// <summary>All of them.</summary>
    public static ImmutableArray<LabOs> All { get; } =
        [Fedora, Atomic, Bootc, CentOs, CentOs7, Rhel, Rhel7, Rocky, AlmaLinux, Debian, Ubuntu, Mint, Amazon, Flatcar, Alpine];

    /// <summary>
    /// The name to ask for it by: that of os-release, except for <c>atomic</c>, <c>bootc</c>, <c>centos7</c> and <c>rhel7</c>.
    /// </summary>
    public string Name { get; }

    /// <summary>Whether it boots from an ostree.</summary>
    public bool IsOstree => this == Atomic || this == Bootc;

    /// <summary>Whether its packages are Debian's.</summary>
    public bool IsDebianLike => this == Debian || this == Ubuntu || this == Mint;

    /// <summary>The stand-ins found on it.</summary>
    internal ImmutableArray<string> Commands { get; }

    /// <summary>The distribution of that name; <c>redhat</c> is another word for <c>rhel</c>.</summary>
    public static LabOs Parse(string s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out var os)
            ? os
            : throw new FormatException($"'{s}' is none of {string.Join(", ", All)}.");

    /// <inheritdoc cref="Parse"/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out LabOs result)
    {
        var name = s is "redhat" ? Rhel.Name : s;
        result = All.FirstOrDefault(os => os.Name == name);
        return result is not null;
    }

    /// <summary>Its name.</summary>
    public override string ToString() => Name;
}
