using static Commissaire.Runs.RunCommand;

namespace Commissaire.Runs;

public sealed partial record RunState
{
    /// <summary>The end of a host's output that an event keeps, in characters.</summary>
    public const int OutputKept = 1024;

    // How many unavailable members the reason of a waiting run names.
    private const int MaxNamed = 5;

    /// <summary>Returns the events and the reply of a command, after <see cref="ApplyMessage"/> received it.</summary>
    public Decision<RunEvent, RunReply> Decide(RunCommand command, DateTimeOffset now)
    {
        // Progress reports are frequent, and change nothing for other hosts.
        if (command is ReportTurn { Report.End: null })
        {
            return new([], null);
        }

        var (first, refusal) = Route(command, now);
        if (refusal is { } why)
        {
            return new([], new RunReply.Refused(why));
        }

        var events = ImmutableArray.CreateBuilder<RunEvent>();
        var state = this;
        void Record(RunEvent e)
        {
            events.Add(e);
            state = state.Evolve(e);
        }

        foreach (var e in first)
        {
            Record(e);
        }

        foreach (var began in state.HostsToBegin(now))
        {
            Record(began);
        }

        if (((RunEvent?)state.NextFinished(now) ?? state.NextHeld(now)) is { } next)
        {
            Record(next);
        }

        var replies = command is Begin or Pause or Resume or Cancel or Retry;
        return new(events.ToImmutable(), replies ? new RunReply.Described(state.View()) : null);
    }

    private (ImmutableArray<RunEvent> Events, RunRefusal? Refusal) Route(RunCommand command, DateTimeOffset now) => (command, this) switch
    {
        (Begin c, { Definition: null }) => ([Beginning(c, now), .. SameMachines(c, now)], null),
        (Begin c, { Active: true }) =>
            ([.. Hosts.Keys.Except(c.Members.Select(m => m.Host.Value)).SelectMany(h => Leaving(HostAddress.Parse(h), now))], null),
        (Begin, _) => ([], null),
        (Pause or Resume or Cancel or Retry, { Definition: null }) => ([], RunRefusal.NotFound),
        (_, { Definition: null }) => ([], null),
        (Retry c, _) => Retryable ? ([new RunEvent.Retried(c.By, now) { Trace = c.Trace }], null) : ([], RunRefusal.NothingToRetry),
        (Cancel c, { End: null }) => (CancelledBy is null ? [new RunEvent.Cancelled(c.By, now)] : [], null),
        (Cancel, _) when CancelledBy is not null => ([], null),
        (Pause or Resume or Cancel, { End: not null }) => ([], RunRefusal.Over),
        (Pause c, _) => (PausedBy is null && CancelledBy is null ? [new RunEvent.Paused(c.By, now)] : [], null),
        (Resume c, _) => (PausedBy is not null ? [new RunEvent.Resumed(c.By, now)] : [], null),
        (ReportTurn { Report.End: { } end } c, _) when Concerns(c) =>
            ([new RunEvent.HostEnded(c.Host, end with { Output = Clip(end.Output) }, now) { Stages = IsStagingOn(c.Host) }], null),
        (MemberLeft c, { End: null }) => (Leaving(c.Host, now), null),
        _ => ([], null),
    };

    private static RunEvent.Begun Beginning(Begin c, DateTimeOffset now)
    {
        ImmutableArray<HostAddress> hosts = [.. c.Members.Select(m => m.Host).Where(c.Options.Include)];
        return new RunEvent.Begun(
            c.Options, c.By, c.Options.MaxUnavailable.Of(c.Members.Length), c.Options.MaxFailures.Of(hosts.Length), hosts, now)
        {
            Trace = c.Trace,
        };
    }

    // An available host of each machine has the turn. It would be rebooted once for each address.
    private static IEnumerable<RunEvent> SameMachines(Begin c, DateTimeOffset now)
    {
        foreach (var machine in c.Options.SharedMachines ?? [])
        {
            var members = c.Members.Where(m => machine.Hosts.Contains(m.Host) && c.Options.Include(m.Host))
                .OrderByDescending(m => m.Available).ToList();
            foreach (var other in members.Skip(1))
            {
                var reason = $"is the same machine as {members[0].Host}, which has the turn";
                yield return new RunEvent.HostEnded(other.Host, new TurnEnd(TurnOutcome.Skipped, "", reason, "", false), now);
            }
        }
    }

    private ImmutableArray<RunEvent> Leaving(HostAddress host, DateTimeOffset now) =>
        Hosts.GetValueOrDefault(host.Value)?.Phase is RunHostPhase.Waiting or RunHostPhase.Staging or RunHostPhase.InProcess
            ? [new RunEvent.HostLeft(host, now)]
            : [];

    private bool Retryable =>
        Hosts.Values.Any(h => h.Phase == RunHostPhase.Failed)
            || (End is not null && Hosts.Values.Any(h => h.Phase == RunHostPhase.Waiting));

    private bool Soaks(DateTimeOffset now) => LastReturn is { } last && now < last + Definition!.Options.Soak;

    private bool Stopped => CancelledBy is not null || Hosts.Values.Count(h => h.Phase == RunHostPhase.Failed) >= Definition!.MaxFailures;

    // Available hosts begin while fewer than the limit are unavailable. When none can, and no host has its turn, hosts that are already
    // unavailable begin: their turn makes no other host unavailable.
    private IEnumerable<RunEvent.HostBegan> HostsToBegin(DateTimeOffset now)
    {
        if (!Active || PausedBy is not null || Members is null || Stopped || Soaks(now))
        {
            return [];
        }

        ImmutableArray<RunEvent.HostBegan> staging = [.. HostsToStage(now)];
        return !staging.IsEmpty || IsStaging ? staging
            : HostsToChange().Select(host => new RunEvent.HostBegan(HostAddress.Parse(host), now) { Follows = Members[host].Follows });
    }

    private IEnumerable<string> HostsToChange()
    {
        var max = Definition!.MaxUnavailable;
        var going = Hosts.Values.Count(h => h.Phase == RunHostPhase.InProcess);
        var unavailable = Unavailable();
        var waiting = Hosts.Where(h => h.Value.Phase == RunHostPhase.Waiting).Select(h => h.Key).ToList();
        var begun = 0;
        foreach (var host in waiting.Where(h => !unavailable.Contains(h)).Take(Math.Max(0, max - unavailable.Count)))
        {
            begun++;
            yield return host;
        }

        if (begun == 0 && going == 0)
        {
            foreach (var host in waiting.Where(unavailable.Contains).Take(max))
            {
                yield return host;
            }
        }
    }

    /// <summary>
    /// The unavailable members: in their turn, left cordoned by this run, or unavailable to the cluster. A health report from before a
    /// failed turn does not count.
    /// </summary>
    public HashSet<string> Unavailable()
    {
        var all = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (host, how) in Hosts)
        {
            if (how.Phase == RunHostPhase.InProcess || (how.LeftCordoned && Members?.ContainsKey(host) != false))
            {
                all.Add(host);
            }
        }

        foreach (var (host, health) in Members?.AsEnumerable() ?? [])
        {
            if (!health.Available || health.Failures < Hosts.GetValueOrDefault(host)?.Failures)
            {
                all.Add(host);
            }
        }

        return all;
    }

    private RunEvent.Finished? NextFinished(DateTimeOffset now)
    {
        if (!Active)
        {
            return null;
        }

        var counts = Hosts.Values.CountBy(h => h.Phase).ToDictionary();
        int Of(RunHostPhase phase) => counts.GetValueOrDefault(phase);
        var (failed, waiting) = (Of(RunHostPhase.Failed), Of(RunHostPhase.Waiting));
        if (Of(RunHostPhase.InProcess) > 0 || Of(RunHostPhase.Staging) > 0)
        {
            return null;
        }

        var rest = waiting == 0 ? "" : $"; {waiting} never began";
        return this switch
        {
            { CancelledBy: { } by } when waiting > 0 => new RunEvent.Finished(false, $"cancelled by '{by}'{rest}", now),
            _ when failed > 0 && (waiting == 0 || Stopped) =>
                new RunEvent.Finished(false, $"{failed} of {Hosts.Count} hosts failed{rest}", now),
            _ when waiting == 0 => new RunEvent.Finished(true, Hosts.IsEmpty ? "the cluster has no hosts"
                : $"{Of(RunHostPhase.Succeeded)} of {Hosts.Count} hosts done"
                    + (Of(RunHostPhase.Skipped) is > 0 and var skipped ? $", {skipped} skipped" : "")
                    + (Of(RunHostPhase.Left) is > 0 and var left ? $", {left} left the cluster" : ""), now),
            { Held: { } held } when now >= held.At + Definition!.Options.Plan.Timeout =>
                new RunEvent.Finished(false, $"gave up after waiting: {held.Reason}{rest}", now),
            _ => null,
        };
    }

    // No host has its turn and none may begin: too many are unavailable. Recorded once; the run fails if it lasts too long.
    private RunEvent.Held? NextHeld(DateTimeOffset now)
    {
        if (!Active || Held is not null || PausedBy is not null || Members is null || Soaks(now)
            || IsStaging || Hosts.Values.Any(h => h.Phase == RunHostPhase.InProcess))
        {
            return null;
        }

        var unavailable = Unavailable();
        var named = unavailable.Order(StringComparer.Ordinal).Take(MaxNamed).Select(host => $"{host} {Cause(host)}");
        return new RunEvent.Held(
            $"unavailable members: {unavailable.Count}, allowed: {Definition!.MaxUnavailable}; {string.Join("; ", named)}"
            + (unavailable.Count > MaxNamed ? "; …" : ""), now);
    }

    private string Cause(string host) => (Members?.GetValueOrDefault(host), Hosts.GetValueOrDefault(host)) switch
    {
        ({ Available: false } health, _) => health.Reason,
        (_, { LeftCordoned: true }) => "is cordoned",
        _ => "failed, and has not recovered",
    };

    private static string Clip(string output) => output.Length <= OutputKept ? output : output[^OutputKept..];
}
