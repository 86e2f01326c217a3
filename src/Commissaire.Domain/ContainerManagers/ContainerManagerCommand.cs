using System.Text.Json.Serialization;

namespace Commissaire.ContainerManagers;

/// <summary>A message to one container manager.</summary>
public interface IForContainerManager
{
    /// <summary>The container manager that receives the message.</summary>
    ResourceName Manager { get; }
}

/// <summary>A command to a container manager.</summary>
[JsonDerivedType(typeof(ContainerManagerCommand.Put), "container-manager/command/put/1")]
[JsonDerivedType(typeof(ContainerManagerCommand.Delete), "container-manager/command/delete/1")]
[JsonDerivedType(typeof(ContainerManagerCommand.Describe), "container-manager/command/describe/1")]
[JsonDerivedType(typeof(ContainerManagerCommand.DescribeNode), "container-manager/command/describe-node/1")]
[JsonDerivedType(typeof(ContainerManagerCommand.RemoveNode), "container-manager/command/remove-node/1")]
[JsonDerivedType(typeof(ContainerManagerCommand.TakeNodeStep), "container-manager/command/take-node-step/1")]
[JsonDerivedType(typeof(ContainerManagerCommand.EnsureNode), "container-manager/command/ensure-node/1")]
[JsonDerivedType(typeof(ContainerManagerCommand.GetReadiness), "container-manager/command/get-readiness/1")]
[JsonDerivedType(typeof(ContainerManagerCommand.PrepareJoin), "container-manager/command/prepare-join/1")]
public abstract record ContainerManagerCommand(ResourceName Manager) : IForContainerManager
{
    /// <summary>Create the container manager, or renew its secrets. Repeating it changes nothing.</summary>
    /// <param name="Manager">The name of the container manager.</param>
    /// <param name="Type">Its type.</param>
    /// <param name="Options">Its options, with a mask in place of each secret.</param>
    /// <param name="Secrets">Its secret options.</param>
    public sealed record Put(ResourceName Manager, ContainerManagerType Type, OptionSet Options, ImmutableArray<OfferedSecret> Secrets)
        : ContainerManagerCommand(Manager);

    /// <summary>Delete the container manager. Repeating it changes nothing.</summary>
    public sealed record Delete(ResourceName Manager) : ContainerManagerCommand(Manager);

    /// <summary>Describe the container manager.</summary>
    public sealed record Describe(ResourceName Manager) : ContainerManagerCommand(Manager);

    /// <summary>Describe the node of a host.</summary>
    public sealed record DescribeNode(ResourceName Manager, HostAddress Host) : ContainerManagerCommand(Manager);

    /// <summary>From a host: prepare a configuration to join with. Each one revokes the previous one.</summary>
    public sealed record PrepareJoin(ResourceName Manager, HostAddress Host) : ContainerManagerCommand(Manager);

    /// <summary>From a host: have a node for it, as a member of a cluster. Repeating it changes nothing.</summary>
    public sealed record EnsureNode(ResourceName Manager, HostAddress Host, ResourceName? Cluster) : ContainerManagerCommand(Manager);

    /// <summary>From a host: report whether its node can carry work.</summary>
    public sealed record GetReadiness(ResourceName Manager, HostAddress Host) : ContainerManagerCommand(Manager);

    /// <summary>From a host: remove its node. Repeating it changes nothing.</summary>
    public sealed record RemoveNode(ResourceName Manager, HostAddress Host) : ContainerManagerCommand(Manager);

    /// <summary>From a host: do a step of its turn on its node, and report how far it is. Repeated until it is done.</summary>
    /// <param name="Manager">The container manager.</param>
    /// <param name="Host">The host.</param>
    /// <param name="Run">The run; a cordon is recorded as its own.</param>
    /// <param name="Step">A step of <see cref="TurnSteps"/> that concerns a node.</param>
    /// <param name="Force">Whether to delete pods that were not evicted.</param>
    /// <param name="BootId">The boot that the host is in.</param>
    /// <param name="After">When the step started: a node status from before proves nothing.</param>
    public sealed record TakeNodeStep(
        ResourceName Manager, HostAddress Host, RunId Run, string Step, bool Force, string BootId, DateTimeOffset After)
            : ContainerManagerCommand(Manager);
}

/// <summary>A secret option as it was sent. The secret itself is in the secret store.</summary>
/// <param name="Option">The name of the option.</param>
/// <param name="SecretId">The id of the secret in the secret store.</param>
/// <param name="Digests">Keyed digests, one for each key of the secret store; the first is recorded.</param>
public sealed record OfferedSecret(string Option, string SecretId, ImmutableArray<string> Digests);
