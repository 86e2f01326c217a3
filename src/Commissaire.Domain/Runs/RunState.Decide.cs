using System.Collections.Immutable;
using Commissaire.Hosts;
using static Commissaire.Runs.RunCommand;

namespace Commissaire.Runs;

public sealed partial record RunState
{
    /// <summary>How much of what a host printed is kept, in characters.</summary>
    public const int OutputKept = 1024;

    /// <summary>What a command makes true, and what the one who sent it is told. The state has heard the command (<see cref="ApplyMessage"/>).</summary>
    public Decision<RunEvent, RunReply> Decide(RunCommand command, DateTimeOffset now)
    {
        // Hearing that a host goes on changes nothing for the others, and is heard often.
        if (command is ReportTurn { Report.End: null })
        {
            return new([], null);
        }

        var (first, refusal) = Judge(command, now);
        if (refusal is { } why)
        {
            return new([], new RunReply.Refused(why));
        }

        var events = ImmutableArray.CreateBuilder<RunEvent>();
        var state = this;
        void Happen(RunEvent happened)
        {
            events.Add(happened);
            state = state.Evolve(happened);
        }

        foreach (var happened in first)
        {
            Happen(happened);
        }

        foreach (var began in state.MayBegin(now))
        {
            Happen(new RunEvent.HostBegan(began, now));
        }

        if (state.Over(now) is { } end)
        {
            Happen(end);
        }
        else if (state.Holds(now) is { } held)
        {
            Happen(held);
        }

        return new(events.ToImmutable(), command is Begin or Pause or Resume or Cancel or Retry ? new RunReply.Described(state.View()) : null);
    }

    private (ImmutableArray<RunEvent> Events, RunRefusal? Refusal) Judge(RunCommand command, DateTimeOffset now) => (command, this) switch
    {
        (Begin c, { Definition: null }) => ([Beginning(c, now)], null),
        (Begin c, { Active: true }) => ([.. Hosts.Keys.Except(c.Members.Select(m => m.Host.Value)).SelectMany(h => Leaving(HostAddress.Parse(h), now))], null),
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
            ([new RunEvent.HostEnded(c.Host, end with { Output = Clip(end.Output) }, now)], null),
        (MemberLeft c, { End: null }) => (Leaving(c.Host, now), null),
        _ => ([], null),
    };

    private static RunEvent.Begun Beginning(Begin c, DateTimeOffset now) => new(
        c.Options, c.By, c.Options.MaxUnavailable.Of(c.Members.Length), c.Options.MaxFailures.Of(c.Members.Length), [.. c.Members.Select(m => m.Host)], now)
    {
        Trace = c.Trace,
    };

    private ImmutableArray<RunEvent> Leaving(HostAddress host, DateTimeOffset now) =>
        Hosts.GetValueOrDefault(host.Value)?.Phase is RunHostPhase.Waiting or RunHostPhase.InProcess ? [new RunEvent.HostLeft(host, now)] : [];

    private bool Retryable => Hosts.Values.Any(h => h.Phase == RunHostPhase.Failed) || (End is not null && Hosts.Values.Any(h => h.Phase == RunHostPhase.Waiting));

    private bool Stopped => CancelledBy is not null || Hosts.Values.Count(h => h.Phase == RunHostPhase.Failed) >= Definition!.MaxFailures;

    // Who begins now: those that are up, as long as not too many are out; when none of those can, and nothing goes on, those that are out
    // already, whose turn takes nothing more away.
    private IEnumerable<HostAddress> MayBegin(DateTimeOffset now)
    {
        if (!Active || PausedBy is not null || Members is null || Stopped || (LastReturn is { } last && now < last + Definition!.Options.Soak))
        {
            yield break;
        }

        var max = Definition!.MaxUnavailable;
        var going = Hosts.Values.Count(h => h.Phase == RunHostPhase.InProcess);
        var (unavailable, waiting) = (Unavailable(), Hosts.Where(h => h.Value.Phase == RunHostPhase.Waiting).Select(h => h.Key).ToList());
        var begun = 0;
        foreach (var host in waiting.Where(h => !unavailable.Contains(h)).Take(Math.Max(0, max - unavailable.Count)))
        {
            begun++;
            yield return HostAddress.Parse(host);
        }

        if (begun == 0 && going == 0)
        {
            foreach (var host in waiting.Where(unavailable.Contains).Take(max))
            {
                yield return HostAddress.Parse(host);
            }
        }
    }

    /// <summary>
    /// The members that cannot carry work, whatever the cause: having their turn, left cordoned by this run, or unwell. What the cluster says of
    /// a host that failed its turn may be older than that, and holds only once the cluster knows of the failure.
    /// </summary>
    public HashSet<string> Unavailable()
    {
        var all = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (host, how) in Hosts)
        {
            if (how.Phase == RunHostPhase.InProcess || how.LeftCordoned)
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

    private RunEvent.Finished? Over(DateTimeOffset now)
    {
        if (!Active)
        {
            return null;
        }

        var counts = Hosts.Values.CountBy(h => h.Phase).ToDictionary();
        int Of(RunHostPhase phase) => counts.GetValueOrDefault(phase);
        var (failed, waiting) = (Of(RunHostPhase.Failed), Of(RunHostPhase.Waiting));
        if (Of(RunHostPhase.InProcess) > 0)
        {
            return null;
        }

        var rest = waiting == 0 ? "" : $"; {waiting} never began";
        return this switch
        {
            { CancelledBy: { } by } when waiting > 0 => new RunEvent.Finished(false, $"cancelled by '{by}'{rest}", now),
            _ when failed > 0 && (waiting == 0 || Stopped) => new RunEvent.Finished(false, $"{failed} of {Hosts.Count} hosts failed{rest}", now),
            _ when waiting == 0 => new RunEvent.Finished(true, Hosts.IsEmpty ? "the cluster has no hosts" : $"{Of(RunHostPhase.Succeeded)} of {Hosts.Count} hosts done"
                + (Of(RunHostPhase.Skipped) is > 0 and var skipped ? $", {skipped} skipped" : "") + (Of(RunHostPhase.Left) is > 0 and var left ? $", {left} left the cluster" : ""), now),
            { Held: { } held } when now >= held.At + Definition!.Options.Plan.Timeout => new RunEvent.Finished(false, $"gave up after waiting: {held.Reason}{rest}", now),
            _ => null,
        };
    }

    // Nothing goes on and nobody may begin: too many are out. That is said once, and not waited for for ever.
    private RunEvent.Held? Holds(DateTimeOffset now)
    {
        if (!Active || Held is not null || PausedBy is not null || Members is null || (LastReturn is { } last && now < last + Definition!.Options.Soak)
            || Hosts.Values.Any(h => h.Phase == RunHostPhase.InProcess))
        {
            return null;
        }

        var unavailable = Unavailable();
        var named = unavailable.Order(StringComparer.Ordinal).First();
        return new RunEvent.Held(
            $"{unavailable.Count} members are unavailable, and at most {Definition!.MaxUnavailable} may be; {named} {Out(named)}", now);
    }

    private string Out(string host) => (Members?.GetValueOrDefault(host), Hosts.GetValueOrDefault(host)) switch
    {
        ({ Available: false } ill, _) => ill.Reason,
        (_, { LeftCordoned: true }) => "is cordoned",
        _ => "failed, and has not been found well since",
    };

    private static string Clip(string output) => output.Length <= OutputKept ? output : output[^OutputKept..];
}
