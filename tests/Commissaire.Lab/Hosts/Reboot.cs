namespace Commissaire.Lab.Hosts;

/// <summary>How a reboot of a host goes.</summary>
public sealed record Reboot
{
    /// <summary>The least time for which its port refuses connections.</summary>
    public TimeSpan Away { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Whether it comes back.</summary>
    public bool Returns { get; init; } = true;

    /// <summary>How many connections it accepts and resets before its sshd starts.</summary>
    public int Resets { get; init; }

    /// <summary>Whether it comes back with another host key.</summary>
    public bool ChangesHostKey { get; init; }

    /// <summary>Whether it boots the previous deployment instead of the staged one.</summary>
    public bool FallsBack { get; init; }

    /// <summary>Whether the command returns, and the host stays up until <see cref="LabHost.HoldShutdown"/> is released. Otherwise the
    /// connection is lost before the command returns.</summary>
    internal bool HoldsShutdown { get; init; }

    /// <summary>Keeps the host down, after <see cref="Away"/>, until it completes.</summary>
    internal Task BootAllowed { get; init; } = Task.CompletedTask;

    /// <summary>Once it has booted, only root may log in (<c>/run/nologin</c>) until this completes.</summary>
    internal Task LoginAllowed { get; init; } = Task.CompletedTask;
}
