using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Commissaire.Contracts.Events;

/// <summary>An event of a host, a cluster or a run, as <c>GET /api/v0/events</c> streams it.</summary>
/// <param name="At">The time of the event: UTC, <c>YYYY-MM-DDTHH:MM:SS.ffffff</c>.</param>
/// <param name="Subject">The kind of object: <c>host</c>, <c>cluster</c> or <c>operation</c>. Empty for a ping.</param>
/// <param name="Name">The address of the host, the name of the cluster, or the run as <c>cluster/7</c>. Empty for a ping.</param>
/// <param name="Event">The kind of event, such as <c>registered</c>, or <c>ping</c>.</param>
/// <param name="Summary">A description of the event. For people; the wording may change.</param>
/// <example>
/// {"at": "2026-11-26T13:41:14.031946", "subject": "host", "name": "10.0.0.1", "event": "registered",
/// "summary": "The host was registered."}
/// </example>
public sealed record StreamedEvent(
    string At, [property: AllowedValues("host", "cluster", "operation", "")] string Subject, string Name, string Event, string Summary)
{
    /// <summary>The user, or enrolment token, whose request caused the event; absent if none did.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? By { get; init; }
}

/// <summary>An entry in the history of a host, a cluster, a run or an enrolment token.</summary>
/// <param name="Sequence">The number of the event, counted from 1 in each history. <c>?after=</c> takes it.</param>
/// <param name="At">The time of the event: UTC, <c>YYYY-MM-DDTHH:MM:SS.ffffff</c>.</param>
/// <param name="Event">The kind of event, such as <c>registered</c>.</param>
/// <param name="Summary">A description of the event. For people; the wording may change.</param>
/// <param name="Output">The last lines that a command printed; empty if no command ran.</param>
/// <example>
/// {"sequence": 1, "at": "2026-11-26T13:41:14.031946", "event": "registered", "summary": "The host was registered.", "output": ""}
/// </example>
public sealed record HistoryEntry(long Sequence, string At, string Event, string Summary, string Output)
{
    /// <summary>The user, or enrolment token, whose request caused the event; absent if none did.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? By { get; init; }

    /// <summary>How the user logged in, as the authentication plug-in is named.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Login { get; init; }

    /// <summary>The address from which the request came.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? From { get; init; }
}
