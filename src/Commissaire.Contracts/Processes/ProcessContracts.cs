using System.ComponentModel.DataAnnotations;

namespace Commissaire.Contracts.Processes;

/// <summary>A server process of the installation.</summary>
/// <param name="Address">The address at which the other processes reach it.</param>
/// <param name="Status">Its membership status: <c>joining</c>, <c>weaklyup</c>, <c>up</c>, <c>leaving</c>, <c>exiting</c>, <c>down</c> or
/// <c>removed</c>.</param>
/// <param name="Reachable">Whether the answering process can reach it.</param>
/// <param name="Roles">The roles of the process: <c>api</c>, <c>worker</c>.</param>
/// <param name="Self">Whether it is the answering process.</param>
/// <example>
/// {"address": "akka.ssl.tcp://commissaire@10.0.0.5:4053", "status": "up", "reachable": true, "roles": ["api", "worker"], "self": true}
/// </example>
public sealed record ProcessResource(
    string Address,
    [property: AllowedValues("joining", "weaklyup", "up", "leaving", "exiting", "down", "removed")] string Status,
    bool Reachable,
    IReadOnlyList<string> Roles,
    bool Self);
