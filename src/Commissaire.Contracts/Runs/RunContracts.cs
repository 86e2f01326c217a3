using System.Text.Json;
using System.Text.Json.Serialization;

namespace Commissaire.Contracts.Runs;

/// <summary>The body of <c>PUT /api/v0/cluster/{name}/restart</c>, <c>upgrade</c> and <c>deploy</c>. All is optional, but deploy needs a version.</summary>
public sealed record StartRunRequest
{
    /// <summary>The cluster's name, if it is to stand here too; it must be that of the path.</summary>
    public string? Name { get; init; }

    /// <summary>The version of the ostree to deploy.</summary>
    public string? Version { get; init; }

    /// <summary>How many members may be unavailable at a time, whatever the cause: a count, or a percentage as <c>"25%"</c> (rounded down, at least 1). Default 1.</summary>
    public JsonElement? MaxUnavailable { get; init; }

    /// <summary>After how many failed hosts no further one begins: a count or a percentage. Default 1.</summary>
    public JsonElement? MaxFailures { get; init; }

    /// <summary>Whether hosts that are nodes are cordoned and drained first. Default true.</summary>
    public bool? Drain { get; init; }

    /// <summary>How long draining a node may take, in seconds. Default 600.</summary>
    public int? DrainTimeout { get; init; }

    /// <summary>What happens then: <c>fail</c> (default) or <c>force</c>.</summary>
    public string? OnDrainTimeout { get; init; }

    /// <summary>Whether a reboot follows an upgrade or a deployment: <c>never</c> (default), <c>if-needed</c> or <c>always</c>.</summary>
    public string? Reboot { get; init; }

    /// <summary>How long a host may take from when it is first changed until it is back, in seconds. Default 600 for restart, 3600 otherwise.</summary>
    public int? Timeout { get; init; }

    /// <summary>How long after a host's return no other begins, in seconds. Default 0.</summary>
    public int? Soak { get; init; }
}

/// <summary>A run of an operation. The list named after what is done holds the hosts it was done to.</summary>
public sealed record RunResource
{
    /// <summary>The cluster.</summary>
    public required string Name { get; init; }

    /// <summary><c>in_process</c>, <c>finished</c> or <c>failed</c>.</summary>
    public required string Status { get; init; }

    /// <summary>The version deployed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Version { get; init; }

    /// <summary>The hosts deployed to.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Deployed { get; init; }

    /// <summary>The hosts upgraded.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Upgraded { get; init; }

    /// <summary>The hosts restarted.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Restarted { get; init; }

    /// <summary>The hosts that began and are not done, those that failed among them.</summary>
    public required IReadOnlyList<string> InProcess { get; init; }

    /// <summary>When it began.</summary>
    public required string StartedAt { get; init; }

    /// <summary>When it was over; null while it is not.</summary>
    public required string? FinishedAt { get; init; }

    /// <summary>The run's number in its cluster.</summary>
    public required int Id { get; init; }

    /// <summary><c>restart</c>, <c>upgrade</c> or <c>deploy</c>.</summary>
    public required string Verb { get; init; }

    /// <summary>Why the status is what it is, and what the run waits for.</summary>
    public required string Reason { get; init; }

    /// <summary>Who began it.</summary>
    public required string By { get; init; }

    /// <summary>What it was asked to be.</summary>
    public required RunOptionsResource Options { get; init; }

    /// <summary>The hosts that failed.</summary>
    public required IReadOnlyList<string> Failed { get; init; }

    /// <summary>The hosts that were left as they are.</summary>
    public required IReadOnlyList<string> Skipped { get; init; }

    /// <summary>The hosts whose turn has not come.</summary>
    public required IReadOnlyList<string> Waiting { get; init; }

    /// <summary>Each host in detail; only where one run is asked for by its number.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<RunHostResource>? Hosts { get; init; }
}

/// <summary>What a run was asked to be, with the defaults filled in.</summary>
/// <param name="MaxUnavailable">How many members may be unavailable at a time, as it was given.</param>
/// <param name="MaxUnavailableHosts">The same in hosts.</param>
/// <param name="MaxFailures">After how many failed hosts no further one begins, as it was given.</param>
/// <param name="MaxFailuresHosts">The same in hosts.</param>
/// <param name="Drain">Whether nodes are drained.</param>
/// <param name="DrainTimeout">How long that may take, in seconds.</param>
/// <param name="OnDrainTimeout">What happens then.</param>
/// <param name="Reboot">Whether a reboot follows.</param>
/// <param name="Timeout">How long a host may take, in seconds.</param>
/// <param name="Soak">The pause after a host's return, in seconds.</param>
public sealed record RunOptionsResource(
    string MaxUnavailable, int MaxUnavailableHosts, string MaxFailures, int MaxFailuresHosts,
    bool Drain, int DrainTimeout, string OnDrainTimeout, string Reboot, int Timeout, int Soak);

/// <summary>A host in a run.</summary>
/// <param name="Address">Which.</param>
/// <param name="Outcome"><c>waiting</c>, <c>in_process</c>, <c>succeeded</c>, <c>skipped</c>, <c>failed</c> or <c>left</c>.</param>
/// <param name="Step">The step it is in, or failed in.</param>
/// <param name="Since">Since when.</param>
/// <param name="Reason">Why it stands there.</param>
/// <param name="Output">The end of what it printed in the step that failed.</param>
public sealed record RunHostResource(string Address, string Outcome, string Step, string Since, string Reason, string Output);

/// <summary>A run in the list of a cluster's runs.</summary>
/// <param name="Id">The run's number in its cluster.</param>
/// <param name="Verb"><c>restart</c>, <c>upgrade</c> or <c>deploy</c>.</param>
/// <param name="Status"><c>in_process</c>, <c>finished</c> or <c>failed</c>.</param>
/// <param name="Reason">Why.</param>
/// <param name="By">Who began it.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="FinishedAt">When it was over; null while it is not.</param>
/// <param name="Hosts">How many of its hosts stand where.</param>
public sealed record RunSummary(
    int Id, string Verb, string Status, string Reason, string By, string StartedAt, string? FinishedAt, RunCounts Hosts);

/// <summary>How many hosts of a run stand where.</summary>
public sealed record RunCounts(int Total, int Waiting, int InProcess, int Succeeded, int Skipped, int Failed, int Left);
