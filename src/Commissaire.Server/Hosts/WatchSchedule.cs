namespace Commissaire.Hosts;

/// <summary>When a host is spoken to next.</summary>
/// <param name="Interval">How long a healthy host is left alone; spread by a tenth either way, so that hosts do not come all at once.</param>
/// <param name="Retry">How long after a first miss a host is tried again.</param>
internal sealed record WatchSchedule(TimeSpan Interval, TimeSpan Retry)
{
    /// <summary>The longest pause before something that keeps failing is tried again.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(15);

    /// <summary>How long a health check may take.</summary>
    public TimeSpan CheckDeadline { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long an investigation may take.</summary>
    public TimeSpan InvestigationDeadline { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The longest pause between two looks at a host that has its turn in a run.</summary>
    public static readonly TimeSpan InTurn = TimeSpan.FromSeconds(10);

    /// <summary>How long one attempt may take to find out whether a host is back from a reboot.</summary>
    public static readonly TimeSpan WaitForRebootDeadline = TimeSpan.FromSeconds(5);

    /// <summary>The pause before a step that is not done is tried again: a twentieth of the time it has taken, within a tenth of a second and two, and spread.</summary>
    /// <param name="taken">How long the step has taken.</param>
    public static TimeSpan WithinStep(TimeSpan taken) => Spread(Max(TimeSpan.FromMilliseconds(100), Min(TimeSpan.FromSeconds(2), taken / 20)));

    /// <summary>The pause before the first check of a host that came back with the server: anywhere within the interval, sooner when it had failed.</summary>
    public TimeSpan FirstAfter(HostStatus status) => Random.Shared.NextDouble() * (status == HostStatus.Failed ? Retry : Interval);

    /// <summary>The pause before the next check.</summary>
    /// <param name="status">Where the host stands.</param>
    /// <param name="missesInARow">How many times in a row it did not do what it was asked.</param>
    public TimeSpan NextAfter(HostStatus status, int missesInARow) => missesInARow switch
    {
        0 => Spread(Interval),
        1 => Spread(Retry),
        _ when status == HostStatus.Failed => AfterRefusals(missesInARow),
        _ => Spread(Interval),
    };

    /// <summary>The pause before something that was refused is asked for again: it doubles until it is the interval.</summary>
    /// <param name="inARow">How many times in a row it was refused.</param>
    public TimeSpan AfterRefusals(int inARow) => Spread(Min(Longest, Max(Retry, Min(Interval, Retry * Math.Pow(2, Math.Min(inARow - 1, 20))))));

    private static TimeSpan Spread(TimeSpan pause) => pause * (0.9 + (0.2 * Random.Shared.NextDouble()));

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
