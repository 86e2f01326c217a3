namespace Commissaire.Hosts;

// What others see of the host: replies to queries, and the row that lists show.
internal sealed partial class HostActor
{
    private Task _saved = Task.CompletedTask;

    private void Describe()
    {
        HostReply reply = _state.Registration is null
            ? new HostReply.Refused(HostRefusal.NotRegistered)
            : new HostReply.Described(_state.ViewWithPlan());
        if (_saved.IsCompleted)
        {
            Sender.Tell(reply);
        }
        else
        {
            // A client that sees this state and then reads a list must not find an older one there.
            _saved.PipeTo(Sender, Self, () => reply, _ => reply);
        }

        StopIfIdle();
    }

    // The row that lists show is stored after the event and before the reply, so that a list read after the reply includes it.
    private void Save(IActorRef sender, HostReply? reply)
    {
        var saved = _saved = _services.Directory.Save(_state, LastSequenceNr);
        if (reply is null)
        {
            saved.PipeTo(ActorRefs.Nobody);
        }
        else
        {
            saved.PipeTo(sender, Self, () => reply, cause => new Status.Failure(cause));
        }
    }

    private void PreviewTurn(HostQuery.PreviewTurn query)
    {
        Sender.Tell(_state.Registration is null
            ? new HostReply.Refused(HostRefusal.NotRegistered)
            : new HostReply.TurnPreviewed(_state.Preview(query.Plan), _state.View().Manager));
        StopIfIdle();
    }
}
