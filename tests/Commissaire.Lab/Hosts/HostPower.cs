namespace Commissaire.Lab.Hosts;

/// <summary>Whether a host can be reached.</summary>
public enum HostPower
{
    /// <summary>Its port refuses, until somebody starts it.</summary>
    Off,

    /// <summary>It boots, or is between going down and coming back.</summary>
    Booting,

    /// <summary>Its sshd listens.</summary>
    On,
}
