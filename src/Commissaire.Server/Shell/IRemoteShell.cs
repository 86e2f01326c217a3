using Commissaire.Hosts;

namespace Commissaire.Shell;

/// <summary>The one door through which Commissaire touches a host.</summary>
internal interface IRemoteShell
{
    /// <summary>
    /// Runs one command on a host. Every way it can go is an outcome; only cancellation by the caller throws.
    /// </summary>
    /// <param name="target">Which host, and how to get in.</param>
    /// <param name="command">What to say; privilege is added here when the user is not root.</param>
    /// <param name="deadline">How long connecting and running may take together, from when its turn to connect has come.</param>
    /// <param name="ct">Gives up: the connection is dropped.</param>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    Task<ShellOutcome> Run(RemoteTarget target, ShellCommand command, TimeSpan deadline, CancellationToken ct);
}

/// <summary>A host, and how to get in.</summary>
/// <param name="Address">Where it is.</param>
/// <param name="Port">The port of its sshd.</param>
/// <param name="User">The user to log in as.</param>
/// <param name="SecretId">Where the secret store holds that user's private key.</param>
/// <param name="Trusted">The key the host must prove itself with; null to take, and report, the one it shows.</param>
internal sealed record RemoteTarget(HostAddress Address, int Port, string User, string SecretId, HostKey? Trusted);
