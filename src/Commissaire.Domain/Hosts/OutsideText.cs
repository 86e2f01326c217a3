using Commissaire.Shell;
using static Commissaire.Hosts.HostCommand;

namespace Commissaire.Hosts;

/// <summary>Cuts text from hosts and container managers, so that no event, row or message grows with it.</summary>
internal static class OutsideText
{
    /// <summary>The longest reason that is kept, in UTF-16 code units.</summary>
    public const int ReasonKept = 1000;

    /// <summary>The message with short reasons. The output of commands stays whole: decisions read it, and keep little of it.</summary>
    public static HostCommand Bounded(HostCommand command) => command switch
    {
        CommandCompleted c => c with { Outcome = Bounded(c.Outcome) },
        KeyRotated c => c with
        {
            Install = c.Install is null ? null : Bounded(c.Install),
            Login = c.Login is null ? null : Bounded(c.Login),
        },
        FilesRestored c => c with { Outcome = Bounded(c.Outcome) },
        CredentialsTried c => c with { Outcome = Bounded(c.Outcome) },
        NodeFound { Node: { } node } c => c with { Node = Start(node, ReasonKept) },
        NodeFound { Problem: { } problem } c => c with { Problem = Start(problem, ReasonKept) },
        NodeReported { Problem: { } problem } c => c with { Problem = Start(problem, ReasonKept) },
        ReadinessReported c => c with { Reason = Start(c.Reason, ReasonKept) },
        NodeStepReported c => c with { Detail = Start(c.Detail, ReasonKept) },
        JoinPrepared { Problem: { } problem } c => c with { Problem = Start(problem, ReasonKept) },
        _ => command,
    };

    /// <summary>The start of a text, with an ellipsis if it was cut. Never cuts a character in half.</summary>
    public static string Start(string text, int length) =>
        text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)] + "…";

    /// <summary>The end of a text. Never cuts a character in half.</summary>
    public static string End(string text, int length)
    {
        if (text.Length <= length)
        {
            return text;
        }

        var start = text.Length - length;
        return text[(char.IsLowSurrogate(text[start]) ? start + 1 : start)..];
    }

    private static ShellOutcome Bounded(ShellOutcome outcome) => outcome switch
    {
        ShellOutcome.Unreachable u => u with { Reason = Start(u.Reason, ReasonKept) },
        ShellOutcome.RefusedForNow r => new ShellOutcome.RefusedForNow(Start(r.Reason, ReasonKept)),
        ShellOutcome.AuthenticationFailed a => new ShellOutcome.AuthenticationFailed(Start(a.Reason, ReasonKept)),
        ShellOutcome.Interrupted i => i with { Reason = Start(i.Reason, ReasonKept) },
        ShellOutcome.NotTried n => new ShellOutcome.NotTried(Start(n.Reason, ReasonKept)),
        ShellOutcome.Unreadable u => new ShellOutcome.Unreadable(Start(u.Reason, ReasonKept)),
        ShellOutcome.NoCredentials n => new ShellOutcome.NoCredentials(Start(n.Reason, ReasonKept)),
        _ => outcome,
    };
}
