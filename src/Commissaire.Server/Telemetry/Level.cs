namespace Commissaire.Telemetry;

/// <summary>How many of something there are just now.</summary>
internal sealed class Level
{
    private int _value;

    /// <summary>So many.</summary>
    public int Value => Volatile.Read(ref _value);

    /// <summary>One more.</summary>
    public void Up() => Interlocked.Increment(ref _value);

    /// <summary>One less.</summary>
    public void Down() => Interlocked.Decrement(ref _value);
}
