using System.Collections.Immutable;
using Commissaire.Shell;

namespace Commissaire.Hosts;

public sealed partial record HostState
{
    /// <summary>How much of what a host printed is kept in an event, in characters: the end of it, where errors are.</summary>
    public const int OutputKept = 4096;

    private ImmutableArray<HostEvent> Investigated(ShellOutcome outcome, DateTimeOffset now)
    {
        if (outcome is not ShellOutcome.Completed done)
        {
            return Fail($"investigation: {Explain(outcome)}", "", Offered(outcome), now);
        }

        ImmutableArray<HostEvent> contact = HostKey is null || HostKey.Type.Length == 0 ? [new HostEvent.HostKeyTrusted(done.Key, null, now)] : [];
        if (done.ExitCode != 0)
        {
            return [.. contact, .. Fail($"investigation: {Explain(outcome)}", Tail(done), null, now)];
        }

        var (facts, problem) = Investigation.Read(done.Output);
        if (facts is null)
        {
            return [.. contact, .. Fail($"investigation: {problem}", Tail(done), null, now)];
        }

        if (OsDialect.Of(facts.Os) is not null)
        {
            return [.. contact, new HostEvent.Investigated(facts, now)];
        }

        var unsupported = $"operating system '{facts.Os}' is not supported; supported are {string.Join(", ", OsDialect.Supported)}";
        return Failure?.Reason == unsupported && facts == Facts
            ? contact
            : [.. contact, new HostEvent.Investigated(facts, now), new HostEvent.Failed(unsupported, "", null, now)];
    }

    private ImmutableArray<HostEvent> StepEnded(string step, ShellOutcome outcome, DateTimeOffset now) => outcome switch
    {
        ShellOutcome.Completed { ExitCode: 0 } done => [new HostEvent.BootstrapStepFinished(step, Tail(done), now)],
        ShellOutcome.Completed done => Fail($"bootstrap step {step}: {Explain(done)}", Tail(done), null, now),
        _ => Fail($"bootstrap step {step}: {Explain(outcome)}", "", Offered(outcome), now),
    };

    private ImmutableArray<HostEvent> Checked(ShellOutcome outcome, int inARow, DateTimeOffset now)
    {
        if (outcome is ShellOutcome.Completed { ExitCode: 0 } done && Investigation.BootId(done.Output) is { } boot)
        {
            ImmutableArray<HostEvent> back = Failure is null ? [] : [new HostEvent.Recovered(now)];
            return Facts is null || Facts.BootId == boot ? back : [.. back, new HostEvent.Rebooted(boot, now)];
        }

        // One missed check may be a blink of the network; a second one in a row is not. Another key is certain at once.
        return inARow == 0 && Failure is null && outcome is not ShellOutcome.HostKeyChanged
            ? []
            : Fail($"health check: {Explain(outcome)}", outcome is ShellOutcome.Completed odd ? Tail(odd) : "", Offered(outcome), now);
    }

    // Only transitions are written: the same trouble found again is no news.
    private ImmutableArray<HostEvent> Fail(string reason, string output, HostKey? offered, DateTimeOffset now) =>
        Failure?.Reason == reason ? [] : [new HostEvent.Failed(reason, output, offered, now)];

    private string Explain(ShellOutcome outcome) => outcome switch
    {
        ShellOutcome.Completed { ExitCode: 0 } => "the host answered, but not with a boot id",
        ShellOutcome.Completed done when done.Error.Contains("sudo:", StringComparison.Ordinal) =>
            $"user '{Registration!.RemoteUser}' may not run commands as root without a password ({LastLine(done.Error)})",
        ShellOutcome.Completed done => $"ended with exit status {done.ExitCode}{(LastLine(done.Error) is { Length: > 0 } line ? $": {line}" : "")}",
        ShellOutcome.Unreachable u => $"cannot be reached at {Address} port {Registration!.Port}: {u.Reason}",
        ShellOutcome.AuthenticationFailed a => $"user '{Registration!.RemoteUser}' was not let in: {a.Reason}",
        ShellOutcome.HostKeyChanged k => $"the host key changed: trusted is {HostKey}, offered was {k.Offered}; if that is right, accept the new one "
            + $"(PUT /api/v0/host/{Address}/hostkey)",
        ShellOutcome.Interrupted i => $"the connection was lost while the command ran: {i.Reason}",
        ShellOutcome.TimedOut t => $"did not end within {t.Deadline.TotalSeconds:0.#} s",
        ShellOutcome.NoCredentials n => n.Reason,
        _ => throw new System.Diagnostics.UnreachableException($"No words for {outcome.GetType()}."),
    };

    private static HostKey? Offered(ShellOutcome outcome) => (outcome as ShellOutcome.HostKeyChanged)?.Offered;

    private static string Tail(ShellOutcome.Completed done)
    {
        var all = string.Join('\n', new[] { done.Output.Trim(), done.Error.Trim() }.Where(s => s.Length > 0));
        return all.Length <= OutputKept ? all : all[^OutputKept..];
    }

    private static string LastLine(string text)
    {
        var line = text.Trim().Split('\n')[^1].Trim();
        return line.Length <= 300 ? line : line[..300] + "…";
    }
}
