using System.Globalization;
using System.Text;

namespace Commissaire.Shell;

/// <summary>Runs commands on hosts. All access to hosts goes through this interface.</summary>
internal interface IRemoteShell
{
    /// <summary>
    /// Runs one command on a host, with <c>sudo</c> if the user is not root. The deadline covers connecting and running, but not the wait
    /// for a connection slot. Every failure is a <see cref="ShellOutcome"/>; only cancellation throws.
    /// </summary>
    /// <exception cref="OperationCanceledException"><paramref name="ct"/> was cancelled.</exception>
    Task<ShellOutcome> Run(RemoteTarget target, ShellCommand command, TimeSpan deadline, CancellationToken ct);
}

/// <summary>A host and how to log in. Without a trusted key, the shell accepts and reports the key that the host offers.</summary>
internal sealed record RemoteTarget(HostAddress Address, int Port, string User, string SecretId, HostKey? TrustedKey)
{
    /// <summary>The private key file, if it is not in the secret store. The secret id then only tells connections apart.</summary>
    public ReadOnlyMemory<byte>? PrivateKey { get; init; }

    // The text of a record has all its properties, and may come into a log.
    private bool PrintMembers(StringBuilder text)
    {
        text.Append(CultureInfo.InvariantCulture, $"{User}@{Address}:{Port}");
        return true;
    }
}
