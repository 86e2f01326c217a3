using System.Text.Json.Serialization;

namespace Commissaire.Networks;

/// <summary>A message for one network: all that routing needs.</summary>
public interface IForNetwork
{
    /// <summary>The network it is for.</summary>
    ResourceName Network { get; }
}

/// <summary>Everything a network can be told.</summary>
[JsonDerivedType(typeof(NetworkCommand.Put), "network/command/put/1")]
[JsonDerivedType(typeof(NetworkCommand.Delete), "network/command/delete/1")]
[JsonDerivedType(typeof(NetworkCommand.Describe), "network/command/describe/1")]
public abstract record NetworkCommand(ResourceName Network) : IForNetwork
{
    /// <summary>Be this. Repeating it changes nothing.</summary>
    public sealed record Put(ResourceName Network, NetworkType Type, OptionSet Options) : NetworkCommand(Network);

    /// <summary>Be gone. Repeating it changes nothing.</summary>
    public sealed record Delete(ResourceName Network) : NetworkCommand(Network);

    /// <summary>How are you?</summary>
    public sealed record Describe(ResourceName Network) : NetworkCommand(Network);
}

/// <summary>What a network answers.</summary>
[JsonDerivedType(typeof(NetworkReply.Described), "network/reply/described/1")]
[JsonDerivedType(typeof(NetworkReply.NotFound), "network/reply/not-found/1")]
[JsonDerivedType(typeof(NetworkReply.Different), "network/reply/different/1")]
public abstract record NetworkReply
{
    private NetworkReply() { }

    /// <summary>This is the network now.</summary>
    public sealed record Described(NetworkDefinition Network) : NetworkReply;

    /// <summary>There is no such network (any more).</summary>
    public sealed record NotFound : NetworkReply;

    /// <summary>It exists, and is different; nothing changed.</summary>
    public sealed record Different(NetworkDefinition Existing) : NetworkReply;
}

/// <summary>What happened to a network.</summary>
/// <param name="At">When.</param>
[JsonDerivedType(typeof(NetworkEvent.Created), "network/created/1")]
[JsonDerivedType(typeof(NetworkEvent.Deleted), "network/deleted/1")]
public abstract record NetworkEvent(DateTimeOffset At)
{
    /// <summary>It came to be.</summary>
    public sealed record Created(NetworkType Type, OptionSet Options, DateTimeOffset At) : NetworkEvent(At);

    /// <summary>It was deleted.</summary>
    public sealed record Deleted(DateTimeOffset At) : NetworkEvent(At);
}
