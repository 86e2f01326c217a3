using Akka.Actor;
using Akka.Hosting;
using Commissaire.ContainerManagers;
using Commissaire.Runs;
using Commissaire.Shell;

namespace Commissaire.Hosts;

internal sealed partial class HostActor
{
    private HostEffect? _resting;

    // A step that is not done yet is tried again after a pause that grows with how long it has taken: a tenth of a second where that matters.
    private void RestBefore(HostEffect.TakeStep effect)
    {
        if (_state.TurnStep == effect.Step)
        {
            _resting = effect;
            Timers.StartSingleTimer(nameof(StepAgain), StepAgain.Now, WatchSchedule.WithinStep(_work.Clock.GetUtcNow() - _state.Turn!.Since));
        }
    }

    private void TakeStepAgain()
    {
        if (_resting is { } rested)
        {
            _resting = null;
            _asked.Remove(rested);
        }

        Reconcile();
    }

    private void TakeStep(HostEffect effect, RunId run, string step)
    {
        var turn = _state.Turn!;
        var left = turn.Deadline - _work.Clock.GetUtcNow();
        var deadline = step == TurnSteps.WaitForReboot && left > WatchSchedule.WaitForRebootDeadline ? WatchSchedule.WaitForRebootDeadline : left > TimeSpan.FromSeconds(1) ? left : TimeSpan.FromSeconds(1);
        var command = TurnSteps.Command(step, turn.Plan, OsDialect.Of(_state.Facts!.Os)!, turn.Boot);
        Run(effect, command, deadline, outcome => new HostCommand.RecordTurnStep(_state.Address, run, step, outcome));
    }

    private void AskForStep(HostEffect.TakeStep taken)
    {
        var turn = _state.Turn!;
        if (_state.Node is not { } node || Expired)
        {
            var (gone, why) = _state.Node is null ? (true, "the node is gone") : (false, "the container manager did not answer");
            Self.Tell(new HostCommand.NodeStepReported(
                _state.Address, null, taken.Run, taken.Step, Done: gone && taken.Step == TurnSteps.Uncordon, CordonedByOthers: false, why));
            return;
        }

        var force = taken.Step == TurnSteps.Drain && turn.Plan.OnDrainTimeout == DrainTimeoutPolicy.Force && turn.Since + turn.Plan.DrainTimeout <= _work.Clock.GetUtcNow();
        ActorRegistry.For(Context.System).Get<ContainerManagerActor>().Tell(
            new ContainerManagerCommand.TakeNodeStep(node.Manager, _state.Address, taken.Run, taken.Step, force, _state.Facts!.BootId, turn.Since));
        RestBefore(taken);
    }

    // A step that should have been done by now, whose manager has had its chance to say so.
    private bool Expired => _state.Turn!.Deadline + WatchSchedule.InTurn <= _work.Clock.GetUtcNow();

    private sealed record StepAgain : INoSerializationVerificationNeeded
    {
        public static readonly StepAgain Now = new();
    }
}
