using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Commissaire.Contracts.Hosts;

/// <summary>The body of <c>PUT /api/v0/host/{address}</c> and <c>PUT /api/v0/host</c>.</summary>
/// <example>{"ssh_priv_key": "QkFTRTY0IE9GIFRIRSBLRVkgRklMRQ==", "remote_user": "root", "cluster": "demo"}</example>
public sealed record RegisterHostRequest
{
    /// <summary>The address of the host. Default: the address in the path, else the address of the client.</summary>
    public string? Address { get; init; }

    /// <summary>Another name for <c>address</c>.</summary>
    public string? Host { get; init; }

    /// <summary>The private SSH key of the remote user: the key file in base64. Required.</summary>
    [Required]
    [Base64String]
    public string? SshPrivKey { get; init; }

    /// <summary>
    /// The user as which Commissaire logs in: root, or a user with passwordless sudo. Default <c>root</c>, or the user with which the host
    /// is registered.
    /// </summary>
    public string? RemoteUser { get; init; }

    /// <summary>The cluster to join. Default: none.</summary>
    public string? Cluster { get; init; }

    /// <summary>The port of sshd. Default 22, or the port with which the host is registered.</summary>
    [Range(1, 65_535)]
    public int? Port { get; init; }

    /// <summary>The host key to trust: a public key line or a fingerprint. Default: the key offered at the first connection.</summary>
    public string? HostKey { get; init; }

    /// <summary>
    /// Whether the host is bootstrapped: <c>auto</c> (unless it is in service in a Kubernetes or OpenShift cluster), <c>always</c>, or
    /// <c>never</c> (adopt it as it is). Default: that of the cluster, else <c>auto</c>.
    /// </summary>
    [AllowedValues("auto", "always", "never")]
    public string? Bootstrap { get; init; }

    /// <summary>A free label. Default: empty.</summary>
    [StringLength(253)]
    [DefaultValue("")]
    public string? Source { get; init; }

    /// <summary>Ignored: set by the server.</summary>
    [Browsable(false)]
    public string? Status { get; init; }

    /// <summary>Ignored: set by the server.</summary>
    [Browsable(false)]
    public string? Os { get; init; }

    /// <summary>Ignored: set by the server.</summary>
    [Browsable(false)]
    public long? Cpus { get; init; }

    /// <summary>Ignored: set by the server.</summary>
    [Browsable(false)]
    public long? Memory { get; init; }

    /// <summary>Ignored: set by the server.</summary>
    [Browsable(false)]
    public long? Space { get; init; }

    /// <summary>Ignored: set by the server.</summary>
    [Browsable(false)]
    public string? LastCheck { get; init; }
}
