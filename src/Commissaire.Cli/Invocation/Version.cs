namespace Commissaire.Invocation;

/// <summary>Which commctl this is.</summary>
internal static class Version
{
    /// <summary>Its number.</summary>
    public static string Number { get; } = typeof(Version).Assembly.GetName().Version is { } version ? version.ToString(3) : "0.0.0";
}
