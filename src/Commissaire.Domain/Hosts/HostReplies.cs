using System.Text.Json.Serialization;

namespace Commissaire.Hosts;

/// <summary>A query to a host.</summary>
[JsonDerivedType(typeof(HostQuery.Describe), "host/query/describe/1")]
[JsonDerivedType(typeof(HostQuery.PreviewTurn), "host/query/preview-turn/1")]
public abstract record HostQuery(HostAddress Host) : IForHost
{
    /// <summary>Describe the host.</summary>
    public sealed record Describe(HostAddress Host) : HostQuery(Host);

    /// <summary>Describe how a turn would go, and the node that it would concern; nothing changes.</summary>
    public sealed record PreviewTurn(HostAddress Host, TurnPlan Plan) : HostQuery(Host);
}

/// <summary>A reply of a host.</summary>
[JsonDerivedType(typeof(HostReply.Registered), "host/reply/registered/1")]
[JsonDerivedType(typeof(HostReply.Described), "host/reply/described/1")]
[JsonDerivedType(typeof(HostReply.TurnPreviewed), "host/reply/turn-previewed/1")]
[JsonDerivedType(typeof(HostReply.Forgotten), "host/reply/forgotten/1")]
[JsonDerivedType(typeof(HostReply.Released), "host/reply/released/1")]
[JsonDerivedType(typeof(HostReply.Credentials), "host/reply/credentials/1")]
[JsonDerivedType(typeof(HostReply.Refused), "host/reply/refused/1")]
public abstract record HostReply
{
    private HostReply() { }

    /// <summary>The host was registered by this command.</summary>
    public sealed record Registered(HostView View) : HostReply;

    /// <summary>The command was accepted, or changed nothing; this is the host now.</summary>
    public sealed record Described(HostView View) : HostReply;

    /// <summary>How a turn would go, and the container manager of the node; null for a host without a node.</summary>
    public sealed record TurnPreviewed(TurnPreview Turn, ResourceName? Manager) : HostReply;

    /// <summary>The host was deleted.</summary>
    public sealed record Forgotten : HostReply
    {
        /// <summary>What becomes of its node; null if it had none.</summary>
        public NodeDeparture? Node { get; init; }
    }

    /// <summary>The host was released: what became of its files, and of its node; null if it had none.</summary>
    public sealed record Released(ImmutableArray<string> Files, NodeDeparture? Node) : HostReply;

    /// <summary>The credentials of the host.</summary>
    public sealed record Credentials(string SecretId, string RemoteUser) : HostReply;

    /// <summary>The command was refused; nothing changed. The detail names the other cluster, or what is wrong with the key.</summary>
    public sealed record Refused(HostRefusal Why, string? Detail = null) : HostReply;
}

/// <summary>Why a host refuses a command.</summary>
public enum HostRefusal
{
    /// <summary>No host is registered at the address.</summary>
    NotRegistered,

    /// <summary>The host is registered with another private key.</summary>
    RegisteredWithAnotherKey,

    /// <summary>The host is registered with another port, user or bootstrap policy; the detail is a sentence that says so.</summary>
    RegisteredDifferently,

    /// <summary>The host did not accept a login with the changed credentials; the detail says why.</summary>
    CannotLogIn,

    /// <summary>Work runs on the host; the detail says which.</summary>
    Busy,

    /// <summary>The files of the host could not be put back; the detail says why. The host stays registered.</summary>
    CannotRestore,

    /// <summary>The private key cannot be used.</summary>
    UnusableKey,

    /// <summary>The host is a member of another cluster, or of none although the command names one.</summary>
    InAnotherCluster,

    /// <summary>Only active and disassociated hosts can join a cluster.</summary>
    NotReadyToJoin,

    /// <summary>The host shows another key than the one with this fingerprint.</summary>
    NotTheOfferedKey,
}
