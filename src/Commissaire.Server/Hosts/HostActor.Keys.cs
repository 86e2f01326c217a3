using Commissaire.Shell;

namespace Commissaire.Hosts;

// The replacement of the private key, beside the other commands of the host.
internal sealed partial class HostActor
{
    // The rotation is recorded before anything is installed: see KeysToRemove.
    private void RotateKey(HostCommand.RotateKey rotate)
    {
        var sender = Sender;
        var (events, reply) = _state.Decide(rotate, Now);
        Write([.. events.Select(e => e with { Caller = rotate.Caller })], Apply, () =>
        {
            if (reply is not null)
            {
                sender.Tell(reply);
                return;
            }

            _pendingSecrets++;
            var registration = _state.Registration!;
            Rotate(rotate, registration).PipeTo(
                Self, sender, rotated => new RotationEnded(rotated),
                cause => new RotationEnded(
                    new HostCommand.KeyRotated(_state.Address, rotate, registration.SecretId, null, NotTried(cause), null)));
        });
    }

    private async Task<HostCommand.KeyRotated> Rotate(HostCommand.RotateKey rotate, HostRegistration registration)
    {
        // The state is read before the first wait: afterwards, this is not the actor's thread.
        var (address, stopping) = (_state.Address, _stopping.Token);
        var old = new RemoteTarget(address, registration.Port, registration.RemoteUser, registration.SecretId, _state.HostKey);
        var rotated = new HostCommand.KeyRotated(address, rotate, registration.SecretId, null, null, null);
        if (await _services.Secrets.Read(registration.SecretId, stopping) is not { } file
            || PrivateKeyReader.Read(file).Key is not { } key)
        {
            return rotated;
        }

        using (key)
        {
            rotated = rotated with { OldKey = Convert.ToBase64String(key.PublicKey) };
        }

        var secret = rotate.Credential.Secret!;
        await _secrets.Add([secret]);
        var install = await _services.Shell.Run(
            old, AuthorizedKeys.Add(rotated.OldKey, rotate.PublicKey), AuthorizedKeys.Deadline, stopping);
        if (install is not ShellOutcome.Completed { ExitCode: 0 })
        {
            return rotated with { Install = install };
        }

        var login = Investigation.CheckAsRoot with { Interactive = true };
        return rotated with { Login = await _services.Shell.Run(old with { SecretId = secret.Id }, login, LoginDeadline, stopping) };
    }

    private void OnRotationEnded(RotationEnded ended)
    {
        _pendingSecrets--;
        _secrets.Decided([ended.Rotated.Request.Credential.Secret!]);
        _state = _state.RotationEnded();
        Decide(ended.Rotated);
    }

    // After a rotation, after a restart, and from time to time until the host has obeyed.
    private void RemoveKeys()
    {
        if (_state.KeyRemoval(Now) is not { } command)
        {
            return;
        }

        var (r, keys) = (_state.Registration!, _state.KeysToRemove);
        _state = _state.RemovingKeys(Now);
        var target = new RemoteTarget(_state.Address, r.Port, r.RemoteUser, r.SecretId, _state.HostKey);
        _services.Shell.Run(target, command, AuthorizedKeys.Deadline, _stopping.Token).PipeTo(
            Self, ActorRefs.NoSender, outcome => new HostCommand.KeysRemoved(_state.Address, keys, outcome),
            cause => new HostCommand.KeysRemoved(_state.Address, keys, NotTried(cause)));
    }

    private sealed record RotationEnded(HostCommand.KeyRotated Rotated) : INoSerializationVerificationNeeded;
}
