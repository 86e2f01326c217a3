using Akka.Cluster.Sharding;
using Akka.Hosting;
using Akka.Persistence;
using Commissaire.Storage;
using Commissaire.Telemetry;
using Commissaire.Wire;

namespace Commissaire.Tokens;

/// <summary>One enrolment token: journals what its state decides, and replies once events are stored.</summary>
internal sealed class TokenActor : Entity
{
    private readonly TokenDirectory _directory;
    private readonly TimeProvider _clock;
    private TokenState _state;

    public TokenActor(ResourceName token, TokenDirectory directory, TimeProvider clock, Metrics metrics, ChangeLog log)
        : base(EntityDirectory.Token, token.Value, metrics, log)
    {
        (_directory, _clock, _state) = (directory, clock, new TokenState(token));
    }

    protected override void OnRecover(object message)
    {
        switch (message)
        {
            case TokenEvent e:
                _state = _state.Evolve(e);
                break;
            case RecoveryCompleted:
                Save().PipeTo(ActorRefs.Nobody);
                break;
        }
    }

    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case TokenCommand command:
                Decide(command);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Decide(TokenCommand command)
    {
        var sender = Sender;
        var (events, reply) = _state.Decide(command, _clock.GetUtcNow());
        Write([.. events.Select(e => e with { Caller = command.Caller })], Apply, () =>
        {
            (events.IsEmpty ? Task.CompletedTask : Save()).PipeTo(sender, Self, () => reply!, cause => new Status.Failure(cause));

            // Guessed tokens leave no actors behind.
            if (_state.View() is null)
            {
                Context.Parent.Tell(new Passivate(PoisonPill.Instance));
            }
        });
    }

    private void Apply(TokenEvent e)
    {
        _state = _state.Evolve(e);
        LogChange(TokenHistory.Describe(e), e.Caller);
    }

    private Task Save() => _state.View() is { } view ? _directory.Save(view, LastSequenceNr) : Task.CompletedTask;
}

/// <summary>One <see cref="TokenActor"/> for each enrolment token, by id.</summary>
internal static class TokenRegion
{
    public static AkkaConfigurationBuilder WithTokens(this AkkaConfigurationBuilder akka) =>
        akka.WithEntities<TokenActor, ResourceName>(EntityDirectory.Token);
}
