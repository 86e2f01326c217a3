using Commissaire.Shell;
using static Commissaire.Hosts.HostCommand;

namespace Commissaire.Hosts;

// Another private key: its public half is installed beside the old one, proved by a login, and then the old one is removed. The public keys
// to remove are recorded before anything is installed, so that a server that dies leaves no key behind for long.
public sealed partial record HostState
{
    private static readonly TimeSpan RemovalPause = TimeSpan.FromMinutes(10);

    /// <summary>Public keys (base64) that are to be removed from <c>authorized_keys</c> of the host.</summary>
    public ImmutableArray<string> KeysToRemove { get; private init; } = [];

    /// <summary>Whether a rotation may start now. Another one must have ended.</summary>
    public bool CanRotate(RotateKey c) => Registration is not null && c.Credential.Problem is null && !Activity.IsRotating;

    /// <summary>The command that removes keys from the host; null if there are none, or if it is not due.</summary>
    public ShellCommand? KeyRemoval(DateTimeOffset now) =>
        Registration is not null && Failure is null && !KeysToRemove.IsEmpty && !Activity.IsRotating
            && now >= Activity.KeysTriedAt + RemovalPause
            ? AuthorizedKeys.Remove(KeysToRemove)
            : null;

    /// <summary>The host after <see cref="KeyRemoval"/> was started.</summary>
    public HostState RemovingKeys(DateTimeOffset now) => this with { Activity = Activity with { KeysTriedAt = now } };

    /// <summary>The host after a rotation ended, before its outcome is decided.</summary>
    public HostState RotationEnded() => this with { Activity = Activity with { IsRotating = false, KeysTriedAt = default } };

    private Verdict OnRotateKey(RotateKey c, DateTimeOffset now) =>
        c.Credential.Problem is { } problem ? Refuse(HostRefusal.UnusableKey, problem)
        : Activity.IsRotating ? Refuse(HostRefusal.Busy, "its key is being replaced")
        : Record(new HostEvent.KeyRotationStarted(Blob(c.PublicKey), c.By, now));

    private Verdict OnKeyRotated(KeyRotated c, DateTimeOffset now) => c switch
    {
        _ when Registration!.SecretId != c.OldSecretId =>
            Refuse(HostRefusal.CannotLogIn, "the registration of the host changed meanwhile; try again"),
        { Login: ShellOutcome.Completed { ExitCode: 0 } done } when Investigation.BootId(done.Output) is { } boot => new(
            [
                new HostEvent.KeyReplaced(
                    c.Request.Credential.Secret!.Id, c.Request.Credential.Digests[0], Blob(c.Request.PublicKey), c.OldKey!,
                    c.Request.By, now),
                .. Answered(boot, now),
            ],
            state => new HostReply.Described(state.View())),
        { Login: { } login } => Refuse(HostRefusal.CannotLogIn, $"the new key is on the host, but {Explain(login)}"),
        { Install: { } install } => Refuse(HostRefusal.CannotLogIn, $"the new key was not installed: {Explain(install)}"),
        _ => Refuse(HostRefusal.CannotLogIn, "the key in use is not in the secret store"),
    };

    private Verdict OnKeysRemoved(KeysRemoved c, DateTimeOffset now) =>
        c.Outcome is ShellOutcome.Completed { ExitCode: 0 } && c.Keys.Any(KeysToRemove.Contains)
            ? Record(new HostEvent.OldKeysRemoved(c.Keys, now))
            : NoReply;

    private HostState? EvolveRotation(HostEvent e) => e switch
    {
        HostEvent.KeyRotationStarted s => this with { KeysToRemove = KeysToRemove.Remove(s.PublicKey).Add(s.PublicKey) },
        HostEvent.KeyReplaced r => this with
        {
            Registration = Registration! with { SecretId = r.SecretId, KeyDigest = r.KeyDigest },
            KeysToRemove = KeysToRemove.Remove(r.PublicKey).Remove(r.OldPublicKey).Add(r.OldPublicKey),
        },
        HostEvent.OldKeysRemoved r => this with { KeysToRemove = KeysToRemove.RemoveRange(r.Keys) },
        _ => null,
    };

    private static HistoryLine? DescribeRotation(HostEvent e) => e switch
    {
        HostEvent.KeyRotationStarted s => new("key-rotation-started", $"a new key is to be installed, asked for by '{s.By}'"),
        HostEvent.KeyReplaced r => new("key-replaced", $"logs in with a new key from now on, asked for by '{r.By}'"),
        HostEvent.OldKeysRemoved => new("old-keys-removed", "keys that are no longer used were removed from authorized_keys"),
        _ => null,
    };

    // Without its type.
    private static string Blob(string publicKey) => publicKey[(publicKey.LastIndexOf(' ') + 1)..];
}
