namespace Commissaire.Contracts.Processes;

/// <summary>One of the processes that an installation consists of.</summary>
/// <param name="Address">Where the others reach it.</param>
/// <param name="Status">Where it stands in the cluster of processes: <c>joining</c>, <c>up</c>, <c>leaving</c>, <c>exiting</c> or <c>down</c>.</param>
/// <param name="Reachable">Whether the process that answers can reach it.</param>
/// <param name="Roles">What it does: <c>api</c>, <c>worker</c>.</param>
/// <param name="Self">Whether it is the one that answers.</param>
public sealed record ProcessResource(string Address, string Status, bool Reachable, IReadOnlyList<string> Roles, bool Self);
