using Commissaire.Shell;
using static Commissaire.Hosts.HostCommand;

namespace Commissaire.Hosts;

// Another key, user or port for a host: recorded only after a login with it.
public sealed partial record HostState
{
    /// <summary>The registration after a change, which has to be tried first; null if the change is refused without a try.</summary>
    public HostRegistration? After(ChangeCredentials c) => Registration is { } r && c.Credential?.Problem is null
        ? r with
        {
            Port = c.Port ?? r.Port,
            RemoteUser = c.RemoteUser ?? r.RemoteUser,
            SecretId = c.Credential?.Secret?.Id ?? r.SecretId,
            KeyDigest = c.Credential?.Digests[0] ?? r.KeyDigest,
        }
        : null;

    private Verdict OnCredentialsTried(CredentialsTried c, DateTimeOffset now) => c.Outcome switch
    {
        // Another change, or another registration, may have replaced the key that this one keeps.
        _ when After(c.Change) != c.Registration =>
            Refuse(HostRefusal.CannotLogIn, "the registration of the host changed meanwhile; try again"),
        ShellOutcome.Completed { ExitCode: 0 } done when Investigation.BootId(done.Output) is { } boot => new(
            [
                .. FirstContact(done, now),
                .. EvolveCredentials(Changed(c, now))!.Registration == Registration ? [] : (HostEvent[])[Changed(c, now)],
                .. Answered(boot, now),
            ],
            state => new HostReply.Described(state.View())),
        var outcome => Refuse(HostRefusal.CannotLogIn, (this with { Registration = c.Registration }).Explain(outcome)),
    };

    private static HostEvent.CredentialsChanged Changed(CredentialsTried c, DateTimeOffset now) => new(
        c.Registration.Port, c.Registration.RemoteUser, c.Registration.SecretId, c.Registration.KeyDigest, c.Change.By, now);

    private HostState? EvolveCredentials(HostEvent e) => e is HostEvent.CredentialsChanged c
        ? this with
        {
            Registration = Registration! with
            {
                Port = c.Port,
                RemoteUser = c.RemoteUser,
                SecretId = c.SecretId,
                KeyDigest = c.KeyDigest,
            },

            // One of them may be the key in use now.
            KeysToRemove = [],
        }
        : null;

    private static HistoryLine? DescribeCredentials(HostEvent e) => e is HostEvent.CredentialsChanged c
        ? new("credentials-changed", $"logs in as user '{c.RemoteUser}' on port {c.Port} from now on, changed by '{c.By}'")
        : null;
}
