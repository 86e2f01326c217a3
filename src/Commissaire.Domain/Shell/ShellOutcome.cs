using Commissaire.Hosts;

namespace Commissaire.Shell;

/// <summary>What became of a command sent to a host.</summary>
public abstract record ShellOutcome
{
    private ShellOutcome() { }

    /// <summary>The command ran to its end.</summary>
    /// <param name="ExitCode">Its exit status; 0 is success.</param>
    /// <param name="Output">Its standard output, bounded.</param>
    /// <param name="Error">Its standard error, bounded.</param>
    /// <param name="Key">The key the host proved itself with.</param>
    public sealed record Completed(int ExitCode, string Output, string Error, HostKey Key) : ShellOutcome;

    /// <summary>No connection could be made: refused, reset, no route, no such name, no answer in time. The command did not run.</summary>
    public sealed record Unreachable(string Reason) : ShellOutcome;

    /// <summary>The host did not take the user's key. The command did not run.</summary>
    public sealed record AuthenticationFailed(string Reason) : ShellOutcome;

    /// <summary>The host offered another key than the trusted one, and was not spoken to further. The command did not run.</summary>
    public sealed record HostKeyChanged(HostKey Offered) : ShellOutcome;

    /// <summary>The connection was lost while the command ran: it may or may not have done its work.</summary>
    public sealed record Interrupted(string Reason) : ShellOutcome;

    /// <summary>The command did not end within its deadline: it may or may not have done its work.</summary>
    public sealed record TimedOut(TimeSpan Deadline) : ShellOutcome;

    /// <summary>The credentials are not in the secret store, or cannot be decrypted. The command did not run.</summary>
    public sealed record NoCredentials(string Reason) : ShellOutcome;
}
