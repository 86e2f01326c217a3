using Commissaire.Contracts.Hosts;
using Commissaire.Http;
using Commissaire.Invocation;
using Commissaire.Output;

namespace Commissaire.Hosts;

/// <summary>Follows a host from its registration until it is ready, or is not going to be.</summary>
internal static class HostWatch
{
    /// <summary>Shows how it goes as lines, and at last the host.</summary>
    /// <param name="session">The server.</param>
    /// <param name="address">The host.</param>
    /// <param name="cluster">The cluster it is to join.</param>
    /// <param name="register">Registers it.</param>
    /// <param name="ct">Stops watching; the host goes on.</param>
    /// <returns>0 only if the host is ready.</returns>
    public static async Task<int> Follow(Session session, string address, string? cluster, Func<Task<Answer>> register, CancellationToken ct)
    {
        var error = session.World.Error;
        using var feed = new EventFeed(session.Api, cluster, text => error.WriteLine($"commctl: {text}"), session.World.Clock);
        if (await feed.Open(ct) is { } refused)
        {
            throw refused.Missing ? new CommandFailure($"{refused.Detail} Create it first, or leave --cluster out.") : refused.Failure();
        }

        (await register()).OrFail();
        var said = "";
        await foreach (var happened in feed.Listen(ct))
        {
            if (happened is not null && (happened.Subject != "host" || happened.Name != address))
            {
                continue;
            }

            if (happened is not null)
            {
                await error.WriteLineAsync($"{happened.At[..Math.Min(19, happened.At.Length)]}Z {address} {Words.OneLine(happened.Summary)}");
            }

            if (await session.Api.Look(Routes.Host(address), ct) is not { } answer)
            {
                continue;
            }

            var host = answer.Read(Api.Json.HostResource);
            if (await Verdict(session.Api, host, ct) is { } verdict)
            {
                session.Printer.Print(answer.Json);
                return verdict;
            }

            var now = $"{address} is {host.Status}: {Words.OneLine(host.Reason)}";
            if (now != said)
            {
                said = now;
                await error.WriteLineAsync(now);
            }
        }

        throw new OperationCanceledException(ct);
    }

    // A host without a container manager is ready when it is disassociated; with one it is on its way to active, unless the manager says no.
    private static async Task<int?> Verdict(Api api, HostResource host, CancellationToken ct)
    {
        if (host.Status is "active" or "failed")
        {
            return host.Status == "active" ? ExitCodes.Done : ExitCodes.Failed;
        }

        if (host.Status != "disassociated")
        {
            return null;
        }

        return (host.Cluster.Length == 0 ? "" : await Manager(api, host.Cluster, ct)) switch
        {
            null => null,
            "" => ExitCodes.Done,
            _ => host.Next == "the container manager will be asked again" ? ExitCodes.Failed : null,
        };
    }

    private static async Task<string?> Manager(Api api, string cluster, CancellationToken ct) =>
        await api.Look(Routes.Cluster(cluster), ct) is { } answer ? answer.Read(Api.Json.ClusterResource).ContainerManager : null;
}
