using Akka.Cluster.Sharding;
using Commissaire.Security;
using Commissaire.Shell;

namespace Commissaire.Hosts;

// The private key in the secret store.
internal sealed partial class HostActor
{
    private readonly OwnedSecrets _secrets;
    private int _pendingSecrets;

    /// <summary>How long a login with changed credentials may take.</summary>
    public static readonly TimeSpan LoginDeadline = TimeSpan.FromSeconds(30);

    /// <summary>The owner of the private key of a host in the secret store.</summary>
    public static string KeyOwner(HostAddress host) => $"{KeyOwners}/{host}";

    /// <summary>The start of the name of every <see cref="KeyOwner"/>.</summary>
    public const string KeyOwners = "host";

    /// <summary>The owner of the configurations to join with that are prepared for a host.</summary>
    public static string JoinOwner(HostAddress host) => $"join/{host}";

    // The key is stored before the registration is recorded: a recorded host can always log in.
    private void StoreKey(HostCommand.Register register)
    {
        _pendingSecrets++;
        _secrets.Add([register.Credential.Secret!]).PipeTo(
            Self, Sender, () => new KeyStored(register, null), cause => new KeyStored(register, cause));
    }

    private void OnKeyStored(KeyStored stored)
    {
        _pendingSecrets--;
        _secrets.Decided([stored.Register.Credential.Secret!]);
        if (stored.Error is { } error)
        {
            Sender.Tell(new Status.Failure(error));
            StopIfIdle();
            return;
        }

        // Another registration may have been accepted meanwhile.
        if (!_state.Accepts(stored.Register))
        {
            RemoveUnusedSecrets();
        }

        Decide(stored.Register);
    }

    // The host is tried with the new key, user or port beside its other commands. The key is stored first, as at a registration.
    private void TryCredentials(HostCommand.ChangeCredentials change, HostRegistration changed)
    {
        _pendingSecrets++;
        LogIn(change, changed).PipeTo(
            Self, Sender, outcome => new CredentialsEnded(change, changed, outcome),
            cause => new CredentialsEnded(change, changed, NotTried(cause)));
    }

    private async Task<ShellOutcome> LogIn(HostCommand.ChangeCredentials change, HostRegistration changed)
    {
        // The state is read before the first wait: afterwards, this is not the actor's thread.
        var target = new RemoteTarget(_state.Address, changed.Port, changed.RemoteUser, changed.SecretId, _state.HostKey);
        var stopping = _stopping.Token;
        if (change.Credential?.Secret is { } secret)
        {
            await _secrets.Add([secret]);
        }

        return await _services.Shell.Run(target, Investigation.CheckAsRoot with { Interactive = true }, LoginDeadline, stopping);
    }

    private void OnCredentialsEnded(CredentialsEnded ended)
    {
        _pendingSecrets--;
        if (ended.Change.Credential?.Secret is { } secret)
        {
            _secrets.Decided([secret]);
        }

        Decide(new HostCommand.CredentialsTried(_state.Address, ended.Change, ended.Changed, ended.Outcome));
    }

    // Beside the other commands of the host, which change nothing then. If this process dies, the operator releases the host again.
    private void RestoreFiles(HostCommand.Release release, ShellCommand command)
    {
        var r = _state.Registration!;
        var target = new RemoteTarget(_state.Address, r.Port, r.RemoteUser, r.SecretId, _state.HostKey);
        _services.Shell.Run(target, command with { Interactive = true }, Hosts.RestoreFiles.Deadline, _stopping.Token).PipeTo(
            Self, Sender, outcome => new HostCommand.FilesRestored(_state.Address, release, outcome),
            cause => new HostCommand.FilesRestored(_state.Address, release, NotTried(cause)));
    }

    // Keeps the key in use: after a recovery it removes what the process before left, after a deletion everything.
    private void RemoveUnusedSecrets()
    {
        _pendingSecrets++;
        Task.WhenAll(
            _secrets.KeepOnly(KeyOwner(_state.Address), _state.Registration is { } r ? [r.SecretId] : []),
            _secrets.KeepOnly(JoinOwner(_state.Address), []))
            .PipeTo(Self, ActorRefs.NoSender, () => SecretsRemoved.Instance, _ => SecretsRemoved.Instance);
    }

    private void OnSecretsRemoved()
    {
        _pendingSecrets--;
        StopIfIdle();
    }

    // An address without a host needs no actor; a message starts one again. A message to a stopped actor is lost, so it waits for the
    // secret store.
    private void StopIfIdle()
    {
        if (_state.Idle && _pendingSecrets == 0)
        {
            Context.Parent.Tell(new Passivate(PoisonPill.Instance));
        }
    }

    private sealed record CredentialsEnded(HostCommand.ChangeCredentials Change, HostRegistration Changed, ShellOutcome Outcome)
        : INoSerializationVerificationNeeded;

    private sealed record KeyStored(HostCommand.Register Register, Exception? Error) : INoSerializationVerificationNeeded;

    private sealed record SecretsRemoved : INoSerializationVerificationNeeded
    {
        public static readonly SecretsRemoved Instance = new();
    }
}
