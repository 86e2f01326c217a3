using System.Diagnostics;

namespace Commissaire.ContainerManagers;

/// <summary>The history of a container manager.</summary>
public static class ContainerManagerHistory
{
    /// <summary>Describes an event for the log.</summary>
    public static HistoryLine Describe(ContainerManagerEvent e) => e switch
    {
        ContainerManagerEvent.Created c => new("created", $"created with type '{c.Type}'"),
        ContainerManagerEvent.CredentialsRenewed => new("credentials-renewed", "its secrets were replaced"),
        ContainerManagerEvent.Deleted => new("deleted", "deleted"),
        ContainerManagerEvent.NodeAdded n => new("node-added", $"added the node of host {n.Host}"),
        ContainerManagerEvent.NodeRemoved n => new("node-removed", $"removed the node of host {n.Host}"),
        ContainerManagerEvent.NodeCordoned n => new("node-cordoned", $"run {n.Run} cordoned the node of host {n.Host}"),
        ContainerManagerEvent.NodeUncordoned n => new("node-uncordoned", $"run {n.Run} uncordoned the node of host {n.Host}"),
        _ => throw new UnreachableException($"Unknown event {e.GetType()}."),
    };
}
