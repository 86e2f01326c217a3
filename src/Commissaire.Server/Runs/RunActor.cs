using Akka.Cluster.Sharding;
using Akka.Hosting;
using Akka.Persistence;
using Commissaire.Clusters;
using Commissaire.Contracts;
using Commissaire.Storage;
using Commissaire.Telemetry;
using Commissaire.Wire;

namespace Commissaire.Runs;

/// <summary>One run: journals what its state decides, gives hosts their turn, and replies once events are stored.</summary>
internal sealed class RunActor : Entity, IWithTimers
{
    private static readonly TimeSpan ResendInterval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromMinutes(2);

    private readonly EntityDirectory _directory;
    private readonly TimeProvider _clock;
    private RunState _state;

    public RunActor(RunId run, EntityDirectory directory, TimeProvider clock, Metrics metrics, ChangeLog log)
        : base(EntityDirectory.Run, run.ToString(), metrics, log)
    {
        (_directory, _clock, _state) = (directory, clock, new RunState(run));
    }

    protected override void OnRecover(object message)
    {
        switch (message)
        {
            case RunEvent e:
                _state = _state.Evolve(e);
                break;
            case RecoveryCompleted:
                Resend();
                SetTimers(DateTimeOffset.MinValue);
                if (_state.Definition is not null)
                {
                    Save().PipeTo(ActorRefs.Nobody);
                }

                break;
        }
    }

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
            case ResendTick:
                Resend();
                break;
            case ReceiveTimeout:
                Context.Parent.Tell(new Passivate(PoisonPill.Instance));
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private void Decide(RunCommand command)
    {
        var sender = Sender;
        _state = _state.ApplyMessage(command);
        var now = _clock.GetUtcNow();
        var (events, reply) = _state.Decide(command, now);
        Write([.. events.Select(e => e with { Caller = command.Caller })], Apply, () =>
        {
            var saved = events.IsEmpty ? Task.CompletedTask : Save();
            if (reply is not null)
            {
                saved.PipeTo(sender, Self, () => reply, cause => new Status.Failure(cause));
            }

            if (command is RunCommand.ReportTurn { Report.End: not null } report)
            {
                Hosts.Tell(new HostCommand.TurnAcknowledged(report.Host, _state.Run, report.Attempt));
            }

            var began = events.OfType<RunEvent.HostBegan>().Select(e => e.Host).ToHashSet();
            if (began.Count > 0)
            {
                SendTurns(began.Contains);
            }

            if (events.Any(e => e is RunEvent.Retried))
            {
                AskForMembers();
            }

            // A cluster that begins a finished run has missed its end.
            if (_state.End is not null && (command is RunCommand.Begin || !events.IsEmpty))
            {
                SendEnd();
            }

            SetTimers(now);
        });
    }

    private void Apply(RunEvent e)
    {
        _state = _state.Evolve(e);
        LogChange(RunHistory.Describe(e), e.Caller);
    }

    // Messages may be lost: they are sent again until they are answered.
    private void Resend()
    {
        SendTurns(_ => true);
        AskForMembers();
        if (_state.End is not null)
        {
            SendEnd();
        }
    }

    private void AskForMembers()
    {
        if (_state is { Active: true, Members: null })
        {
            Clusters.Tell(new ClusterCommand.DescribeMembers(_state.Run.Cluster, _state.Run));
        }
    }

    private void SendTurns(Func<HostAddress, bool> include)
    {
        foreach (var turn in _state.Turns.Where(t => include(t.Host)))
        {
            Hosts.Tell(turn);
        }
    }

    private void SendEnd() => Clusters.Tell(new ClusterCommand.EndRun(_state.Run.Cluster, _state.Run));

    // A moment that passed since the last decision, while its events were written, must not be missed.
    private void SetTimers(DateTimeOffset decidedAt)
    {
        if (!_state.Active)
        {
            Timers.CancelAll();
            Context.SetReceiveTimeout(IdleTimeout);
            return;
        }

        Context.SetReceiveTimeout(null);
        if (!Timers.IsTimerActive(nameof(ResendTick)))
        {
            Timers.StartPeriodicTimer(nameof(ResendTick), ResendTick.Instance, ResendInterval);
        }

        if (_state.NextMoment is { } moment && moment > decidedAt)
        {
            var pause = moment - _clock.GetUtcNow();
            Timers.StartSingleTimer(
                nameof(RunCommand.Tick), new RunCommand.Tick(_state.Run), pause > TimeSpan.Zero ? pause : TimeSpan.Zero);
        }
    }

    // The row that lists of runs show.
    private Task Save() => _directory.Save(
        EntityDirectory.Run, _state.Run.ToString(), LastSequenceNr,
        Answers.Utf8(RunAnswers.Summary(_state), ContractsJson.Default.RunSummary));

    private static IActorRef Hosts => ActorRegistry.For(Context.System).Get<HostActor>();

    private static IActorRef Clusters => ActorRegistry.For(Context.System).Get<ClusterActor>();

    private sealed record ResendTick : INoSerializationVerificationNeeded
    {
        public static readonly ResendTick Instance = new();
    }
}

/// <summary>One <see cref="RunActor"/> for each run, by cluster and number.</summary>
internal static class RunRegion
{
    public static AkkaConfigurationBuilder WithRuns(this AkkaConfigurationBuilder akka) =>
        akka.WithEntities<RunActor, RunId>(EntityDirectory.Run);
}
