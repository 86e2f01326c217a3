using System.Diagnostics;

namespace Commissaire.Telemetry;

/// <summary>Spans of what is done for a request, also when it is done later, elsewhere, or after a crash.</summary>
internal static class Tracing
{
    /// <summary>The source of all of them.</summary>
    public const string Name = "Commissaire";

    /// <summary>The trace of the request that is being answered; null when nobody records it.</summary>
    public static string? Current => Activity.Current is { Recorded: true, IdFormat: ActivityIdFormat.W3C } request ? request.Id : null;
}
