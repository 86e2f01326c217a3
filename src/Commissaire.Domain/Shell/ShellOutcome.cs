namespace Commissaire.Shell;

/// <summary>The outcome of a command on a host.</summary>
public abstract record ShellOutcome
{
    private ShellOutcome() { }

    /// <summary>The command ended. Long output is truncated. The key is the one that the host proved.</summary>
    public sealed record Completed(int ExitCode, string Output, string Error, HostKey Key) : ShellOutcome;

    /// <summary>The connection failed: refused, reset, no route, unknown name or timeout. The command did not run.</summary>
    public sealed record Unreachable(string Reason) : ShellOutcome;

    /// <summary>The host rejected the user's private key. The command did not run.</summary>
    public sealed record AuthenticationFailed(string Reason) : ShellOutcome;

    /// <summary>The host offered a key other than the trusted key. The command did not run.</summary>
    public sealed record HostKeyChanged(HostKey Offered) : ShellOutcome;

    /// <summary>The connection was lost while the command ran. The command may have completed.</summary>
    public sealed record Interrupted(string Reason) : ShellOutcome;

    /// <summary>The command did not end within its deadline. The command may have completed.</summary>
    public sealed record TimedOut(TimeSpan Deadline) : ShellOutcome;

    /// <summary>The private key is not in the secret store or cannot be decrypted. The command did not run.</summary>
    public sealed record NoCredentials(string Reason) : ShellOutcome;
}
