using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Commissaire.Contracts.Runs;

/// <summary>
/// The body of <c>PUT /api/v0/cluster/{name}/restart</c>, <c>upgrade</c> and <c>deploy</c>. Which fields there are depends on the verb.
/// </summary>
public sealed record StartRunRequest
{
    /// <summary>The name of the cluster. Must equal the name in the path.</summary>
    public string? Name { get; init; }

    /// <summary>
    /// The version to deploy. Required for deploy. For bootc: an image reference, or a tag or digest of the booted image; for rpm-ostree: a
    /// version or a commit.
    /// </summary>
    [StringLength(512, MinimumLength = 1)]
    public string? Version { get; init; }

    /// <summary>The maximum number of unavailable hosts: a count, or a percentage (rounded down, at least 1). Default 1.</summary>
    public JsonElement? MaxUnavailable { get; init; }

    /// <summary>The number of failed hosts after which no further host starts: a count or a percentage. Default 1.</summary>
    public JsonElement? MaxFailures { get; init; }

    /// <summary>Whether to cordon and drain the node of a host first. Default true.</summary>
    [DefaultValue(true)]
    public bool? Drain { get; init; }

    /// <summary>The maximum time for draining a node, in seconds. Default 600.</summary>
    [Range(1, 86_400)]
    [DefaultValue(600)]
    public int? DrainTimeout { get; init; }

    /// <summary>The action when draining times out: <c>fail</c> the host (default), or <c>force</c>: delete the remaining pods.</summary>
    [AllowedValues("fail", "force")]
    [DefaultValue("fail")]
    public string? OnDrainTimeout { get; init; }

    /// <summary>
    /// The longest grace period of the pods that <c>force</c> deletes, in seconds. Default 30; 0 removes pods that may still run. Only if
    /// <c>on_drain_timeout</c> is <c>force</c>.
    /// </summary>
    [Range(0, 86_400)]
    public int? ForceGrace { get; init; }

    /// <summary>Whether to reboot after an upgrade or deploy: <c>never</c> (default), <c>if-needed</c> or <c>always</c>.</summary>
    [AllowedValues("never", "if-needed", "always")]
    [DefaultValue("never")]
    public string? Reboot { get; init; }

    /// <summary>
    /// What becomes of a host that fails after it booted another image: <c>leave</c> it (default), or <c>rollback</c>: boot the previous
    /// image. Upgrade and deploy only.
    /// </summary>
    [AllowedValues("leave", "rollback")]
    [DefaultValue("leave")]
    public string? OnFailure { get; init; }

    /// <summary>The time limit for a host, from its first change to its return, in seconds. Default 600 for restart, else 3600.</summary>
    [Range(1, 86_400)]
    public int? Timeout { get; init; }

    /// <summary>The pause between the return of a host and the start of the next, in seconds. Default 0.</summary>
    [Range(0, 86_400)]
    [DefaultValue(0)]
    public int? Soak { get; init; }

    /// <summary>
    /// The addresses of the members that have a turn. Default: all. The others still count for <c>max_unavailable</c>.
    /// </summary>
    public IReadOnlyList<string>? Hosts { get; init; }

    /// <summary>The addresses of members that have no turn. Default: none.</summary>
    public IReadOnlyList<string>? Exclude { get; init; }
}

/// <summary>A run of an operation. The hosts that are done are in <c>restarted</c>, <c>upgraded</c> or <c>deployed</c>.</summary>
/// <example>
/// {"name": "demo", "status": "in_process", "restarted": ["10.0.0.1"], "in_process": ["10.0.0.2"],
/// "started_at": "2026-11-26T13:41:14.031946", "finished_at": null, "id": 7, "verb": "restart", "reason": "1 of 3 hosts is done.",
/// "by": "admin", "options": {"max_unavailable": "25%", "max_unavailable_hosts": 1, "max_failures": "1", "max_failures_hosts": 1,
/// "drain": true, "drain_timeout": 600, "on_drain_timeout": "fail", "force_grace": 30, "reboot": "never", "timeout": 600, "soak": 0,
/// "on_failure": "leave"}, "failed": [], "skipped": [], "waiting": ["10.0.0.3"]}
/// </example>
public sealed record RunResource
{
    /// <summary>The name of the cluster.</summary>
    public required string Name { get; init; }

    /// <summary><c>in_process</c>, <c>finished</c> or <c>failed</c>.</summary>
    [AllowedValues("in_process", "finished", "failed")]
    public required string Status { get; init; }

    /// <summary>The version to deploy. Absent unless the operation is deploy.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Version { get; init; }

    /// <summary>The hosts that run the version. Absent unless the operation is deploy.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Deployed { get; init; }

    /// <summary>The hosts that were upgraded. Absent unless the operation is upgrade.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Upgraded { get; init; }

    /// <summary>The hosts that were restarted. Absent unless the operation is restart.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Restarted { get; init; }

    /// <summary>The hosts that started and are not done, including failed hosts.</summary>
    public required IReadOnlyList<string> InProcess { get; init; }

    /// <summary>The start time: UTC, <c>YYYY-MM-DDTHH:MM:SS.ffffff</c>.</summary>
    public required string StartedAt { get; init; }

    /// <summary>The end time: UTC, <c>YYYY-MM-DDTHH:MM:SS.ffffff</c>; null while the run is in process.</summary>
    public required string? FinishedAt { get; init; }

    /// <summary>The number of the run, counted from 1 in its cluster.</summary>
    public required int Id { get; init; }

    /// <summary>The operation: <c>restart</c>, <c>upgrade</c> or <c>deploy</c>.</summary>
    [AllowedValues("restart", "upgrade", "deploy")]
    public required string Verb { get; init; }

    /// <summary>Why the run has this status, or for what it waits. For people; the wording may change.</summary>
    public required string Reason { get; init; }

    /// <summary>The user who started the run.</summary>
    public required string By { get; init; }

    /// <summary>The options of the run, including defaults.</summary>
    public required RunOptionsResource Options { get; init; }

    /// <summary>The hosts that failed.</summary>
    public required IReadOnlyList<string> Failed { get; init; }

    /// <summary>The hosts that the run left unchanged.</summary>
    public required IReadOnlyList<string> Skipped { get; init; }

    /// <summary>The hosts that did not start yet.</summary>
    public required IReadOnlyList<string> Waiting { get; init; }

    /// <summary>For whom or what the run waits, and who can change that; absent once it is finished. For people.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? WaitsFor { get; init; }

    /// <summary>The state of each host. Only in <c>GET /api/v0/cluster/{name}/operations/{id}</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<RunHostResource>? Hosts { get; init; }
}

/// <summary>The options of a run, including defaults.</summary>
/// <param name="MaxUnavailable">The maximum number of unavailable hosts, as requested: a count or a percentage.</param>
/// <param name="MaxUnavailableHosts">The maximum number of unavailable hosts, as a count.</param>
/// <param name="MaxFailures">The number of failed hosts after which no further host starts, as requested: a count or a percentage.</param>
/// <param name="MaxFailuresHosts">The number of failed hosts after which no further host starts, as a count.</param>
/// <param name="Drain">Whether nodes are cordoned and drained.</param>
/// <param name="DrainTimeout">The maximum time for draining a node, in seconds.</param>
/// <param name="OnDrainTimeout">The action when draining times out: <c>fail</c> or <c>force</c>.</param>
/// <param name="ForceGrace">The longest grace period of the pods that <c>force</c> deletes, in seconds.</param>
/// <param name="Reboot">Whether to reboot: <c>never</c>, <c>if-needed</c> or <c>always</c>.</param>
/// <param name="Timeout">The time limit for a host, from its first change to its return, in seconds.</param>
/// <param name="Soak">The pause between the return of a host and the start of the next, in seconds.</param>
/// <param name="OnFailure">What becomes of a host that fails after it booted another image: <c>leave</c> or <c>rollback</c>.</param>
public sealed record RunOptionsResource(
    string MaxUnavailable,
    int MaxUnavailableHosts,
    string MaxFailures,
    int MaxFailuresHosts,
    bool Drain,
    int DrainTimeout,
    [property: AllowedValues("fail", "force")] string OnDrainTimeout,
    int ForceGrace,
    [property: AllowedValues("never", "if-needed", "always")] string Reboot,
    int Timeout,
    int Soak,
    [property: AllowedValues("leave", "rollback")] string OnFailure)
{
    /// <summary>The addresses of the members that have a turn; absent for all.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Hosts { get; init; }
}

/// <summary>The state of a host in a run.</summary>
/// <param name="Address">The address of the host.</param>
/// <param name="Outcome">
/// <c>waiting</c>, <c>staging</c>, <c>in_process</c>, <c>succeeded</c>, <c>skipped</c>, <c>failed</c> or <c>left</c>.
/// </param>
/// <param name="Step">The current or failed step; empty if there is none.</param>
/// <param name="Since">The time of the last change of state: UTC, <c>YYYY-MM-DDTHH:MM:SS.ffffff</c>.</param>
/// <param name="Reason">Why the host has this outcome. For people; the wording may change.</param>
/// <param name="Output">The last lines that the failed step printed; empty if no step failed.</param>
/// <example>
/// {"address": "10.0.0.2", "outcome": "in_process", "step": "drain", "since": "2026-11-26T13:42:00.000000", "reason": "Draining.",
/// "output": ""}
/// </example>
public sealed record RunHostResource(
    string Address,
    [property: AllowedValues("waiting", "staging", "in_process", "succeeded", "skipped", "failed", "left")] string Outcome,
    string Step,
    string Since,
    string Reason,
    string Output);

/// <summary>A run, as <c>GET /api/v0/cluster/{name}/operations</c> lists it.</summary>
/// <param name="Id">The number of the run, counted from 1 in its cluster.</param>
/// <param name="Verb">The operation: <c>restart</c>, <c>upgrade</c> or <c>deploy</c>.</param>
/// <param name="Status"><c>in_process</c>, <c>finished</c> or <c>failed</c>.</param>
/// <param name="Reason">Why the run has this status. For people; the wording may change.</param>
/// <param name="By">The user who started the run.</param>
/// <param name="StartedAt">The start time: UTC, <c>YYYY-MM-DDTHH:MM:SS.ffffff</c>.</param>
/// <param name="FinishedAt">The end time: UTC, <c>YYYY-MM-DDTHH:MM:SS.ffffff</c>; null while the run is in process.</param>
/// <param name="Hosts">The number of hosts by outcome.</param>
/// <example>
/// {"id": 7, "verb": "restart", "status": "in_process", "reason": "1 of 3 hosts is done.", "by": "admin",
/// "started_at": "2026-11-26T13:41:14.031946", "finished_at": null, "hosts": {"total": 3, "waiting": 1, "in_process": 1, "succeeded": 1,
/// "skipped": 0, "failed": 0, "left": 0}}
/// </example>
public sealed record RunSummary(
    int Id,
    [property: AllowedValues("restart", "upgrade", "deploy")] string Verb,
    [property: AllowedValues("in_process", "finished", "failed")] string Status,
    string Reason,
    string By,
    string StartedAt,
    string? FinishedAt,
    RunCounts Hosts);

/// <summary>The number of hosts of a run, by outcome.</summary>
/// <param name="Total">All hosts of the run.</param>
/// <param name="Waiting">Hosts that did not start yet.</param>
/// <param name="InProcess">Hosts that started and are not done, without failed hosts.</param>
/// <param name="Succeeded">Hosts that are done.</param>
/// <param name="Skipped">Hosts that the run left unchanged.</param>
/// <param name="Failed">Hosts that failed.</param>
/// <param name="Left">Hosts that left the cluster during the run.</param>
public sealed record RunCounts(int Total, int Waiting, int InProcess, int Succeeded, int Skipped, int Failed, int Left);
