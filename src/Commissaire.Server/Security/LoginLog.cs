using Commissaire.Telemetry;

namespace Commissaire.Security;

/// <summary>
/// Counts logins, and logs failed ones: the first of a burst from one address, the first that is refused without verification, and then
/// one line a minute. Names are logged only if they are users: people type passwords in the place of names.
/// </summary>
internal sealed partial class LoginLog(Metrics metrics, TimeProvider clock, ILogger<LoginLog> log)
{
    private const int MaxBursts = 1000;
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Burst> _bursts = new(StringComparer.Ordinal);

    public void Succeeded() => metrics.LoginEnded(MetricLabels.Succeeded);

    /// <summary>A login with wrong credentials. <paramref name="who"/> contains no text of the client.</summary>
    public void Failed(string address, string who)
    {
        metrics.LoginEnded(MetricLabels.Failed);
        lock (_gate)
        {
            var burst = BurstOf(address);
            burst.Failed++;
            if (burst.Printed is null)
            {
                LoginFailed(who, address);
                burst.Restart(clock.GetTimestamp());
            }

            PrintOnceAMinute(burst, address);
        }
    }

    /// <summary>A login that was not verified, because too many failed before.</summary>
    public void Limited(string address)
    {
        metrics.LoginEnded(MetricLabels.Limited);
        lock (_gate)
        {
            var burst = BurstOf(address);
            burst.Limited++;
            if (!burst.LimitPrinted)
            {
                burst.LimitPrinted = true;
                LoginsLimited(address);
                burst.Restart(clock.GetTimestamp());
            }

            PrintOnceAMinute(burst, address);
        }
    }

    // A burst ends after a quiet minute. So that strangers cannot fill the memory or the log, the addresses beyond the limit share one.
    private Burst BurstOf(string address)
    {
        var now = clock.GetTimestamp();
        if (_bursts.Count >= MaxBursts && !_bursts.ContainsKey(address))
        {
            foreach (var (old, _) in _bursts.Where(b => clock.GetElapsedTime(b.Value.Last, now) > Quiet).ToList())
            {
                _bursts.Remove(old);
            }

            address = _bursts.Count >= MaxBursts ? "" : address;
        }

        if (!_bursts.TryGetValue(address, out var burst) || clock.GetElapsedTime(burst.Last, now) > Quiet)
        {
            _bursts[address] = burst = new Burst();
        }

        burst.Last = now;
        return burst;
    }

    private void PrintOnceAMinute(Burst burst, string address)
    {
        var now = clock.GetTimestamp();
        if (burst.Printed is { } printed && clock.GetElapsedTime(printed, now) >= Quiet)
        {
            LoginsKeepFailing(burst.Failed, burst.Limited, address);
            burst.Restart(now);
        }
    }

    [LoggerMessage(LogLevel.Warning, "A login of {Who} failed from {Address}")]
    private partial void LoginFailed(string who, string address);

    [LoggerMessage(LogLevel.Warning, "Too many logins failed: further ones from {Address} are answered with 429 for a while")]
    private partial void LoginsLimited(string address);

    [LoggerMessage(
        LogLevel.Warning, "Within the last minute {Failed} logins failed, and {Limited} were answered with 429, the last from {Address}")]
    private partial void LoginsKeepFailing(int failed, int limited, string address);

    private sealed class Burst
    {
        public long Last { get; set; }

        public long? Printed { get; private set; }

        public bool LimitPrinted { get; set; }

        public int Failed { get; set; }

        public int Limited { get; set; }

        public void Restart(long now) => (Printed, Failed, Limited) = (now, 0, 0);
    }
}
