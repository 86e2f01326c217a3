using Akka.Cluster;
using Commissaire.Contracts;
using Commissaire.Contracts.Processes;

namespace Commissaire.Processes;

/// <summary>Turns the members of the Akka cluster into HTTP.</summary>
internal static class ProcessAnswers
{
    /// <summary>The processes as this one sees them, oldest first: the oldest runs the singletons.</summary>
    public static IResult Of(Cluster cluster) => Answers.Json(
        [.. cluster.State.Members.OrderBy(m => m, Member.AgeOrdering).Select(m => Resource(m, cluster))],
        ContractsJson.Default.IReadOnlyListProcessResource);

    /// <summary>The status in JSON and in metrics.</summary>
    public static string ToWireName(this MemberStatus status) => status switch
    {
        MemberStatus.Joining => "joining",
        MemberStatus.WeaklyUp => "weaklyup",
        MemberStatus.Up => "up",
        MemberStatus.Leaving => "leaving",
        MemberStatus.Exiting => "exiting",
        MemberStatus.Down => "down",
        _ => "removed",
    };

    private static ProcessResource Resource(Member member, Cluster cluster) => new(
        member.Address.ToString(),
        member.Status.ToWireName(),
        !cluster.State.Unreachable.Contains(member),
        [.. member.Roles.Where(r => r is ProcessSettings.Api or ProcessSettings.Worker).Order(StringComparer.Ordinal)],
        member.UniqueAddress.Equals(cluster.SelfUniqueAddress));
}
