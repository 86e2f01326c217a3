using System.Diagnostics;
using Commissaire.Shell;
using static Commissaire.Hosts.HostCommand;

namespace Commissaire.Hosts;

/// <summary>Why a host is failed, with the host key that it showed instead of the trusted one; null for other failures.</summary>
public sealed record HostFailure(string Reason, HostKey? Offered);

// Contact with the host: its key, its facts, whether it can be reached, and when it counts as failed.
public sealed partial record HostState
{
    /// <summary>The end of a command's output that an event keeps, in characters: errors are printed last.</summary>
    public const int OutputKept = 4096;

    private const int LineKept = 300;

    /// <summary>The host key that the host must show; null before first contact.</summary>
    public HostKey? HostKey { get; private init; }

    /// <summary>The facts that the last investigation found; null before the first.</summary>
    public HostFacts? Facts { get; private init; }

    /// <summary>Why the host is failed; null when it is not.</summary>
    public HostFailure? Failure { get; private init; }

    /// <summary>The number of failures since the registration. Others order reports of the host by it, without comparing clocks.</summary>
    public int Failures { get; private init; }

    private bool NeedsInvestigation => Facts is null || OsDialect.Of(Facts) is null;

    private HostEffect Investigate =>
        new HostEffect.RunCommand(new HostTask.Investigate(), Investigation.Command, Settings.Watch.InvestigationDeadline);

    // A host that failed recovers only if a run could use it: it must let the user become root.
    private HostEffect Check => new HostEffect.RunCommand(
        new HostTask.Check(), Failure is null ? Investigation.Check : Investigation.CheckAsRoot, Settings.Watch.CheckDeadline);

    private Verdict OnAcceptHostKey(AcceptHostKey c, DateTimeOffset now) => Failure?.Offered switch
    {
        { } offered when offered.Fingerprint == c.Fingerprint => new(
            [.. EndTurnForNewKey(now), new HostEvent.HostKeyTrusted(offered, c.By, now)], state => new HostReply.Described(state.View())),
        null when HostKey?.Fingerprint == c.Fingerprint => Unchanged,
        var offered => Refuse(HostRefusal.NotTheOfferedKey, offered?.Fingerprint),
    };

    private ImmutableArray<HostEvent> OnInvestigated(ShellOutcome outcome, DateTimeOffset now)
    {
        // The commands of a turn depend on what the host was when it began.
        if (!NeedsInvestigation && (!ImagesAreOld || TurnStep is not null))
        {
            return [];
        }

        // The investigation of a host that rebooted is also its health check.
        if (!NeedsInvestigation && outcome is not ShellOutcome.Completed { ExitCode: 0 })
        {
            return OnChecked(outcome, now);
        }

        if (outcome is not ShellOutcome.Completed done)
        {
            return [.. FirstContact(outcome, now), .. Fail($"investigation: {Explain(outcome)}", Tail(outcome), Offered(outcome), now)];
        }

        var contact = FirstContact(outcome, now);
        var (facts, problem) = done.ExitCode == 0 ? Investigation.Read(done.Output) : (null, Explain(outcome));
        if (facts is null)
        {
            return [.. contact, .. Fail($"investigation: {problem}", Tail(done), null, now)];
        }

        // bootc may not answer in time. A host does not leave image mode without another installation.
        facts = facts with { Images = facts.Images ?? Facts?.Images };
        if (OsFamily.Problem(facts) is not { } unsupported)
        {
            return [.. contact, new HostEvent.Investigated(facts, now)];
        }

        return Failure?.Reason == unsupported && facts == Facts
            ? contact
            : [.. contact, new HostEvent.Investigated(facts, now), new HostEvent.Failed(unsupported, "", null, now)];
    }

    private ImmutableArray<HostEvent> FirstContact(ShellOutcome outcome, DateTimeOffset now)
    {
        var proved = outcome switch
        {
            ShellOutcome.Completed c => c.Key,
            ShellOutcome.Unrecognized u => u.Key,
            ShellOutcome.NotRoot n => n.Key,
            _ => null,
        };
        return proved is not null && (HostKey is null || HostKey.Type.Length == 0) ? [new HostEvent.HostKeyTrusted(proved, null, now)] : [];
    }

    private ImmutableArray<HostEvent> OnChecked(ShellOutcome outcome, DateTimeOffset now)
    {
        if (outcome is ShellOutcome.Completed { ExitCode: 0 } done && Investigation.BootId(done.Output) is { } boot)
        {
            return Answered(boot, now);
        }

        // One missed check may be a network glitch; two in a row are not. A changed host key is certain at once.
        return Activity.MissesInARow < 2 && Failure is null && outcome is not ShellOutcome.HostKeyChanged
            ? []
            : Fail($"health check: {Explain(outcome)}", Tail(outcome), Offered(outcome), now);
    }

    private ImmutableArray<HostEvent> Answered(string boot, DateTimeOffset now) =>
    [
        .. Failure is null || FailedForNetwork ? [] : (HostEvent[])[new HostEvent.Recovered(now)],
        .. Facts is null || Facts.BootId == boot ? [] : (HostEvent[])[new HostEvent.Rebooted(boot, now)],
    ];

    // Only transitions are recorded: the same failure found again causes no event.
    private ImmutableArray<HostEvent> Fail(string reason, string output, HostKey? offered, DateTimeOffset now) =>
        Failure?.Reason == reason ? [] : [new HostEvent.Failed(reason, output, offered, now)];

    private HostState? EvolveContact(HostEvent e) => e switch
    {
        // A new key means a reinstalled host: forget all facts and all earlier work.
        HostEvent.HostKeyTrusted { By: not null } k => this with
        {
            HostKey = k.Key,
            Facts = null,
            Bootstrap = null,
            Failure = null,
            Trace = null,
            ImagesAreOld = false,
            LastTurn = LastTurn is { } last ? last with { LeftBoot = null } : null,
            Turn = Turn is { } turn ? turn with { Boot = null } : null,
        },
        HostEvent.HostKeyTrusted k => this with { HostKey = k.Key },
        HostEvent.Investigated i => this with { Facts = i.Facts, Failure = null, ImagesAreOld = false },
        HostEvent.Failed f => this with { Failure = new HostFailure(f.Reason, f.Offered), Failures = Failures + 1, Trace = null },
        HostEvent.Recovered => this with { Failure = null },
        HostEvent.Rebooted r => this with { Facts = Facts! with { BootId = r.BootId }, ImagesAreOld = Facts.Images is not null },
        _ => null,
    };

    private static HistoryLine? DescribeContact(HostEvent e) => e switch
    {
        HostEvent.HostKeyTrusted { By: { } by } k => new("host-key-accepted", $"host key {k.Key} accepted by '{by}'"),
        HostEvent.HostKeyTrusted k => new("host-key-recorded", $"host key {k.Key} recorded at first contact"),
        HostEvent.Investigated { Facts: var f } => new("investigated",
            $"found {f.Os} {f.OsVersion}{(OsFamily.Like(f) is { } like ? $" (like {like}, not tested)" : "")}, kernel {f.Kernel}, "
            + $"{f.Cpus} cpus, {f.MemoryKiB} KiB memory, {f.SpaceKiB} KiB space, "
            + $"{(f.ContainerSpaceKiB is { } containers ? $"{containers} KiB for containers, " : "")}boot {f.BootId}"
            + (f.Images is { } images ? $", {Describe(images)}" : "")),
        HostEvent.Failed f => new("failed", f.Reason, f.Output),
        HostEvent.Recovered => new("recovered", "the host recovered"),
        HostEvent.Rebooted r => new("rebooted", $"rebooted, boot ID {r.BootId}"),
        _ => null,
    };

    private string Explain(ShellOutcome outcome) => outcome switch
    {
        ShellOutcome.Completed { ExitCode: 0 } => "the host answered, but not with a boot ID",
        ShellOutcome.NotRoot n => SudoRefusal.Explain(n.Output, Registration!.RemoteUser),
        ShellOutcome.Unrecognized u => $"the host did not run the command of user '{Registration!.RemoteUser}', but "
            + (u.Output.Length > 0 ? $"printed '{OutsideText.Start(FirstLine(u.Output), LineKept)}'" : "printed nothing")
            + $"{(u.ExitCode is { } status ? $" and ended with exit status {status}" : "")}; check the user's login shell, its start-up "
            + "files, and forced commands",
        ShellOutcome.Completed done => ExplainExit(done),
        ShellOutcome.Unreachable u => $"cannot connect to {Address} port {Registration!.Port}: {u.Reason}",
        ShellOutcome.RefusedForNow r => $"cannot connect to {Address} port {Registration!.Port}: refused by its sshd for now: {r.Reason}",
        ShellOutcome.AuthenticationFailed a => $"sshd rejected user '{Registration!.RemoteUser}': {a.Reason}",
        ShellOutcome.HostKeyChanged k =>
            $"the host key changed: trusted is {HostKey}, offered was {k.Offered}; if the host was reinstalled, accept "
            + $"the new key (PUT /api/v0/host/{Address}/hostkey)",
        ShellOutcome.Interrupted i => $"the connection broke while the command ran: {i.Reason}",
        ShellOutcome.TimedOut t => $"no result within {t.Deadline.TotalSeconds:0.#} s",
        ShellOutcome.TooMuchOutput o => $"the command was ended because it printed more than {o.LimitBytes / (1024 * 1024)} MiB",
        ShellOutcome.NoCredentials n => n.Reason,
        ShellOutcome.Unreadable u => u.Reason,
        ShellOutcome.NotTried n => $"the server could not connect: {n.Reason}",
        _ => throw new UnreachableException($"Unknown outcome {outcome.GetType()}."),
    };

    private static HostKey? Offered(ShellOutcome outcome) => (outcome as ShellOutcome.HostKeyChanged)?.Offered;

    private static string Tail(ShellOutcome outcome) => OutsideText.End(
        outcome switch
        {
            ShellOutcome.Completed done => string.Join('\n', new[] { done.Output.Trim(), done.Error.Trim() }.Where(s => s.Length > 0)),
            ShellOutcome.TimedOut t => t.Output,
            ShellOutcome.Interrupted i => i.Output,
            ShellOutcome.Unrecognized u => u.Output,
            ShellOutcome.NotRoot n => n.Output,
            _ => "",
        },
        OutputKept);

    private static string FirstLine(string text)
    {
        var trimmed = text.AsSpan().Trim();
        return (trimmed.IndexOf('\n') is >= 0 and var end ? trimmed[..end].Trim() : trimmed).ToString();
    }

    // Without a message, the operator has to run the command to learn more.
    private string ExplainExit(ShellOutcome.Completed done) => ToolError.Cause(done.Output, done.Error) is { Length: > 0 } cause
        ? $"exit status {done.ExitCode}: {cause}"
        : $"exit status {done.ExitCode} without a message{ByHand}";

    private string ByHand => CommandInProgress?.ForOperator is { } command
        ? $"; to see more, run on the host: {(Registration!.RemoteUser == "root" ? "" : "sudo ")}{command}"
        : "";
}
