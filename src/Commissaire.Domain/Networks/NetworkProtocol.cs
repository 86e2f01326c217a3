using System.Text.Json.Serialization;

namespace Commissaire.Networks;

/// <summary>A message for one network.</summary>
public interface IForNetwork
{
    /// <summary>The name of the network.</summary>
    ResourceName Network { get; }
}

/// <summary>A command for a network.</summary>
[JsonDerivedType(typeof(NetworkCommand.Put), "network/command/put/1")]
[JsonDerivedType(typeof(NetworkCommand.Delete), "network/command/delete/1")]
[JsonDerivedType(typeof(NetworkCommand.Describe), "network/command/describe/1")]
public abstract record NetworkCommand(ResourceName Network) : IForNetwork
{
    /// <summary>Who sent the request that caused it; null if none did.</summary>
    public Caller? Caller { get; init; }

    /// <summary>Creates the network. Repeating it changes nothing.</summary>
    public sealed record Put(ResourceName Network, NetworkType Type, OptionSet Options) : NetworkCommand(Network);

    /// <summary>Deletes the network. Repeating it changes nothing.</summary>
    public sealed record Delete(ResourceName Network) : NetworkCommand(Network);

    /// <summary>Returns the network.</summary>
    public sealed record Describe(ResourceName Network) : NetworkCommand(Network);
}

/// <summary>A reply of a network.</summary>
[JsonDerivedType(typeof(NetworkReply.Described), "network/reply/described/1")]
[JsonDerivedType(typeof(NetworkReply.NotFound), "network/reply/not-found/1")]
[JsonDerivedType(typeof(NetworkReply.Different), "network/reply/different/1")]
public abstract record NetworkReply
{
    private NetworkReply() { }

    /// <summary>The current definition of the network.</summary>
    public sealed record Described(NetworkDefinition Network) : NetworkReply;

    /// <summary>The network does not exist.</summary>
    public sealed record NotFound : NetworkReply;

    /// <summary>The network exists with another definition, and was not changed.</summary>
    public sealed record Different(NetworkDefinition Existing) : NetworkReply;
}

/// <summary>An event of a network.</summary>
[JsonDerivedType(typeof(NetworkEvent.Created), "network/created/1")]
[JsonDerivedType(typeof(NetworkEvent.Deleted), "network/deleted/1")]
public abstract record NetworkEvent(DateTimeOffset At)
{
    /// <summary>Who sent the request that caused it; null if none did.</summary>
    public Caller? Caller { get; init; }

    /// <summary>The network was created.</summary>
    public sealed record Created(NetworkType Type, OptionSet Options, DateTimeOffset At) : NetworkEvent(At);

    /// <summary>The network was deleted.</summary>
    public sealed record Deleted(DateTimeOffset At) : NetworkEvent(At);
}
