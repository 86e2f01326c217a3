using System.Text.Json.Serialization;

namespace Commissaire.Contracts.Hosts;

/// <summary>
/// What a registration would do, as <c>PUT /api/v0/host/{address}?dry_run=true</c> returns it. Commissaire connected and looked; nothing
/// was changed on the host, and nothing is kept.
/// </summary>
public sealed record HostPlanResource
{
    /// <summary>The address of the host.</summary>
    public required string Address { get; init; }

    /// <summary>The cluster that the host would join; empty for none.</summary>
    public required string Cluster { get; init; }

    /// <summary>The container manager of that cluster; empty for none.</summary>
    public required string ContainerManager { get; init; }

    /// <summary>The host key that would be trusted: type and fingerprint. Empty if the host could not be reached.</summary>
    public required string HostKey { get; init; }

    /// <summary>The operating system; empty if the host could not be investigated.</summary>
    public required string Os { get; init; }

    /// <summary>The version of the operating system.</summary>
    public required string OsVersion { get; init; }

    /// <summary>The number of logical processors.</summary>
    public required int Cpus { get; init; }

    /// <summary>The memory in KiB.</summary>
    public required long Memory { get; init; }

    /// <summary>The size of the file system that holds <c>/</c>, in KiB.</summary>
    public required long Space { get; init; }

    /// <summary>Why the host would be adopted as it is, so that nothing is installed; absent if it would be bootstrapped.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Adopted { get; init; }

    /// <summary>Why the host would not become ready; absent if nothing is in the way.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Problem { get; init; }

    /// <summary>What would be done on the host, in order.</summary>
    public required IReadOnlyList<PlannedStepResource> Steps { get; init; }

    /// <summary>
    /// What would become of the host's node: <c>created</c>, <c>joined</c> by kubeadm, or <c>labelled</c> (it exists, and gets the labels
    /// and annotations of Commissaire); absent without a container manager, or if that is not known.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Node { get; init; }
}

/// <summary>A step that is still to be done on a host.</summary>
/// <param name="Step">The name of the step.</param>
/// <param name="Command">What runs on the host; empty for a step of the container manager.</param>
public sealed record PlannedStepResource(string Step, string Command)
{
    /// <summary>The package that the step installs, with what it depends on.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Package { get; init; }

    /// <summary>Whether the package is installed already. Only in a dry run, and absent if the host cannot tell.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Installed { get; init; }

    /// <summary>The path of the file that the step writes.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? File { get; init; }

    /// <summary>The permissions of the file, in octal.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Mode { get; init; }

    /// <summary>
    /// What becomes of the file: <c>created</c>, <c>replaced</c> or <c>unchanged</c>. A replaced file that Commissaire did not write is
    /// kept beside it, with the suffix <c>.before-commissaire</c>. Only in a dry run.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Change { get; init; }

    /// <summary>
    /// The difference between the file and what would be written, as a unified diff. Only in a dry run, and absent for a secret, an
    /// unchanged file, and one that is not text or longer than 64 KiB.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Diff { get; init; }
}
