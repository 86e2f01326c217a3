using System.Net;

namespace Commissaire.Lab.Kubernetes;

/// <summary>Options of a Kubernetes API.</summary>
public sealed record LabKubernetesOptions
{
    /// <summary>Whether it uses TLS, with a certificate that the lab signs.</summary>
    public bool Tls { get; init; } = true;

    /// <summary>How many times faster than real time its grace periods and timeouts pass.</summary>
    public double Speed { get; init; } = 20;

    /// <summary>The clock of its controllers. Tests that check a state before a timeout use a clock that they move forward.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>How often its controllers run.</summary>
    public TimeSpan ControllerLag { get; init; } = TimeSpan.FromMilliseconds(25);

    /// <summary>The seconds in Retry-After for a budget that its controller has not observed yet.</summary>
    public int RetryAfter { get; init; } = 10;

    /// <summary>How long a removed bootstrap token is still accepted.</summary>
    public TimeSpan TokenLag { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>How many requests of rightful clients are refused after each start.</summary>
    public int UnawareRequests { get; init; }

    /// <summary>The first address to try: it gets the first free one.</summary>
    public IPAddress BaseAddress { get; init; } = new([127, 78, 0, 1]);

    /// <summary>Its port.</summary>
    public int Port { get; init; } = 6443;

    /// <summary>The directory of its files; a temporary one if null.</summary>
    public string? Directory { get; init; }
}
