namespace Commissaire.Hosts;

/// <summary>A host as others see it: what is shown, listed and reported.</summary>
/// <param name="Address">Where it is.</param>
/// <param name="Port">The port of its sshd.</param>
/// <param name="RemoteUser">The user Commissaire logs in as.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Reason">Why it stands there.</param>
/// <param name="Next">What happens next.</param>
/// <param name="Since">Since when it stands there.</param>
/// <param name="LastCheck">When it was last spoken to.</param>
/// <param name="Facts">What is known of it; null before it was investigated.</param>
/// <param name="HostKey">The key it proves itself with; null before first contact.</param>
/// <param name="OfferedHostKey">The key it shows instead; null unless that is what is wrong.</param>
/// <param name="Cluster">The cluster it is a member of; null for none.</param>
/// <param name="Manager">The container manager it is a node of; null for none.</param>
/// <param name="Source">The label given at registration.</param>
public sealed record HostView(
    HostAddress Address,
    int Port,
    string RemoteUser,
    HostStatus Status,
    string Reason,
    string Next,
    DateTimeOffset Since,
    DateTimeOffset LastCheck,
    HostFacts? Facts,
    HostKey? HostKey,
    HostKey? OfferedHostKey,
    ResourceName? Cluster,
    ResourceName? Manager,
    string Source);
