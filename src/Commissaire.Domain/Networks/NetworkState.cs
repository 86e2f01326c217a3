using System.Diagnostics;

namespace Commissaire.Networks;

/// <summary>All that is true of one network.</summary>
/// <param name="Name">Which network.</param>
public sealed record NetworkState(ResourceName Name)
{
    /// <summary>What somebody created; null when nobody did.</summary>
    public NetworkDefinition? Created { get; private init; }

    /// <summary>The network; null when there is none of this name. The default network exists without being created.</summary>
    public NetworkDefinition? Definition => Created ?? (Name == NetworkDefinition.Default.Name ? NetworkDefinition.Default : null);

    /// <summary>What a command makes true, and the answer.</summary>
    /// <exception cref="UnreachableException">The command is none that a network takes.</exception>
    public Decision<NetworkEvent, NetworkReply> Decide(NetworkCommand command, DateTimeOffset now) => command switch
    {
        NetworkCommand.Put c when Created is null =>
            new([new NetworkEvent.Created(c.Type, c.Options, now)], new NetworkReply.Described(new NetworkDefinition(Name, c.Type, c.Options))),
        NetworkCommand.Put c => new([], new NetworkDefinition(Name, c.Type, c.Options) == Created ? new NetworkReply.Described(Created) : new NetworkReply.Different(Created!)),
        NetworkCommand.Delete => new(Created is null ? [] : [new NetworkEvent.Deleted(now)], new NetworkReply.NotFound()),
        NetworkCommand.Describe => new([], Definition is { } definition ? new NetworkReply.Described(definition) : new NetworkReply.NotFound()),
        _ => throw new UnreachableException($"A network does not know {command.GetType()}."),
    };

    /// <summary>What the network is after an event.</summary>
    /// <exception cref="UnreachableException">The event is none that a network writes.</exception>
    public NetworkState Evolve(NetworkEvent happened) => happened switch
    {
        NetworkEvent.Created e => this with { Created = new NetworkDefinition(Name, e.Type, e.Options) },
        NetworkEvent.Deleted => this with { Created = null },
        _ => throw new UnreachableException($"A network does not know {happened.GetType()}."),
    };
}
