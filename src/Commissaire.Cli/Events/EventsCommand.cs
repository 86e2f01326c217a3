using System.Text.Json;
using Commissaire.Contracts.Events;
using Commissaire.Output;

namespace Commissaire.Events;

/// <summary><c>commctl events</c>.</summary>
internal static class EventsCommand
{
    public static DocumentedCommand Build(CommandFactory factory)
    {
        var cluster = new Argument<string?>("CLUSTER")
        {
            Description = "Name of a cluster: print only its events, and those of its runs and hosts.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var follow = new Option<bool>("--follow", "-f")
        {
            Description = "Print events until interrupted. This is the default, and the only mode.",
        };
        return factory.WithSession(
            new DocumentedCommand("events", "Print the events of hosts, clusters and runs as they happen, until interrupted.", """
                Past events are in 'commctl host history' and 'commctl cluster history'. If the connection breaks, commctl reconnects and
                continues after the last event. With --output json, each event is one line.

                Examples:
                  commctl events --follow
                  commctl events --output json my_cluster | jq --unbuffered 'select(.subject == "host")'
                """) { cluster, follow },
            (session, parseResult, ct) => Follow(session, parseResult.GetValue(cluster), ct));
    }

    private static async Task<int> Follow(Session session, string? cluster, CancellationToken ct)
    {
        using var events = new EventStream(
            session.Api, cluster, text => session.Environment.Error.WriteLine(TerminalText.OneLine($"commctl: {text}")),
            session.Environment.Clock);
        if (await events.Connect(ct) is { } rejected)
        {
            throw rejected.ToException();
        }

        await foreach (var @event in events.ReadAll(ct))
        {
            if (@event is not null)
            {
                session.Printer.PrintItem(
                    JsonSerializer.SerializeToNode(@event, ApiClient.Json.StreamedEvent)!.AsObject(), Line(@event));
            }
        }

        throw new OperationCanceledException(ct);
    }

    private static string Line(StreamedEvent @event) =>
        TerminalText.OneLine($"{TerminalText.Timestamp(@event.At)} {@event.Subject} {@event.Name} {@event.Summary}"
            + (@event.By is { } by ? $" (by '{by}')" : ""));
}
