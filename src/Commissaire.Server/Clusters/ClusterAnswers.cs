using Commissaire.Contracts;
using Commissaire.Contracts.Clusters;
using Commissaire.Runs;

namespace Commissaire.Clusters;

/// <summary>Turns the replies of clusters into HTTP.</summary>
internal static class ClusterAnswers
{
    public static IResult Of(string name, ClusterReply reply) => reply switch
    {
        ClusterReply.Described(var view) => Answers.Json(
            new ClusterSummary(name, view.Status.ToWireName(), view.Network.Value, view.Manager?.Value ?? "")
            {
                Bootstrap = view.Bootstrap == BootstrapPolicy.Auto ? null : view.Bootstrap.ToWireName(),
            },
            ContractsJson.Default.ClusterSummary,
            201),
        ClusterReply.Forgotten => Answers.Deleted,
        ClusterReply.HeldBy(var run, var verb) => Answers.Problem(
            409,
            $"Cluster '{run.Cluster}' is held by run {run.Number} ({verb.ToWireName()}). "
            + $"Wait for it, or cancel it: DELETE /api/v0/cluster/{run.Cluster}/operations/{run.Number}."),
        ClusterReply.Refused(ClusterRefusal.StillLeaving) => Answers.Problem(
            409, $"Cluster '{name}' is still being deleted. Retry in a moment."),
        _ => Unknown(name),
    };

    public static IResult Unknown(string name) => Answers.Problem(404, $"There is no cluster '{name}'.");

    public static IResult InvalidName(string name) =>
        Answers.Problem(404, $"'{name}' is not a valid name for a cluster; expected {ResourceName.Expectation}.");

    /// <summary>The body names a cluster that does not exist.</summary>
    public static IResult Missing(string name) => Answers.Problem(409, $"cluster: there is no cluster '{name}'. Create it first.");

    public static IResult Full(ClusterView cluster) => Answers.Json(
        new ClusterResource(
            cluster.Name.Value, cluster.Status.ToWireName(), cluster.Network.Value, MemberAddresses(cluster), cluster.Manager?.Value ?? "",
            new HostCounts(cluster.Members.Length, cluster.Available, cluster.Members.Length - cluster.Available), cluster.Reason)
        {
            Bootstrap = cluster.Bootstrap == BootstrapPolicy.Auto ? null : cluster.Bootstrap.ToWireName(),
        },
        ContractsJson.Default.ClusterResource);

    public static IResult Members(ClusterView cluster) => Answers.Json(
        new ClusterMembers(
            cluster.Name.Value, cluster.Status.ToWireName(), cluster.Network.Value, MemberAddresses(cluster), cluster.Manager?.Value ?? ""),
        ContractsJson.Default.ClusterMembers);

    public static IResult MemberList(ClusterView cluster) => Answers.Names(MemberAddresses(cluster));

    public static IResult NotAMember(string name, string host) =>
        Answers.Problem(404, $"Host '{host}' is not a member of cluster '{name}'.");

    public static IResult MembersChanged(string name) => Answers.Problem(
        409, $"old: differs from the current hosts of cluster '{name}'. Read them with GET /api/v0/cluster/{name}/hosts, and retry.");

    public static string ToWireName(this ClusterStatus status) => status switch
    {
        ClusterStatus.Ok => "ok",
        ClusterStatus.Degraded => "degraded",
        _ => "failed",
    };

    private static string[] MemberAddresses(ClusterView cluster) => [.. cluster.Members.Select(m => m.Value)];
}
