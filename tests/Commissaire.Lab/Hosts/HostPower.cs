namespace Commissaire.Lab.Hosts;

/// <summary>Whether a host can be reached.</summary>
public enum HostPower
{
    /// <summary>It is off until it is started: its port refuses connections.</summary>
    Off,

    /// <summary>It boots, or is down in a reboot.</summary>
    Booting,

    /// <summary>Its sshd listens.</summary>
    On,
}
