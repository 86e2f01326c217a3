namespace Commissaire.Contracts.Processes;

/// <summary>A server process of the installation.</summary>
/// <param name="Address">The address at which the other processes reach it.</param>
/// <param name="Status">Its membership status: <c>joining</c>, <c>up</c>, <c>leaving</c>, <c>exiting</c> or <c>down</c>.</param>
/// <param name="Reachable">Whether the answering process can reach it.</param>
/// <param name="Roles">The roles of the process: <c>api</c>, <c>worker</c>.</param>
/// <param name="Self">Whether it is the answering process.</param>
public sealed record ProcessResource(string Address, string Status, bool Reachable, IReadOnlyList<string> Roles, bool Self);
