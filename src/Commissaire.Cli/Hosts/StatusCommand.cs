namespace Commissaire.Hosts;

/// <summary><c>commctl host status</c>.</summary>
internal static class StatusCommand
{
    public static DocumentedCommand Build(CommandFactory factory)
    {
        var watch = new Option<bool>("--watch", "-w")
        {
            Description = "Show progress until the host is ready, then the host. Exit status 3 if it failed.",
        };
        return HostCommands.WithHost(
            factory, new DocumentedCommand("status", "Show the status of a host and of its node.") { watch },
            async (session, address, parseResult, ct) =>
            {
                if (!parseResult.GetValue(watch))
                {
                    return session.PrintResource(await session.Api.Get(Routes.Host(address, "status"), ct));
                }

                var host = (await session.Api.Get(Routes.Host(address), ct)).EnsureSuccess();
                var cluster = host.Deserialize(ApiClient.Json.HostResource).Cluster;
                return await HostWatcher.WaitUntilReady(session, address, cluster.Length == 0 ? null : cluster, null, ct);
            });
    }
}
