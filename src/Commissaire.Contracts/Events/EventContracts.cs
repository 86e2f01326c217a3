namespace Commissaire.Contracts.Events;

/// <summary>Something that happened, as <c>GET /api/v0/events</c> streams it.</summary>
/// <param name="At">When.</param>
/// <param name="Subject">To what: <c>host</c>, <c>cluster</c> or <c>operation</c>.</param>
/// <param name="Name">To which: an address, a cluster's name, or a cluster and a run's number as <c>cluster/7</c>.</param>
/// <param name="Event">What, in one word.</param>
/// <param name="Summary">What, for people.</param>
public sealed record StreamedEvent(string At, string Subject, string Name, string Event, string Summary);
