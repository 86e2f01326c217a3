using System.Collections.Immutable;
using System.Net;

namespace Commissaire.Lab.Hosts;

/// <summary>What a host is when it first boots.</summary>
public sealed record LabHostOptions
{
    /// <summary>The distribution it imitates.</summary>
    public LabOs Os { get; init; } = LabOs.Fedora;

    /// <summary>Its address, of 127.0.0.0/8; the next free one of the lab when not given.</summary>
    public IPAddress? Address { get; init; }

    /// <summary>Its SSH port; the lab's when not given.</summary>
    public int? Port { get; init; }

    /// <summary>What the user <c>core</c> may do with <c>sudo</c>.</summary>
    public SudoRule Sudo { get; init; } = SudoRule.NoPassword;

    /// <summary>The kind of host key it has.</summary>
    public HostKeyType HostKey { get; init; } = HostKeyType.Ed25519;

    /// <summary>Lines of its sshd_config, which replace the lines of the lab with the same setting.</summary>
    public ImmutableArray<string> Sshd { get; init; } = [];

    /// <summary>The command that sshd runs in place of every command, which is then in <c>SSH_ORIGINAL_COMMAND</c>; none if null.</summary>
    public string? ForceCommand { get; init; }

    /// <summary>How long package managers take; the lab's when not given.</summary>
    public TimeSpan? PackageDelay { get; init; }

    /// <summary>Whether a package upgrade leaves the host in need of a reboot, as distributions tell it.</summary>
    public bool UpgradesNeedReboot { get; init; }

    /// <summary>What becomes of it when it is told to reboot, unless <see cref="LabHost.NextReboot"/> says otherwise.</summary>
    public Reboot Reboot { get; init; } = new();

    /// <summary>The version of the ostree or image that an <c>atomic</c> or <c>bootc</c> host has booted.</summary>
    public string Version { get; init; } = "42.20250410.0";

    /// <summary>The version that an upgrade finds; none newer when it is the booted one.</summary>
    public string LatestVersion { get; init; } = "42.20250512.0";
}

/// <summary>What the user <c>core</c> may do with <c>sudo</c>.</summary>
public enum SudoRule
{
    /// <summary>Nothing: sudo asks for a password it never takes.</summary>
    None,

    /// <summary>Everything.</summary>
    NoPassword,

    /// <summary>Everything, but from a terminal only (<c>requiretty</c>, once the default of RHEL).</summary>
    NoPasswordFromTerminal,
}

/// <summary>The kinds of SSH host keys.</summary>
public enum HostKeyType
{
    /// <summary>Ed25519.</summary>
    Ed25519,

    /// <summary>ECDSA over P-256.</summary>
    Ecdsa,

    /// <summary>ECDSA over P-384.</summary>
    Ecdsa384,

    /// <summary>ECDSA over P-521.</summary>
    Ecdsa521,

    /// <summary>RSA, 2048 bits, used with SHA-2.</summary>
    Rsa,
}
