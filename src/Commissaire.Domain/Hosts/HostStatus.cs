using System.Diagnostics;

namespace Commissaire.Hosts;

/// <summary>The status of a host. The names in JSON are these in lower case.</summary>
public enum HostStatus
{
    /// <summary>Registered; Commissaire is connecting and gathering facts.</summary>
    Investigating,

    /// <summary>Installing packages, the network and the container runtime.</summary>
    Bootstrapping,

    /// <summary>Ready, but not a node of a container manager.</summary>
    Disassociated,

    /// <summary>Ready, and a node of its cluster's container manager.</summary>
    Active,

    /// <summary>Failed; the reason names the problem.</summary>
    Failed,
}

/// <summary>The names of <see cref="HostStatus"/> in JSON.</summary>
public static class HostStatusNames
{
    /// <summary>The status in lower case.</summary>
    public static string ToWireName(this HostStatus status) => status switch
    {
        HostStatus.Investigating => "investigating",
        HostStatus.Bootstrapping => "bootstrapping",
        HostStatus.Disassociated => "disassociated",
        HostStatus.Active => "active",
        HostStatus.Failed => "failed",
        _ => throw new UnreachableException(),
    };
}
