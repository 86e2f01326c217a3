using System.Globalization;

namespace Commissaire.Lab.Kubernetes.Objects;

/// <summary>The clock of the cluster, and its speed.</summary>
internal sealed class Time(double speed, TimeProvider clock)
{
    public DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>The current time, as objects contain it.</summary>
    public string Stamp => Write(Now);

    public static string Write(DateTime time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>The real duration of a number of the cluster's seconds.</summary>
    public TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds / speed);
}
