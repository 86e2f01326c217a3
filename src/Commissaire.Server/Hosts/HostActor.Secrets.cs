using Akka.Cluster.Sharding;

namespace Commissaire.Hosts;

// The private key in the secret store. This actor alone stores and removes it, so that none is left that no registration refers to: not by
// a request whose client went away, and not by a process that died.
internal sealed partial class HostActor
{
    private Task _lastRemoval = Task.CompletedTask;
    private int _storing;

    // A message to a stopped actor is lost, so the actor stays until its operations on the secret store have ended.
    private bool MayStop => _state.Idle && _storing == 0;

    /// <summary>The owner of the private key of a host in the secret store.</summary>
    public static string KeyOwner(HostAddress host) => $"host/{host}";

    /// <summary>The owner of the configurations to join with that are prepared for a host.</summary>
    public static string JoinOwner(HostAddress host) => $"join/{host}";

    // The key is stored before the registration is recorded: a recorded host can always log in.
    private void StoreKey(HostCommand.Register register)
    {
        _storing++;
        Store().PipeTo(
            Self, Sender, () => new KeyStored(register, null), cause => new KeyStored(register, cause));

        async Task Store()
        {
            await _lastRemoval.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            await _services.Secrets.Add(register.Credential.Secret!);
        }
    }

    private void OnKeyStored(KeyStored stored)
    {
        _storing--;
        if (stored.Error is { } error)
        {
            Sender.Tell(new Status.Failure(error));
            Work(null);
            return;
        }

        // Another registration may have been accepted meanwhile.
        if (!_state.Accepts(stored.Register))
        {
            Remove(() => _services.Secrets.Remove(stored.Register.Credential.Secret!.Id));
        }

        Decide(stored.Register);
    }

    // Removes all but the key in use: after a recovery, what the process before left; after a deletion, everything.
    private void RemoveUnusedSecrets() => Remove(async () =>
    {
        await _services.Secrets.RemoveOthers(KeyOwner(_state.Address), _state.Registration?.SecretId ?? "");
        await _services.Secrets.RemoveAll(JoinOwner(_state.Address));
    });

    private void Remove(Func<Task> removal)
    {
        _storing++;
        var before = _lastRemoval;
        _lastRemoval = Run();
        _lastRemoval.PipeTo(Self, ActorRefs.NoSender, () => SecretsRemoved.Instance, _ => SecretsRemoved.Instance);

        async Task Run()
        {
            await before.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            await removal();
        }
    }

    private void OnSecretsRemoved()
    {
        _storing--;
        StopIfIdle();
    }

    private void StopIfIdle()
    {
        if (MayStop)
        {
            // An address without a host needs no actor; a message starts one again.
            Context.Parent.Tell(new Passivate(PoisonPill.Instance));
        }
    }

    private sealed record KeyStored(HostCommand.Register Register, Exception? Error) : INoSerializationVerificationNeeded;

    private sealed record SecretsRemoved : INoSerializationVerificationNeeded
    {
        public static readonly SecretsRemoved Instance = new();
    }
}
