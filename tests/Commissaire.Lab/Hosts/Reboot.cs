namespace Commissaire.Lab.Hosts;

/// <summary>What becomes of a host that is told to reboot.</summary>
public sealed record Reboot
{
    /// <summary>How long it goes on as it was, answering, after the command was accepted and has returned.
    /// Zero takes the connection down before the command can return.</summary>
    public TimeSpan Lingers { get; init; }

    /// <summary>How long its port refuses.</summary>
    public TimeSpan Away { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Then, for how long its port goes on to refuse: until this is done.</summary>
    public Task Until { get; init; } = Task.CompletedTask;

    /// <summary>Whether it comes back at all.</summary>
    public bool Returns { get; init; } = true;

    /// <summary>Then, for how long it accepts connections only to close them at once.</summary>
    public TimeSpan ResetsFor { get; init; }

    /// <summary>Then, for how long it lets in nobody but root (<c>/run/nologin</c>).</summary>
    public TimeSpan NoLoginFor { get; init; }

    /// <summary>Whether it comes back with another host key.</summary>
    public bool ChangesHostKey { get; init; }

    /// <summary>Whether it falls back to the deployment it had, instead of the staged one.</summary>
    public bool FallsBack { get; init; }
}
