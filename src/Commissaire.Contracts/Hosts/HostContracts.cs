namespace Commissaire.Contracts.Hosts;

/// <summary>A host, as <c>GET /api/v0/host/{address}</c> shows it. The first eight fields are those of 2017, in their order.</summary>
public sealed record HostResource
{
    /// <summary>Where it is.</summary>
    public required string Address { get; init; }

    /// <summary><c>investigating</c>, <c>bootstrapping</c>, <c>disassociated</c>, <c>active</c> or <c>failed</c>.</summary>
    public required string Status { get; init; }

    /// <summary>The operating system; empty before investigation.</summary>
    public required string Os { get; init; }

    /// <summary>Logical processors; 0 before investigation.</summary>
    public required int Cpus { get; init; }

    /// <summary>Memory in KiB; 0 before investigation.</summary>
    public required long Memory { get; init; }

    /// <summary>Space on local block devices in KiB; 0 before investigation.</summary>
    public required long Space { get; init; }

    /// <summary>When it was last spoken to: UTC, <c>YYYY-MM-DDTHH:MM:SS.ffffff</c>.</summary>
    public required string LastCheck { get; init; }

    /// <summary>The label given at registration.</summary>
    public required string Source { get; init; }

    /// <summary>Why the status is what it is.</summary>
    public required string Reason { get; init; }

    /// <summary>What happens next.</summary>
    public required string Next { get; init; }

    /// <summary>Since when the status is what it is, in the form of <see cref="LastCheck"/>.</summary>
    public required string Since { get; init; }

    /// <summary>The cluster it is in; empty for none.</summary>
    public required string Cluster { get; init; }

    /// <summary>The container manager it is a node of; empty for none.</summary>
    public required string ContainerManager { get; init; }

    /// <summary>The port of its sshd.</summary>
    public required int Port { get; init; }

    /// <summary>The user Commissaire logs in as.</summary>
    public required string RemoteUser { get; init; }

    /// <summary>The host key it must prove itself with; empty before first contact.</summary>
    public required string HostKey { get; init; }

    /// <summary>The host key it shows instead; empty unless that is what is wrong.</summary>
    public required string OfferedHostKey { get; init; }

    /// <summary>The version of its operating system.</summary>
    public required string OsVersion { get; init; }

    /// <summary>The release of its running kernel.</summary>
    public required string Kernel { get; init; }

    /// <summary>The kernel's id of its current boot.</summary>
    public required string BootId { get; init; }
}

/// <summary>The body of <c>PUT /api/v0/host/{address}</c> and <c>PUT /api/v0/host</c>.</summary>
public sealed record RegisterHostRequest
{
    /// <summary>Where the host is; the sender's own address when it stands neither here nor in the path.</summary>
    public string? Address { get; init; }

    /// <summary>The same as <see cref="Address"/>, as the manual's example spells it.</summary>
    public string? Host { get; init; }

    /// <summary>Base64 of the private key file of a user who is root or may become root.</summary>
    public string? SshPrivKey { get; init; }

    /// <summary>That user; <c>root</c> by default.</summary>
    public string? RemoteUser { get; init; }

    /// <summary>The cluster to join.</summary>
    public string? Cluster { get; init; }

    /// <summary>The port of its sshd; 22 by default.</summary>
    public int? Port { get; init; }

    /// <summary>The host key it will prove itself with: a public key line or a fingerprint. Without one, the key of the first contact is recorded.</summary>
    public string? HostKey { get; init; }

    /// <summary>A free label.</summary>
    public string? Source { get; init; }

    /// <summary>Taken and ignored: the server knows better.</summary>
    public string? Status { get; init; }

    /// <summary>Taken and ignored.</summary>
    public string? Os { get; init; }

    /// <summary>Taken and ignored.</summary>
    public long? Cpus { get; init; }

    /// <summary>Taken and ignored.</summary>
    public long? Memory { get; init; }

    /// <summary>Taken and ignored.</summary>
    public long? Space { get; init; }

    /// <summary>Taken and ignored.</summary>
    public string? LastCheck { get; init; }
}

/// <summary>The body of <c>PUT /api/v0/host/{address}/hostkey</c>.</summary>
public sealed record AcceptHostKeyRequest
{
    /// <summary>The fingerprint of the key the host shows, as <c>offered_host_key</c> has it: <c>SHA256:…</c>.</summary>
    public string? Fingerprint { get; init; }
}

/// <summary>The credentials of a host.</summary>
/// <param name="Address">Which host.</param>
/// <param name="SshPrivKey">Base64 of the private key file, as it was sent.</param>
/// <param name="RemoteUser">The user it belongs to.</param>
public sealed record CredentialsResource(string Address, string SshPrivKey, string RemoteUser);

/// <summary>The status of a host and its node.</summary>
/// <param name="Type">Always <c>host_only</c>.</param>
/// <param name="Host">The host.</param>
/// <param name="ContainerManager">The node as its container manager sees it; empty when there is none.</param>
public sealed record HostStatusResource(string Type, HostHealth Host, IReadOnlyDictionary<string, string> ContainerManager);

/// <summary>How a host is.</summary>
/// <param name="LastCheck">When it was last spoken to.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Reason">Why.</param>
/// <param name="Since">Since when.</param>
/// <param name="Next">What happens next.</param>
public sealed record HostHealth(string LastCheck, string Status, string Reason, string Since, string Next);

/// <summary>One thing that happened to a host or a cluster.</summary>
/// <param name="Sequence">Its number, rising from 1: what <c>?after=</c> takes.</param>
/// <param name="At">When: UTC, <c>YYYY-MM-DDTHH:MM:SS.ffffff</c>.</param>
/// <param name="Event">What kind of thing.</param>
/// <param name="Summary">In words.</param>
/// <param name="Output">The end of what a command printed; empty when none is concerned.</param>
public sealed record HistoryEntry(long Sequence, string At, string Event, string Summary, string Output);
