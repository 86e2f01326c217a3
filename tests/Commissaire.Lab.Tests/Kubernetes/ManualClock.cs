namespace Commissaire.Lab.Tests.Kubernetes;

/// <summary>A clock that a test moves forward.</summary>
internal sealed class ManualClock : TimeProvider
{
    private long advanced;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddYears(56).AddTicks(Interlocked.Read(ref advanced));

    /// <summary>Moves the clock of the cluster forward by seconds.</summary>
    public void Advance(double clusterSeconds) => Interlocked.Add(ref advanced, TimeSpan.FromSeconds(clusterSeconds).Ticks);
}
