using System.Text.Json.Serialization;
using Commissaire.Contracts.Hosts;

namespace Commissaire.Contracts.Runs;

/// <summary>
/// How a run would go, as <c>PUT /api/v0/cluster/{name}/restart?dry_run=true</c> (or upgrade, or deploy) returns it, if nothing else
/// changed meanwhile. Nothing was started.
/// </summary>
public sealed record RunPlanResource
{
    /// <summary>The name of the cluster.</summary>
    public required string Name { get; init; }

    /// <summary>The operation: <c>restart</c>, <c>upgrade</c> or <c>deploy</c>.</summary>
    public required string Verb { get; init; }

    /// <summary>The version to deploy. Absent unless the operation is deploy.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Version { get; init; }

    /// <summary>How the run would end, or for what it would wait. For people; the wording may change.</summary>
    public required string Reason { get; init; }

    /// <summary>The options of the run, including defaults.</summary>
    public required RunOptionsResource Options { get; init; }

    /// <summary>The members of the cluster that are unavailable now.</summary>
    public required IReadOnlyList<UnavailableMemberResource> Unavailable { get; init; }

    /// <summary>The hosts of the run, in the order of their turns.</summary>
    public required IReadOnlyList<PlannedTurnResource> Hosts { get; init; }
}

/// <summary>A member of a cluster that is unavailable now.</summary>
/// <param name="Address">The address of the host.</param>
/// <param name="Reason">Why it is unavailable.</param>
public sealed record UnavailableMemberResource(string Address, string Reason);

/// <summary>The turn of a host in a run that is planned.</summary>
public sealed record PlannedTurnResource
{
    /// <summary>The address of the host.</summary>
    public required string Address { get; init; }

    /// <summary>Its place in the order of turns, counted from 1; absent if its turn would not begin.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Place { get; init; }

    /// <summary><c>succeeded</c> if nothing goes wrong; <c>skipped</c>; <c>failed</c>; <c>waiting</c> if its turn does not begin.</summary>
    public required string Outcome { get; init; }

    /// <summary>Why the host would have this outcome; empty if there is nothing to tell.</summary>
    public required string Reason { get; init; }

    /// <summary>The steps of its turn, and what each says to the host; the container manager takes those without a command.</summary>
    public required IReadOnlyList<PlannedStepResource> Steps { get; init; }

    /// <summary>
    /// The pods that the drain evicts. Each was tried now, by itself, in a dry run of the Kubernetes API. Absent if the node would not be
    /// drained.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<EvictedPodResource>? Pods { get; init; }

    /// <summary>Why the pods could not be asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? PodsProblem { get; init; }
}

/// <summary>A pod that a drain evicts.</summary>
/// <param name="Namespace">The namespace of the pod.</param>
/// <param name="Name">The name of the pod.</param>
/// <param name="Refusal">Why the API refuses its eviction now; empty if it does not.</param>
public sealed record EvictedPodResource(string Namespace, string Name, string Refusal);
