using Commissaire.Contracts.Events;
using Commissaire.Contracts.Operations;
using Commissaire.Http;
using Commissaire.Invocation;

namespace Commissaire.Operations;

/// <summary>Follows a run until it is over.</summary>
internal static class RunWatch
{
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

        var run = (await begin()).OrFail().Read(Api.Json.OperationResource);
        var path = Routes.Cluster(cluster, "operations", $"{run.Id}");
        try
        {
            var last = await view.Show(run, async () =>
            {
                await foreach (var happened in feed.Listen(ct))
                {
                    if (happened is not null && !Concerns(happened, run))
                    {
                        continue;
                    }

                    if (happened is not null)
                    {
                        view.Tell(happened);
                    }

                    if (await session.Api.Look(path, ct) is { } now)
                    {
                        view.Update(now.Read(Api.Json.OperationResource));
                        if (now.Read(Api.Json.OperationResource).FinishedAt is not null)
                        {
                            return now;
                        }
                    }
                }

                throw new OperationCanceledException(ct);
            });
            session.Printer.Print(last.Json);
            return last.Read(Api.Json.OperationResource).Status == "finished" ? ExitCodes.Done : ExitCodes.Failed;
        }
        catch (OperationCanceledException)
        {
            await session.World.Error.WriteLineAsync($"commctl: Run {run.Id} of cluster '{cluster}' goes on; watch it with: commctl cluster {run.Verb} status --watch {cluster}");
            throw;
        }
    }

    private static bool Concerns(StreamedEvent happened, OperationResource run) => happened.Subject switch
    {
        "operation" => happened.Name == $"{run.Name}/{run.Id}",
        "host" => happened.Event.StartsWith("turn-", StringComparison.Ordinal),
        _ => false,
    };
}
