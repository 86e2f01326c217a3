using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Commissaire.Contracts.Hosts;

/// <summary>A host, as <c>GET /api/v0/host/{address}</c> returns it. The first eight fields are those of 2017, in their order.</summary>
/// <example>
/// {"address": "10.0.0.1", "status": "active", "os": "fedora", "cpus": 4, "memory": 16000000, "space": 52000000,
/// "last_check": "2026-11-26T13:41:14.031946", "source": "", "reason": "The node is ready.", "next": "Checked every 60 s.",
/// "since": "2026-11-26T13:30:00.000000", "cluster": "demo", "container_manager": "k8s", "port": 22, "remote_user": "root",
/// "host_key": "ssh-ed25519 SHA256:0000000000000000000000000000000000000000000", "offered_host_key": "", "os_version": "43",
/// "kernel": "6.17.1-300.fc43.x86_64", "boot_id": "6ac12ae0-9f3b-4b2b-8b4c-3ee13cbb7f0a"}
/// </example>
public sealed record HostResource
{
    /// <summary>The host name, IPv4 or IPv6 address of the host.</summary>
    public required string Address { get; init; }

    /// <summary><c>investigating</c>, <c>bootstrapping</c>, <c>disassociated</c>, <c>active</c> or <c>failed</c>.</summary>
    [AllowedValues("investigating", "bootstrapping", "disassociated", "active", "failed")]
    public required string Status { get; init; }

    /// <summary>The operating system, as <c>ID</c> in os-release; <c>atomic</c> for an ostree. Empty before investigation.</summary>
    public required string Os { get; init; }

    /// <summary>The number of logical processors; 0 before investigation.</summary>
    public required int Cpus { get; init; }

    /// <summary>The memory in KiB; 0 before investigation.</summary>
    public required long Memory { get; init; }

    /// <summary>The size of the file system that holds <c>/</c>, in KiB; 0 before investigation, or if it is unknown.</summary>
    public required long Space { get; init; }

    /// <summary>The time of the last contact with the host: UTC, <c>YYYY-MM-DDTHH:MM:SS.ffffff</c>.</summary>
    public required string LastCheck { get; init; }

    /// <summary>The label given at registration; empty if none was given.</summary>
    public required string Source { get; init; }

    /// <summary>Why the host has this status. For people; the wording may change.</summary>
    public required string Reason { get; init; }

    /// <summary>The next thing that happens to the host. For people; the wording may change.</summary>
    public required string Next { get; init; }

    /// <summary>The time of the last change of status: UTC, <c>YYYY-MM-DDTHH:MM:SS.ffffff</c>.</summary>
    public required string Since { get; init; }

    /// <summary>The cluster of the host; empty if it is in none.</summary>
    public required string Cluster { get; init; }

    /// <summary>The container manager in which the host is registered as a node; empty if there is none.</summary>
    public required string ContainerManager { get; init; }

    /// <summary>The port of sshd.</summary>
    public required int Port { get; init; }

    /// <summary>The user as which Commissaire logs in.</summary>
    public required string RemoteUser { get; init; }

    /// <summary>The trusted host key: type and fingerprint. Empty before the first connection.</summary>
    public required string HostKey { get; init; }

    /// <summary>The key that the host offers instead of the trusted key; empty unless the two differ.</summary>
    public required string OfferedHostKey { get; init; }

    /// <summary>The version of the operating system; empty before investigation.</summary>
    public required string OsVersion { get; init; }

    /// <summary>The release of the running kernel; empty before investigation.</summary>
    public required string Kernel { get; init; }

    /// <summary>The boot ID of the running kernel; empty before investigation.</summary>
    public required string BootId { get; init; }

    /// <summary>
    /// The size in KiB of the file system that holds the containers or the data of the kubelet; absent if it is that of <c>/</c>, or
    /// unknown.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? ContainerSpace { get; init; }

    /// <summary>The supported system whose commands are used because the system itself is not supported; else absent.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? OsLike { get; init; }

    /// <summary><c>auto</c>, <c>always</c> or <c>never</c>, as the host was registered; absent for the policy of its cluster.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Bootstrap { get; init; }

    /// <summary>
    /// Why the host was adopted as it is instead of bootstrapped; absent if it was, or is to be, bootstrapped. For people; the wording may
    /// change.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Adopted { get; init; }

    /// <summary>
    /// For whom or what the host waits, and who can change that; absent if it waits for nothing but the next health check. For people; the
    /// wording may change.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? WaitsFor { get; init; }

    /// <summary>
    /// The steps of its bootstrap that are not done. Only in <c>GET /api/v0/host/{address}</c>, and absent before the bootstrap is planned
    /// and once it is complete.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<PlannedStepResource>? Plan { get; init; }

    /// <summary>
    /// What becomes of the host's node when the host is deleted or leaves its cluster: <c>removed</c>, or <c>released</c> (it stays,
    /// without the labels and annotations of Commissaire); absent if it has none.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? NodeIfDeleted { get; init; }

    /// <summary>
    /// The image that runs, as reference and digest (<c>quay.io/acme/os:1.4@sha256:…</c>), or as branch and commit of an ostree; absent
    /// unless the system of the host is an image.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? BootedImage { get; init; }

    /// <summary>The image that the next boot starts; absent if that is the booted one, or the one before.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? StagedImage { get; init; }

    /// <summary>The image that was booted before; absent if there is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? RollbackImage { get; init; }

    /// <summary>
    /// The addresses of other hosts that are the same machine: they showed the same host key and the same boot ID. Absent if there are
    /// none.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? SameMachine { get; init; }
}

/// <summary>
/// What becomes of the node of a host that was deleted or left its cluster. The container manager was asked; while it cannot be reached,
/// the request is repeated.
/// </summary>
/// <param name="Address">The address of the host.</param>
/// <param name="ContainerManager">The container manager of the node.</param>
/// <param name="Node"><c>removed</c>, or <c>released</c>: it stays, without the labels and annotations of Commissaire.</param>
public sealed record NodeDepartureResource(string Address, string ContainerManager, string Node);

/// <summary>
/// The body of <c>POST /api/v0/host/{address}/rotate-key</c>: the public half of another key is installed on the host and proved by a
/// login; then it is used, and the old one is removed from <c>authorized_keys</c>.
/// </summary>
public sealed record RotateKeyRequest
{
    /// <summary>The new private SSH key: the key file in base64. Default: the server makes one (ECDSA P-256).</summary>
    public string? SshPrivKey { get; init; }
}

/// <summary>The body of <c>POST /api/v0/host/{address}/release</c>: ends the charge of a host, whose node stays.</summary>
public sealed record ReleaseHostRequest
{
    /// <summary>
    /// Whether to put back the files that were there before the bootstrap, and to remove those that it created. No service is restarted,
    /// and no package removed. Default false.
    /// </summary>
    public bool? Restore { get; init; }
}

/// <summary>A host that was released. It is not registered any more.</summary>
/// <param name="Address">The address of the host.</param>
/// <param name="ContainerManager">
/// The container manager whose node of the host stays, without the labels and annotations of Commissaire; empty for none.
/// </param>
/// <param name="Files">What became of each file that Commissaire wrote; empty if there is none, or if it was not asked for.</param>
public sealed record ReleasedHostResource(string Address, string ContainerManager, IReadOnlyList<string> Files);

/// <summary>
/// The body of <c>PUT /api/v0/host/{address}/credentials</c>: how to log in from now on. A login is tried first; if it fails, nothing
/// changes. An absent field keeps its value; one field is required.
/// </summary>
/// <example>{"remote_user": "core", "port": 2222}</example>
public sealed record ChangeCredentialsRequest
{
    /// <summary>The private SSH key of the remote user: the key file in base64.</summary>
    [Base64String]
    public string? SshPrivKey { get; init; }

    /// <summary>The user as which Commissaire logs in: root, or a user with passwordless sudo.</summary>
    public string? RemoteUser { get; init; }

    /// <summary>The port of sshd.</summary>
    [Range(1, 65_535)]
    public int? Port { get; init; }
}

/// <summary>The body of <c>PUT /api/v0/host/{address}/hostkey</c>: trusts the key that the host offers.</summary>
/// <example>{"fingerprint": "SHA256:0000000000000000000000000000000000000000000"}</example>
public sealed record AcceptHostKeyRequest
{
    /// <summary>The fingerprint in <c>offered_host_key</c>: <c>SHA256:…</c>. Required.</summary>
    [Required]
    public string? Fingerprint { get; init; }
}

/// <summary>The SSH credentials of a host.</summary>
/// <param name="Address">The address of the host.</param>
/// <param name="SshPrivKey">The private key file in base64, as registered.</param>
/// <param name="RemoteUser">The user to whom the key belongs.</param>
/// <example>{"address": "10.0.0.1", "ssh_priv_key": "QkFTRTY0IE9GIFRIRSBLRVkgRklMRQ==", "remote_user": "root"}</example>
public sealed record CredentialsResource(string Address, [property: Base64String] string SshPrivKey, string RemoteUser);

/// <summary>The status of a host and of its node.</summary>
/// <param name="Type">Always <c>host_only</c>.</param>
/// <param name="Host">The status of the host.</param>
/// <param name="ContainerManager">The node, as its container manager reports it; <c>{}</c> if the host is not a node.</param>
/// <example>
/// {"type": "host_only", "host": {"last_check": "2026-11-26T13:41:14.031946", "status": "active", "reason": "The node is ready.",
/// "since": "2026-11-26T13:30:00.000000", "next": "Checked every 60 s."}, "container_manager": {"node": "node-1", "status": "Ready"}}
/// </example>
public sealed record HostStatusResource(
    [property: AllowedValues("host_only")] string Type, HostHealth Host, IReadOnlyDictionary<string, string> ContainerManager);

/// <summary>The status of a host.</summary>
/// <param name="LastCheck">The time of the last contact with the host: UTC, <c>YYYY-MM-DDTHH:MM:SS.ffffff</c>.</param>
/// <param name="Status"><c>investigating</c>, <c>bootstrapping</c>, <c>disassociated</c>, <c>active</c> or <c>failed</c>.</param>
/// <param name="Reason">Why the host has this status. For people; the wording may change.</param>
/// <param name="Since">The time of the last change of status: UTC, <c>YYYY-MM-DDTHH:MM:SS.ffffff</c>.</param>
/// <param name="Next">The next thing that happens to the host. For people; the wording may change.</param>
public sealed record HostHealth(
    string LastCheck,
    [property: AllowedValues("investigating", "bootstrapping", "disassociated", "active", "failed")]
    string Status,
    string Reason,
    string Since,
    string Next);
