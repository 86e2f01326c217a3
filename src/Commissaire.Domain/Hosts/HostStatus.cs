namespace Commissaire.Hosts;

/// <summary>Where a host stands. The names in JSON are these in lower case.</summary>
public enum HostStatus
{
    /// <summary>Registered; Commissaire is connecting and gathering facts.</summary>
    Investigating,

    /// <summary>Its packages, network and container runtime are being put in place.</summary>
    Bootstrapping,

    /// <summary>Ready, but not a node of a container manager.</summary>
    Disassociated,

    /// <summary>Ready, and a node of its cluster's container manager.</summary>
    Active,

    /// <summary>Something went wrong, and the host says what.</summary>
    Failed,
}
