using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Persistence;
using Commissaire.Bootstrap;
using Commissaire.Networks;
using Commissaire.Runs;
using Commissaire.Shell;
using Commissaire.Storage;

namespace Commissaire.Hosts;

/// <summary>
/// One host: journals what its state decides, performs what its state asks for, and answers once it is written. Judges nothing itself.
/// </summary>
internal sealed partial class HostActor : Entity, IWithTimers
{
    private readonly HostWork _work;
    private readonly CancellationTokenSource _stopping = new();
    private readonly HashSet<HostEffect> _asked = [];
    private HostState _state;
    private HostEffect? _running;
    private CancellationTokenSource? _run;
    private Task _saved = Task.CompletedTask;
    private int _missesInARow;

    public HostActor(HostAddress address, HostWork work)
        : base(EntityDirectory.Host, address.Value, work.Measurements)
    {
        (_work, _state) = (work, new HostState(address));
    }

    /// <inheritdoc />
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc />
    protected override void OnRecover(object message)
    {
        switch (message)
        {
            case HostEvent happened:
                _state = _state.Evolve(happened);
                break;
            case RecoveryCompleted when !_state.Idle:
                FollowTurn();
                Reconcile();
                Save(ActorRefs.Nobody, null);
                WaitForTick(_work.Watch.FirstAfter(_state.Status));
                break;
        }
    }

    /// <inheritdoc />
    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case HostQuery.Describe:
                Describe();
                break;
            case HostCommand.UseNetwork use:
                Plan(use.Network);
                break;
            case HostCommand.UseKubeadm use:
                Plan(use);
                break;
            case HostCommand.JoinPrepared prepared:
                Join(prepared);
                break;
            case HostCommand command:
                Decide(command);
                break;
            case Joining joining:
                Join(joining);
                break;
            case Heard heard:
                Hear(heard);
                break;
            case Tick:
                CheckAgain();
                break;
            case StepAgain:
                TakeStepAgain();
                break;
            case NodeAgain:
                AskForNodeAgain();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <inheritdoc />
    protected override void PostStop()
    {
        GiveUpSpans();
        _stopping.Cancel();
        _stopping.Dispose();
        base.PostStop();
    }

    private void Describe()
    {
        HostReply reply = _state.Registration is null ? new HostReply.Refused(HostRefusal.NotRegistered) : new HostReply.Described(_state.View());
        if (_saved.IsCompleted)
        {
            Sender.Tell(reply);
        }
        else
        {
            // Whoever sees this host here and then reads a list finds no older one there.
            _saved.PipeTo(Sender, Self, () => reply, _ => reply);
        }

        RestWhenIdle();
    }

    private void Decide(HostCommand command, Action? afterwards = null)
    {
        var asker = Sender;
        var before = _state.Registration;
        var (events, reply) = _state.Decide(command, _work.Clock.GetUtcNow());
        switch (command)
        {
            case HostCommand.NodeStepReported step:
                _state = _state.Hears(step);
                RestBefore(new HostEffect.TakeStep(step.Run, step.Step));
                break;
            case HostCommand.NodeReported reported:
                RestBeforeNode(reported);
                break;
            case HostCommand.RecordStep step:
                _work.Measurements.BootstrapStepEnded(step.Outcome);
                break;
            case HostCommand.RecordCheck check:
                _work.Measurements.HealthChecked(check.Outcome);
                break;
        }

        Write(events, Take, () =>
        {
            if (before is not null && _state.Registration is null)
            {
                _run?.Cancel();
                _running = null;
                _work.Secrets.Remove(before.SecretId).PipeTo(ActorRefs.Nobody);
            }

            if (_running is HostEffect.TakeStep running && _state.TurnStep != running.Step)
            {
                _run?.Cancel();
            }

            if (!events.IsEmpty || command is HostCommand.RecordCheck)
            {
                Save(asker, reply);
            }
            else if (reply is not null)
            {
                asker.Tell(reply);
            }

            Reconcile();
            if (_state.Reaction(command) is { } reaction)
            {
                Perform(reaction);
            }

            afterwards?.Invoke();
            RestWhenIdle();
        });
    }

    private void Take(HostEvent happened)
    {
        _state = _state.Evolve(happened);
        if (happened is HostEvent.TurnEnded ended)
        {
            _work.Measurements.TurnEnded(_state.Turn!.Plan.Verb, ended.Outcome);
        }

        FollowTurn();
    }

    // An address without a host needs no actor; a message brings it back.
    private void RestWhenIdle()
    {
        if (_state.Idle)
        {
            Context.Parent.Tell(new Passivate(PoisonPill.Instance));
        }
    }

    private void Plan(NetworkDefinition network)
    {
        if (_state is { AwaitsNetwork: true, Facts: { } facts })
        {
            var steps = BootstrapSteps.Problem(network) is null ? BootstrapSteps.For(facts, network, _work.Bootstrap) : [];
            Decide(new HostCommand.PlanBootstrap(_state.Address, network, [.. steps.Select(s => s.Name)]));
        }
    }

    // The row the lists show is written after the event and before the answer, so that a list read after the answer has it.
    private void Save(IActorRef asker, HostReply? reply)
    {
        var saved = _saved = _work.Directory.Save(_state, LastSequenceNr);
        if (reply is null)
        {
            saved.PipeTo(ActorRefs.Nobody);
        }
        else
        {
            saved.PipeTo(asker, Self, () => reply, cause => new Status.Failure(cause));
        }
    }

    private void Reconcile()
    {
        var wanted = _state.Outstanding().ToList();
        _asked.IntersectWith(wanted);
        wanted.ForEach(Perform);
    }

    private void CheckAgain()
    {
        _asked.Clear();
        Reconcile();
        foreach (var effect in _state.Due())
        {
            Perform(effect);
        }

        if (!_state.Idle)
        {
            WaitForTick(_work.Watch.NextAfter(_state.Status, _missesInARow));
        }
    }

    private void WaitForTick(TimeSpan delay) =>
        Timers.StartSingleTimer(nameof(Tick), Tick.Now, _state.Turn is not null && delay > WatchSchedule.InTurn ? WatchSchedule.InTurn : delay);

    private void Perform(HostEffect effect)
    {
        switch (effect)
        {
            case HostEffect.Investigate:
                Run(effect, Investigation.Command, _work.Watch.InvestigationDeadline, outcome => new HostCommand.RecordInvestigation(_state.Address, outcome));
                break;
            case HostEffect.Check:
                var misses = _missesInARow;
                Run(effect, Investigation.Check, _work.Watch.CheckDeadline, outcome => new HostCommand.RecordCheck(_state.Address, outcome, misses));
                break;
            case HostEffect.TakeStep when effect == _resting:
                break;
            case HostEffect.TakeStep(var run, var step) when !TurnSteps.OfNode(step):
                TakeStep(effect, run, step);
                break;
            case HostEffect.RunStep(KubeadmSteps.Join):
                AskToJoin(effect);
                break;
            case HostEffect.RunStep(var name):
                var bootstrap = BootstrapSteps.For(_state.Facts!, _state.Bootstrap!.Network, _work.Bootstrap).Concat(KubeadmSteps.For(_state.Facts!, _work.Bootstrap)).FirstOrDefault(s => s.Name == name)
                    ?? new BootstrapStep(name, ShellCommand.Of("true"), _work.Bootstrap.StepDeadline);
                var command = bootstrap.Command ?? throw new InvalidOperationException($"Bootstrap step '{name}' has no command.");
                Run(effect, command, bootstrap.Deadline, outcome => new HostCommand.RecordStep(_state.Address, name, outcome));
                break;
            case var message when _asked.Add(message):
                Tell(message);
                break;
        }
    }

    private sealed record Tick : INoSerializationVerificationNeeded
    {
        public static readonly Tick Now = new();
    }
}
