using Akka.Actor;
using Commissaire.Shell;
using Commissaire.Telemetry;

namespace Commissaire.Hosts;

/// <summary>What is said to a host, and what it says.</summary>
internal sealed partial class HostActor
{
    // One command at a time on a host: what is not begun now is asked for again when this one has ended.
    private void Run(HostEffect effect, ShellCommand command, TimeSpan deadline, Func<ShellOutcome, HostCommand> heard)
    {
        if (_running is not null || _state.Registration is not { } r)
        {
            return;
        }

        _running = effect;
        var run = _run = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        _work.Shell.Run(Traced(effect), new RemoteTarget(_state.Address, r.Port, r.RemoteUser, r.SecretId, _state.HostKey), command with { Interactive = effect is HostEffect.TakeStep }, deadline, run.Token).PipeTo(
            Self, ActorRefs.NoSender,
            outcome => new Heard(run, effect, outcome, heard(outcome)),
            cause => new Heard(run, effect, new ShellOutcome.Unreachable(cause.Message), heard(new ShellOutcome.Unreachable(cause.Message))));
    }

    private void Hear(Heard heard)
    {
        heard.Run.Dispose();
        if (heard.Run != _run)
        {
            return;
        }

        (_run, _running) = (null, null);
        if (_state.Registration is null)
        {
            Reconcile();
            return;
        }

        if (heard.Outcome is ShellOutcome.Completed)
        {
            _state = _state.Seen(_work.Clock.GetUtcNow());
        }

        if (heard.Effect is HostEffect.TakeStep taken)
        {
            RestBefore(taken);
            Decide(heard.Command);
            return;
        }

        _missesInARow = heard.Outcome is ShellOutcome.Completed { ExitCode: 0 } ? 0 : _missesInARow + 1;
        Decide(heard.Command, () => WaitForTick(_work.Watch.NextAfter(_state.Status, _missesInARow)));
    }

    private sealed record Heard(CancellationTokenSource Run, HostEffect Effect, ShellOutcome Outcome, HostCommand Command) : INoSerializationVerificationNeeded;
}
