using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Hosting;
using Akka.Persistence;
using Commissaire.Clusters;
using Commissaire.Contracts;
using Commissaire.Hosts;
using Commissaire.Http;
using Commissaire.Storage;
using Commissaire.Telemetry;

namespace Commissaire.Runs;

/// <summary>One run of an operation: journals who begins and how each turn ended, and gives hosts their turn once that is written.</summary>
internal sealed class RunActor : Entity, IWithTimers
{
    // How long a message to a host or the cluster is trusted to have arrived, and how long a run that is over stays at hand.
    private static readonly TimeSpan Retell = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(2);

    private readonly EntityDirectory _directory;
    private readonly TimeProvider _clock;
    private RunState _state;

    public RunActor(RunId run, EntityDirectory directory, TimeProvider clock, Metrics measurements)
        : base(EntityDirectory.Run, run.ToString(), measurements)
    {
        (_directory, _clock, _state) = (directory, clock, new RunState(run));
    }

    /// <inheritdoc />
    protected override void OnRecover(object message)
    {
        switch (message)
        {
            case RunEvent happened:
                _state = _state.Evolve(happened);
                break;
            case RecoveryCompleted:
                TellAll();
                Wait();
                if (_state.Definition is not null)
                {
                    Save().PipeTo(ActorRefs.Nobody);
                }

                break;
        }
    }

    /// <inheritdoc />
    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case RunQuery.Describe:
                Sender.Tell(_state.Definition is null ? new RunReply.Refused(RunRefusal.NotFound) : new RunReply.Described(_state.View()));
                break;
            case RunCommand command:
                Decide(command);
                break;
            case TellAgain:
                TellAll();
                break;
            case ReceiveTimeout:
                Context.Parent.Tell(new Passivate(PoisonPill.Instance));
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <inheritdoc />
    public ITimerScheduler Timers { get; set; } = null!;

    private void Decide(RunCommand command)
    {
        var asker = Sender;
        _state = _state.ApplyMessage(command);
        var (events, reply) = _state.Decide(command, _clock.GetUtcNow());
        Write(events, happened => _state = _state.Evolve(happened), () =>
        {
            var saved = events.IsEmpty ? Task.CompletedTask : Save();
            if (reply is not null)
            {
                saved.PipeTo(asker, Self, () => reply, cause => new Status.Failure(cause));
            }

            if (command is RunCommand.ReportTurn { Report.End: not null } heard)
            {
                Hosts.Tell(new HostCommand.TurnAcknowledged(heard.Host, _state.Run, heard.Attempt));
            }

            var began = events.OfType<RunEvent.HostBegan>().Select(e => e.Host).ToHashSet();
            if (began.Count > 0)
            {
                TellTurns(began.Contains);
            }

            // Nobody begins before the cluster has told how its members are.
            if (events.Any(e => e is RunEvent.Retried))
            {
                AskForMembers();
            }

            // A cluster that tells its members to a run that is over does not know that it is.
            if (_state.End is not null && (command is RunCommand.Begin || !events.IsEmpty))
            {
                TellEnd();
            }

            Wait();
        });
    }

    // What was told may not have arrived: it is told again until hosts have answered.
    private void TellAll()
    {
        TellTurns(_ => true);
        AskForMembers();
        if (_state.End is not null)
        {
            TellEnd();
        }
    }

    private void AskForMembers()
    {
        if (_state is { Active: true, Members: null })
        {
            Clusters.Tell(new ClusterCommand.DescribeMembers(_state.Run.Cluster, _state.Run));
        }
    }

    private void TellTurns(Func<HostAddress, bool> whose)
    {
        foreach (var turn in _state.Turns.Where(t => whose(t.Host)))
        {
            Hosts.Tell(turn);
        }
    }

    private void TellEnd() => Clusters.Tell(new ClusterCommand.EndRun(_state.Run.Cluster, _state.Run));

    private void Wait()
    {
        if (!_state.Active)
        {
            Timers.CancelAll();
            Context.SetReceiveTimeout(Rest);
            return;
        }

        Context.SetReceiveTimeout(null);
        if (!Timers.IsTimerActive(nameof(TellAgain)))
        {
            Timers.StartPeriodicTimer(nameof(TellAgain), TellAgain.Now, Retell);
        }

        if (_state.NextMoment is { } moment && moment - _clock.GetUtcNow() is var pause && pause > TimeSpan.Zero)
        {
            Timers.StartSingleTimer(nameof(RunCommand.Tick), new RunCommand.Tick(_state.Run), pause);
        }
    }

    // The row that lists of runs are read from.
    private Task Save() => _directory.Save(
        EntityDirectory.Run, _state.Run.ToString(), LastSequenceNr,
        Answers.Utf8(RunAnswers.Summary(_state), ContractsJson.Default.RunSummary));

    private static IActorRef Hosts => ActorRegistry.For(Context.System).Get<HostActor>();

    private static IActorRef Clusters => ActorRegistry.For(Context.System).Get<ClusterActor>();

    private sealed record TellAgain : INoSerializationVerificationNeeded
    {
        public static readonly TellAgain Now = new();
    }
}
