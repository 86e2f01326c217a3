using Commissaire.Contracts.Events;
using Commissaire.Contracts.Runs;
using Commissaire.Http;
using Commissaire.Invocation;

namespace Commissaire.Runs;

/// <summary>Follows a run until it is over.</summary>
internal static class RunWatch
{
    // That the last event comes is certain, when it comes is not: a server that has just been started looks through its journal first.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Shows how a run goes, and at last its record.</summary>
    /// <param name="session">The server.</param>
    /// <param name="cluster">The cluster.</param>
    /// <param name="begin">The request whose answer is the run.</param>
    /// <param name="ct">Stops watching; the run goes on.</param>
    /// <returns>0 only if the run finished well.</returns>
    public static async Task<int> Follow(Session session, string cluster, Func<Task<Answer>> begin, CancellationToken ct)
    {
        using var view = RunViews.For(session.World);
        using var feed = new EventFeed(session.Api, cluster, view.Note, session.World.Clock);
        // Listened to before the run begins, so that its first steps are seen.
        if (await feed.Open(ct) is { } refused)
        {
            throw refused.Failure();
        }

        var run = (await begin()).OrFail().Read(Api.Json.RunResource);
        try
        {
            var last = await view.Show(run, () => Watch(session, view, feed, run, ct));
            session.Printer.Print(last.Json);
            return last.Read(Api.Json.RunResource).Status == "finished" ? ExitCodes.Done : ExitCodes.Failed;
        }
        catch (OperationCanceledException)
        {
            await session.World.Error.WriteLineAsync($"commctl: Run {run.Id} of cluster '{cluster}' goes on; watch it with: commctl cluster {run.Verb} status --watch {cluster}");
            throw;
        }
    }

    private static async Task<Answer> Watch(Session session, IRunView view, EventFeed feed, RunResource run, CancellationToken ct)
    {
        Answer? over = null;
        using var patience = new CancellationTokenSource(Timeout.InfiniteTimeSpan, session.World.Clock);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(ct, patience.Token);
        try
        {
            await foreach (var happened in feed.Listen(enough.Token))
            {
                if (happened is not null && !Concerns(happened, run))
                {
                    continue;
                }

                if (happened is not null)
                {
                    view.Tell(happened);
                }

                if (over is null && await session.Api.Look(Routes.Cluster(run.Name, "operations", $"{run.Id}"), ct) is { } answer)
                {
                    var now = answer.Read(Api.Json.RunResource);
                    view.Update(now);
                    over = now.FinishedAt is null ? null : answer;
                    if (over is not null)
                    {
                        // Events come a moment after the record: its last ones are still to be told, if it did not end before it was watched.
                        patience.CancelAfter(run.FinishedAt is null ? Patience : TimeSpan.Zero);
                    }
                }

                if (over is not null && happened is { Subject: "operation", Event: "finished" or "failed" })
                {
                    return over;
                }
            }
        }
        catch (OperationCanceledException) when (over is not null && !ct.IsCancellationRequested)
        {
            return over;
        }

        throw new OperationCanceledException(ct);
    }

    private static bool Concerns(StreamedEvent happened, RunResource run) => happened.Subject switch
    {
        "operation" => happened.Name == $"{run.Name}/{run.Id}",
        "host" => happened.Event.StartsWith("turn-", StringComparison.Ordinal),
        _ => false,
    };
}
