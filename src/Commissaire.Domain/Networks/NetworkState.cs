using System.Diagnostics;

namespace Commissaire.Networks;

/// <summary>The state of a network.</summary>
public sealed record NetworkState(ResourceName Name)
{
    /// <summary>The created definition; null if none was created.</summary>
    public NetworkDefinition? Created { get; private init; }

    /// <summary>The effective definition; null if there is none. The default network exists without being created.</summary>
    public NetworkDefinition? Definition => Created ?? (Name == NetworkDefinition.Default.Name ? NetworkDefinition.Default : null);

    /// <summary>Returns the events and the reply of a command.</summary>
    public Decision<NetworkEvent, NetworkReply> Decide(NetworkCommand command, DateTimeOffset now) => command switch
    {
        NetworkCommand.Put c when Created is null =>
            new([new NetworkEvent.Created(c.Type, c.Options, now)], new NetworkReply.Described(new(Name, c.Type, c.Options))),
        NetworkCommand.Put c => new([], new NetworkDefinition(Name, c.Type, c.Options) == Created
            ? new NetworkReply.Described(Created) : new NetworkReply.Different(Created!)),
        NetworkCommand.Delete => new(Created is null ? [] : [new NetworkEvent.Deleted(now)], new NetworkReply.NotFound()),
        NetworkCommand.Describe => new([], Definition is { } network ? new NetworkReply.Described(network) : new NetworkReply.NotFound()),
        _ => throw new UnreachableException($"Unknown command {command.GetType()}."),
    };

    /// <summary>Returns the state after an event.</summary>
    public NetworkState Evolve(NetworkEvent @event) => @event switch
    {
        NetworkEvent.Created e => this with { Created = new NetworkDefinition(Name, e.Type, e.Options) },
        NetworkEvent.Deleted => this with { Created = null },
        _ => throw new UnreachableException($"Unknown event {@event.GetType()}."),
    };
}
