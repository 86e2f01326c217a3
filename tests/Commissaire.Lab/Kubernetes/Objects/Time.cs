using System.Globalization;

namespace Commissaire.Lab.Kubernetes.Objects;

/// <summary>The server's clock, and how much faster than ours its controllers and kubelets live.</summary>
internal sealed class Time(double speed, TimeProvider clock)
{
    public DateTime Now => clock.GetUtcNow().UtcDateTime;

    /// <summary>Now, as objects carry it.</summary>
    public string Stamp => Write(Now);

    public static string Write(DateTime time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>How long that many of the cluster's seconds take here.</summary>
    public TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds / speed);
}
