using Commissaire.Contracts.Events;
using Commissaire.Contracts.Runs;

namespace Commissaire.Runs;

/// <summary>Watches a run until it ends.</summary>
internal static class RunWatcher
{
    // The last events follow the end of a run, late if the server has just started and still reads its journal.
    private static readonly TimeSpan LastEventsTimeout = TimeSpan.FromSeconds(30);

    /// <summary>Shows the progress of a run on standard error, prints the run at its end, and returns the exit code.</summary>
    public static async Task<int> Watch(Session session, string cluster, Func<Task<ApiResponse>> request, CancellationToken ct)
    {
        var view = IRunView.Create(session.Environment);
        using var events = new EventStream(session.Api, cluster, view.WriteNotice, session.Environment.Clock);
        // Connect before the request, to receive the first events of the run.
        if (await events.Connect(ct) is { } rejected)
        {
            throw rejected.ToException();
        }

        var run = (await request()).EnsureSuccess().Deserialize(ApiClient.Json.RunResource);
        try
        {
            var end = await view.Show(run, () => WaitForEnd(session, view, events, run, ct));
            session.Printer.Print(end.Json);
            return end.Deserialize(ApiClient.Json.RunResource).Status == "finished" ? ExitCodes.Success : ExitCodes.WaitFailed;
        }
        catch (OperationCanceledException)
        {
            await session.Environment.Error.WriteLineAsync(
                $"commctl: Run {run.Id} of cluster '{cluster}' continues. To watch it, run: "
                + $"{session.CommandLine("cluster", run.Verb, "status", "--watch", cluster)}\ncommctl: To start no further host, run: "
                + session.CommandLine("cluster", run.Verb, "pause", cluster));
            throw;
        }
    }

    private static async Task<ApiResponse> WaitForEnd(
        Session session, IRunView view, EventStream events, RunResource run, CancellationToken ct)
    {
        ApiResponse? end = null;
        var path = Routes.Cluster(run.Name, "operations", $"{run.Id}");
        using var timeout = new CancellationTokenSource(Timeout.InfiniteTimeSpan, session.Environment.Clock);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
        try
        {
            await foreach (var @event in events.ReadAll(linked.Token))
            {
                if (@event is not null)
                {
                    if (!BelongsTo(@event, run))
                    {
                        continue;
                    }

                    view.WriteEvent(@event);
                }

                if (end is null && await session.Api.TryGet(path, ct) is { } response)
                {
                    var current = response.Deserialize(ApiClient.Json.RunResource);
                    view.Update(current);
                    if (current.FinishedAt is not null)
                    {
                        end = response;
                        // A run that ended before the watch has no further events.
                        timeout.CancelAfter(run.FinishedAt is null ? LastEventsTimeout : TimeSpan.Zero);
                    }
                }

                if (end is not null && @event is { Subject: "operation", Event: "finished" or "failed" })
                {
                    return end;
                }
            }
        }
        catch (OperationCanceledException) when (end is not null && !ct.IsCancellationRequested)
        {
            return end;
        }

        throw new OperationCanceledException(ct);
    }

    private static bool BelongsTo(StreamedEvent @event, RunResource run) => @event.Subject switch
    {
        "operation" => @event.Name == $"{run.Name}/{run.Id}",
        "host" => @event.Event.StartsWith("turn-", StringComparison.Ordinal),
        _ => false,
    };
}
