using Commissaire.Clusters;
using Commissaire.ContainerManagers;
using Commissaire.Contracts;
using Commissaire.Contracts.Hosts;
using Commissaire.Shell;

namespace Commissaire.Hosts;

/// <summary>Turns the replies of hosts into HTTP.</summary>
internal static class HostAnswers
{
    /// <summary>The answer for a reply. Credentials need the key from the secret store; null if it has none.</summary>
    public static IResult Of(HostAddress host, HostReply reply, int status = 200, byte[]? key = null) => reply switch
    {
        HostReply.Registered(var view) => Answers.Json(Resource(view), ContractsJson.Default.HostResource, 201),
        HostReply.Described(var view) => Answers.Json(Resource(view), ContractsJson.Default.HostResource, status),
        HostReply.Forgotten => Answers.Deleted,
        HostReply.Released(var files, var node) => Answers.Json(
            new ReleasedHostResource(host.Value, node?.Manager.Value ?? "", files), ContractsJson.Default.ReleasedHostResource),
        HostReply.Credentials(_, var user) when key is not null => Answers.Json(
            new CredentialsResource(host.Value, Convert.ToBase64String(key), user), ContractsJson.Default.CredentialsResource),
        HostReply.Credentials => Answers.Problem(
            404, $"The SSH key of host '{host}' is missing from the secret store. Delete the host and register it again."),
        HostReply.Refused(HostRefusal.NotRegistered, _) => Unknown(host.Value),
        HostReply.Refused(HostRefusal.UnusableKey, var detail) => Answers.Problem(400, $"{detail}."),
        HostReply.Refused(HostRefusal.RegisteredWithAnotherKey, _) => Answers.Problem(
            409, $"ssh_priv_key: host '{host}' is registered with another key. Replace it with PUT /api/v0/host/{host}/credentials "
            + "(commctl host set-credentials), or delete the host first."),
        HostReply.Refused(HostRefusal.RegisteredDifferently, var detail) => Answers.Problem(409, $"{detail}"),
        HostReply.Refused(HostRefusal.CannotLogIn, var detail) => Answers.Problem(
            409, $"Nothing was changed, because a login with these credentials failed: {detail}."),
        HostReply.Refused(HostRefusal.Busy, var detail) => Answers.Problem(
            409, $"Host '{host}' is busy: {detail}. Wait for the end of it."),
        HostReply.Refused(HostRefusal.CannotRestore, var detail) => Answers.Problem(
            409, $"Host '{host}' stays registered, because its files could not be restored: {detail}. Repeat it, or release the host "
            + "without restoring its files."),
        HostReply.Refused(HostRefusal.InAnotherCluster, null) => Answers.Problem(
            409, $"cluster: host '{host}' is registered without a cluster. Add it with PUT /api/v0/cluster/NAME/hosts/{host}."),
        HostReply.Refused(HostRefusal.InAnotherCluster, var cluster) => Answers.Problem(
            409, $"Host '{host}' is a member of cluster '{cluster}'. Remove it there first: a host can be in one cluster only."),
        HostReply.Refused(HostRefusal.NotReadyToJoin, var current) => Answers.Problem(
            405, $"Host '{host}' is {current}. Only active and disassociated hosts can join a cluster."),
        HostReply.Refused(HostRefusal.NotTheOfferedKey, null) => Answers.Problem(
            409, $"fingerprint: host '{host}' offers no new host key, so there is nothing to accept."),
        HostReply.Refused(HostRefusal.NotTheOfferedKey, var offered) => Answers.Problem(
            409, $"fingerprint: host '{host}' offers {offered}. Verify that key, and send its fingerprint."),
        _ => throw new InvalidOperationException($"No HTTP answer for {reply.GetType()}."),
    };

    /// <summary>A host, with the addresses of the other hosts that are the same machine.</summary>
    public static IResult Described(HostView host, IReadOnlyList<string> sameMachine) => Answers.Json(
        Resource(host) with { SameMachine = sameMachine.Count == 0 ? null : sameMachine, Plan = HostPlanAnswers.StepsLeft(host) },
        ContractsJson.Default.HostResource);

    /// <summary>The answer if the secret store cannot decrypt the key of a host.</summary>
    public static IResult Undecryptable(HostAddress host, string reason) => Answers.Problem(
        409, $"The SSH key of host '{host}' cannot be decrypted: {reason} Restore the key file from a backup and restart the server, "
        + "or delete the host and register it again.");

    /// <summary>
    /// What became of the nodes of hosts that left, for a client that asked by the query parameter <c>nodes</c>. Others get an empty list:
    /// commctl of 2017 prints anything else in place of "Success".
    /// </summary>
    public static IResult Departed(string? asked, IEnumerable<DepartedNode> nodes) => asked is null
        ? Answers.Deleted
        : Answers.Json(
            [.. nodes.Select(n => new NodeDepartureResource(n.Host.Value, n.Node.Manager.Value, ToWireName(n.Node)))],
            ContractsJson.Default.IReadOnlyListNodeDepartureResource);

    private static string ToWireName(NodeDeparture node) => node.Stays ? "released" : "removed";

    /// <summary>A dry run of a registration that has happened.</summary>
    public static IResult AlreadyRegistered(HostAddress host) => Answers.Problem(
        409, $"Host '{host}' is registered, so there is nothing to try. GET /api/v0/host/{host} shows what is still to be done on it.");

    /// <summary>A dry run with a token, which can only register.</summary>
    public static IResult NotWithToken { get; } =
        Answers.Problem(403, "dry_run: a dry run needs a user; an enrolment token can only register.");

    public static IResult Unknown(string address) => Answers.Problem(404, $"No host is registered at '{address}'.");

    /// <summary>The status of a host, and of its node if it has a container manager.</summary>
    public static IResult Status(HostView host, ContainerManagerReply? node)
    {
        Dictionary<string, string> facts = node switch
        {
            ContainerManagerReply.Node { Status: { } status } => new() { ["node"] = host.Address.Value, ["status"] = status },
            ContainerManagerReply.NodeDetail(var details) => details.ToDictionary(f => f.Name, f => f.Value),
            _ => [],
        };
        var health = new HostHealth(
            Timestamp.Format(host.LastCheck), host.Status.ToWireName(), host.Reason, Timestamp.Format(host.Since), host.Next);
        return Answers.Json(new HostStatusResource("host_only", health, facts), ContractsJson.Default.HostStatusResource);
    }

    public static HostResource Resource(HostView host) => new()
    {
        Address = host.Address.Value,
        Status = host.Status.ToWireName(),
        Os = host.Facts?.Os ?? "",
        Cpus = host.Facts?.Cpus ?? 0,
        Memory = host.Facts?.MemoryKiB ?? 0,
        Space = host.Facts?.SpaceKiB ?? 0,
        LastCheck = Timestamp.Format(host.LastCheck),
        Source = host.Source,
        Reason = host.Reason,
        Next = host.Next,
        Since = Timestamp.Format(host.Since),
        Cluster = host.Cluster?.Value ?? "",
        ContainerManager = host.Manager?.Value ?? "",
        Port = host.Port,
        RemoteUser = host.RemoteUser,
        HostKey = host.HostKey?.ToString() ?? "",
        OfferedHostKey = host.OfferedHostKey?.ToString() ?? "",
        OsVersion = host.Facts?.OsVersion ?? "",
        Kernel = host.Facts?.Kernel ?? "",
        BootId = host.Facts?.BootId ?? "",
        ContainerSpace = host.Facts?.ContainerSpaceKiB,
        OsLike = host.Facts is { } facts ? OsFamily.Like(facts) : null,
        Bootstrap = host.Bootstrap?.ToWireName(),
        Adopted = host.Adopted,
        WaitsFor = host.WaitsFor,
        NodeIfDeleted = host.NodeDeparture is { } node ? ToWireName(node) : null,
        BootedImage = host.Facts?.Images?.Booted.Pinned,
        StagedImage = host.Facts?.Images?.Staged?.Pinned,
        RollbackImage = host.Facts?.Images?.Rollback?.Pinned,
    };
}
