using System.Net;

namespace Commissaire.Lab.Kubernetes;

/// <summary>What a cluster is when it starts.</summary>
public sealed record LabKubernetesOptions
{
    /// <summary>Whether it speaks TLS, with a certificate of an authority of its own.</summary>
    public bool Tls { get; init; } = true;

    /// <summary>How many times faster than the real one its time passes: grace periods, missed heartbeats, spent budgets.</summary>
    public double Speed { get; init; } = 20;

    /// <summary>The clock of its controllers; tests that look at a state between two of their actions set it by hand.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>How often its controllers look; what they do happens a moment after its cause.</summary>
    public TimeSpan ControllerLag { get; init; } = TimeSpan.FromMilliseconds(25);

    /// <summary>The seconds it asks for when a budget has not been seen by its controller yet.</summary>
    public int RetryAfter { get; init; } = 10;

    /// <summary>It gets the first free address from here on.</summary>
    public IPAddress BaseAddress { get; init; } = new([127, 78, 0, 1]);

    /// <summary>Its port.</summary>
    public int Port { get; init; } = 6443;

    /// <summary>Where its files go when they are asked for, gone with it; a temporary directory when not given.</summary>
    public string? Directory { get; init; }
}
