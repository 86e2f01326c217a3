namespace Commissaire.Hosts;

/// <summary>The pauses between checks, and after a first missed check. Jitter from 0 to 1 spreads each by a tenth either way.</summary>
public sealed record WatchSchedule(TimeSpan Interval, TimeSpan Retry)
{
    /// <summary>The longest pause before a retry.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(15);

    /// <summary>The longest pause between two rounds of a host that has its turn in a run.</summary>
    public static readonly TimeSpan InTurn = TimeSpan.FromSeconds(10);

    /// <summary>The deadline of one attempt to see whether a host has rebooted. A login may be slow while a host starts.</summary>
    public static readonly TimeSpan WaitForRebootDeadline = TimeSpan.FromSeconds(30);

    /// <summary>The deadline of the command that reboots a host.</summary>
    public static readonly TimeSpan RebootDeadline = TimeSpan.FromSeconds(15);

    /// <summary>The pause before a host that is still in its old boot is told to reboot again.</summary>
    public static readonly TimeSpan RebootRepeat = TimeSpan.FromSeconds(15);

    /// <summary>The pause after a login that a host rejected while it may be rebooting. OpenSSH penalizes one for 5 seconds.</summary>
    public static readonly TimeSpan AfterRejectedLogin = TimeSpan.FromSeconds(6);

    // OpenSSH refuses an address for at least 15 seconds (PerSourcePenalties).
    private static readonly TimeSpan ShortestAfterRefusal = TimeSpan.FromSeconds(20);

    /// <summary>The pause after sshd closed a connection before it identified itself.</summary>
    public TimeSpan AfterRefusedConnection => Max(Retry, ShortestAfterRefusal);

    /// <summary>The deadline of a health check.</summary>
    public TimeSpan CheckDeadline { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The deadline of an investigation.</summary>
    public TimeSpan InvestigationDeadline { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The pause before a step of a turn is tried again: a twentieth of its duration, from 0.1 to 2 seconds.</summary>
    public static TimeSpan WithinStep(TimeSpan taken, double jitter) =>
        Spread(Max(TimeSpan.FromMilliseconds(100), Min(TimeSpan.FromSeconds(2), taken / 20)), jitter);

    /// <summary>The pause before the first round after a restart: anywhere within the interval, sooner for a failed host.</summary>
    public TimeSpan FirstPause(HostStatus status, double jitter) => jitter * (status == HostStatus.Failed ? Retry : Interval);

    /// <summary>The pause before the next round.</summary>
    public TimeSpan Pause(HostStatus status, int missesInARow, bool inTurn, double jitter)
    {
        var pause = missesInARow switch
        {
            1 => Spread(Retry, jitter),
            > 1 when status == HostStatus.Failed => AfterRefusals(missesInARow, jitter),
            _ => Spread(Interval, jitter),
        };
        return inTurn ? Min(InTurn, pause) : pause;
    }

    /// <summary>The pause before a refused request is sent again: it doubles up to the interval, at most 15 minutes.</summary>
    public TimeSpan AfterRefusals(int inARow, double jitter) =>
        Spread(Min(Longest, Max(Retry, Min(Interval, Retry * Math.Pow(2, Math.Min(inARow - 1, 20))))), jitter);

    private static TimeSpan Spread(TimeSpan pause, double jitter) => pause * (0.9 + (0.2 * jitter));

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
