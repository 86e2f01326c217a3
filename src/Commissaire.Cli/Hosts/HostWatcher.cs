using Commissaire.Contracts.Hosts;
using Commissaire.Output;

namespace Commissaire.Hosts;

/// <summary>Waits until a host is ready or failed.</summary>
internal static class HostWatcher
{
    /// <summary>Registers a host, prints its events to standard error and the host to standard output, and returns the exit code.</summary>
    /// <param name="session">The session.</param>
    /// <param name="address">The address of the host.</param>
    /// <param name="cluster">The cluster of the host; null for none.</param>
    /// <param name="register">Sends the registration; null for a host that is registered.</param>
    /// <param name="ct">Ends the wait. The server continues.</param>
    public static async Task<int> WaitUntilReady(
        Session session, string address, string? cluster, Func<Task<ApiResponse>>? register, CancellationToken ct)
    {
        var error = session.Environment.Error;
        using var events = new EventStream(
            session.Api, cluster, text => error.WriteLine(TerminalText.OneLine($"commctl: {text}")), session.Environment.Clock);
        if (await events.Connect(ct) is { } rejected)
        {
            throw rejected.IsNotFound && register is not null
                ? new CommandException($"{rejected.Detail} Create the cluster first, or omit --cluster.")
                : rejected.ToException();
        }

        if (register is not null)
        {
            (await register()).EnsureSuccess();
        }

        try
        {
            return await Watch(session, events, address, ct);
        }
        catch (OperationCanceledException)
        {
            await error.WriteLineAsync($"commctl: The server continues to prepare host {address}. To watch it, run: "
                + session.CommandLine("host", "status", "--watch", address));
            throw;
        }
    }

    private static async Task<int> Watch(Session session, EventStream events, string address, CancellationToken ct)
    {
        var (error, lastProgress) = (session.Environment.Error, "");
        await foreach (var @event in events.ReadAll(ct))
        {
            if (@event is not null)
            {
                if (@event.Subject != "host" || @event.Name != address)
                {
                    continue;
                }

                await error.WriteLineAsync(TerminalText.OneLine($"{TerminalText.Timestamp(@event.At)} {address} {@event.Summary}"));
            }

            if (await session.Api.TryGet(Routes.Host(address), ct) is not { } response)
            {
                continue;
            }

            var host = response.Deserialize(ApiClient.Json.HostResource);
            if (await ExitCode(session.Api, host, ct) is { } exitCode)
            {
                session.Printer.Print(response.Json);
                return exitCode;
            }

            var progress = TerminalText.OneLine($"{address} is {host.Status}: {host.Reason}");
            if (progress != lastProgress)
            {
                lastProgress = progress;
                await error.WriteLineAsync(progress);
            }
        }

        throw new OperationCanceledException(ct);
    }

    // A disassociated host is ready unless its cluster has a container manager. Then it becomes active once the manager adds its node.
    private static async Task<int?> ExitCode(ApiClient api, HostResource host, CancellationToken ct) => host.Status switch
    {
        "active" => ExitCodes.Success,
        "failed" => ExitCodes.WaitFailed,
        "disassociated" when host.Cluster.Length == 0 => ExitCodes.Success,
        "disassociated" when await api.TryGet(Routes.Cluster(host.Cluster), ct) is { } cluster =>
            cluster.Deserialize(ApiClient.Json.ClusterResource).ContainerManager.Length == 0 ? ExitCodes.Success
            : await IsNodeRejected(api, host.Address, ct) ? ExitCodes.WaitFailed
            : null,
        _ => null,
    };

    // The container manager rejected the node if no later event of the node follows the problem. Without a response, keep waiting.
    private static async Task<bool> IsNodeRejected(ApiClient api, string address, CancellationToken ct)
    {
        var last = "";
        try
        {
            await foreach (var page in HistoryCommand.ReadPages(api, Routes.Host(address, "history"), 0, ct))
            {
                last = !page.IsSuccess ? "" : page.Deserialize(ApiClient.Json.IReadOnlyListHistoryEntry).Select(entry => entry.Event)
                    .LastOrDefault(name => name == "bootstrapped" || name.StartsWith("node-", StringComparison.Ordinal)) ?? last;
            }
        }
        catch (CommandException e) when (e.ExitCode == ExitCodes.Unreachable)
        {
            return false;
        }

        return last == "node-problem";
    }
}
