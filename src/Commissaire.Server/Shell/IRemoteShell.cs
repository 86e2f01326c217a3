namespace Commissaire.Shell;

/// <summary>Runs commands on hosts. All access to hosts goes through this interface.</summary>
internal interface IRemoteShell
{
    /// <summary>Runs one command on a host. Every failure is a <see cref="ShellOutcome"/>; only cancellation throws.</summary>
    /// <param name="target">The host and how to log in.</param>
    /// <param name="command">The command. The shell adds <c>sudo</c> if the user is not root.</param>
    /// <param name="deadline">The time limit for connecting and running together. It does not include waiting for a free connection
    /// slot.</param>
    /// <param name="ct">Cancels the command and drops the connection.</param>
    /// <exception cref="OperationCanceledException"><paramref name="ct"/> was cancelled.</exception>
    Task<ShellOutcome> Run(RemoteTarget target, ShellCommand command, TimeSpan deadline, CancellationToken ct);
}

/// <summary>A host and how to log in. Without a trusted key, the shell accepts and reports the key that the host offers.</summary>
internal sealed record RemoteTarget(HostAddress Address, int Port, string User, string SecretId, HostKey? TrustedKey);
