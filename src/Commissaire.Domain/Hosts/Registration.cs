using static Commissaire.Hosts.HostCommand;

namespace Commissaire.Hosts;

/// <summary>How a host was registered: its private key is in the secret store, with a keyed digest of the key as it was sent.</summary>
public sealed record HostRegistration(int Port, string RemoteUser, string SecretId, string KeyDigest, string Source)
{
    /// <summary>Whether the host is bootstrapped or adopted; null for the policy of its cluster.</summary>
    public BootstrapPolicy? Bootstrap { get; init; }
}

// Registration, credentials and deletion.
public sealed partial record HostState
{
    /// <summary>How the host was registered; null when it is not.</summary>
    public HostRegistration? Registration { get; private init; }

    /// <summary>Whether a registration would be accepted, so that its private key must be stored first.</summary>
    public bool Accepts(Register c) => Registration is null && c.Credential.Problem is null;

    private Verdict OnRegister(Register c, DateTimeOffset now) => Registration switch
    {
        null when c.Credential.Problem is { } problem => Refuse(HostRefusal.UnusableKey, problem),
        null => new(
            [
                new HostEvent.Registered(c.Port, c.RemoteUser, c.Credential.Secret!.Id, c.Credential.Digests[0], c.HostKey, c.Cluster,
                    c.Source, now)
                {
                    Bootstrap = c.Bootstrap,
                    Trace = c.Trace,
                },
            ],
            state => new HostReply.Registered(state.View())),
        { KeyDigest: var digest } when !c.Credential.Digests.Contains(digest) => Refuse(HostRefusal.RegisteredWithAnotherKey),
        { } registered when Difference(c, registered) is { } difference => Refuse(HostRefusal.RegisteredDifferently, difference),
        _ when c.Cluster is { } cluster && cluster != Membership?.Cluster =>
            Refuse(HostRefusal.InAnotherCluster, Membership?.Cluster.Value),
        _ => Unchanged,
    };

    // A registration that said something else would be dropped without a word.
    private string? Difference(Register c, HostRegistration now) =>
        !c.IsDefaultPort && c.Port != now.Port ? $"port: host '{Address}' is registered with port {now.Port}. {HowToChange}"
        : !c.IsDefaultUser && c.RemoteUser != now.RemoteUser
            ? $"remote_user: host '{Address}' is registered with user '{now.RemoteUser}'. {HowToChange}"
        : c.Bootstrap is { } policy && policy != now.Bootstrap
            ? $"bootstrap: host '{Address}' is registered with {(now.Bootstrap is { } other ? $"'{other.ToWireName()}'" : "none")}. "
                + "Delete the host first to register it differently."
        : null;

    private string HowToChange => $"Change it with PUT /api/v0/host/{Address}/credentials (commctl host set-credentials).";

    private Verdict OnDelete(Delete c, DateTimeOffset now) => new(
        Membership is { } m
            ? [new HostEvent.LeftCluster(m.Cluster, ClusterDeleted: false, now) { Nodes = c.Nodes }, new HostEvent.Deleted(now)]
            : [new HostEvent.Deleted(now)],
        state => new HostReply.Forgotten { Node = state.NodeDeparture });

    private static Verdict OnReadCredentials(ReadCredentials c, DateTimeOffset now) => new(
        [new HostEvent.CredentialsRead(c.By, now)],
        state => new HostReply.Credentials(state.Registration!.SecretId, state.Registration.RemoteUser));

    private HostState? EvolveRegistration(HostEvent e) => e switch
    {
        HostEvent.Registered r => new HostState(Address, Settings)
        {
            Registration = new HostRegistration(r.Port, r.RemoteUser, r.SecretId, r.KeyDigest, r.Source)
            {
                Bootstrap = r.Bootstrap,
            },
            HostKey = r.HostKey,
            Membership = r.Cluster is { } cluster ? new Membership(cluster) : null,
            Departing = r.Cluster is { } joined ? Departing.Remove(joined) : Departing,
            Node = Node,
            Trace = r.Trace,
            Activity = new HostActivity { Running = Activity.Running },
        },
        HostEvent.Deleted => new HostState(Address, Settings) { Departing = Departing, Node = Node, Activity = Activity },
        HostEvent.CredentialsRead => this,
        _ => null,
    };

    private static HistoryLine? DescribeRegistration(HostEvent e) => e switch
    {
        HostEvent.Registered r => new("registered", $"registered as user '{r.RemoteUser}' on port {r.Port}"
            + (r.Cluster is { } cluster ? $" in cluster '{cluster}'" : "") + (r.HostKey is { } key ? $", host key {key}" : "")
            + (r.Bootstrap is { } policy ? $", bootstrap '{policy.ToWireName()}'" : "")),
        HostEvent.CredentialsRead r => new("credentials-read", $"the private key was read by '{r.By}'"),
        HostEvent.Deleted => new("deleted", "deleted"),
        _ => null,
    };
}
