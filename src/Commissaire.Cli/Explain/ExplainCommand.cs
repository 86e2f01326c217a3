using System.Globalization;
using System.Text.Json.Nodes;
using Commissaire.Clusters;
using Commissaire.Hosts;

namespace Commissaire.Explain;

/// <summary>
/// <c>commctl explain</c>: what happens next, for what it waits, since when, and who can change that. The server says all of it.
/// </summary>
internal static class ExplainCommand
{
    public static Command Build(CommandFactory factory) => new(
        "explain", "Say what happens next, what it waits for, and who can change that.")
    {
        HostCommands.WithHost(factory, new DocumentedCommand("host", "Explain the status of a host."), async (session, address, _, ct) =>
            Print(session, await session.Api.Get(Routes.Host(address), ct), Host)),
        Cluster(factory),
        Run(factory),
    };

    private static DocumentedCommand Cluster(CommandFactory factory)
    {
        var name = ClusterCommands.Name();
        return factory.WithSession(
            new DocumentedCommand("cluster", "Explain the status of a cluster, its unavailable hosts, and its run.") { name },
            async (session, parseResult, ct) =>
            {
                var cluster = parseResult.GetRequiredValue(name);
                var response = await session.Api.Get(Routes.Cluster(cluster), ct);
                if (!response.IsSuccess)
                {
                    return session.PrintResource(response);
                }

                var hosts = (await session.Api.Get(Routes.Hosts, ct)).EnsureSuccess().Json as JsonArray ?? [];
                var runs = (await session.Api.Get(Routes.Cluster(cluster, "operations"), ct)).EnsureSuccess().Json as JsonArray ?? [];
                return Print(session, response, fields => Cluster(
                    fields, hosts.OfType<JsonObject>().Where(h => $"{h["cluster"]}" == cluster),
                    runs.OfType<JsonObject>().LastOrDefault(r => $"{r["status"]}" == "in_process")));
            });
    }

    private static DocumentedCommand Run(CommandFactory factory)
    {
        var name = ClusterCommands.Name();
        var number = new Argument<int>("N") { Description = "Number of the run, as 'commctl cluster operations' lists it." };
        return factory.WithSession(
            new DocumentedCommand("run", "Explain the status of a run and of its hosts.") { name, number },
            async (session, parseResult, ct) => Print(
                session, await session.Api.Get(
                    Routes.Cluster(parseResult.GetRequiredValue(name), "operations",
                        parseResult.GetRequiredValue(number).ToString(CultureInfo.InvariantCulture)), ct), Run));
    }

    private static int Print(Session session, ApiResponse response, Func<JsonObject, JsonObject> explain)
    {
        if (!response.IsSuccess || response.Json is not JsonObject fields)
        {
            return session.PrintResource(response);
        }

        session.Printer.Print(explain(fields));
        return ExitCodes.Success;
    }

    private static JsonObject Host(JsonObject host) => Picked(
        host, "address", "status", "since", "reason", "next", "waits_for", "adopted", "cluster", "container_manager", "plan");

    private static JsonObject Run(JsonObject run)
    {
        var explained = Picked(run, "name", "id", "verb", "status", "started_at", "by", "reason", "waits_for");
        explained["hosts"] = new JsonArray(
        [
            .. ((run["hosts"] as JsonArray) ?? []).OfType<JsonObject>().Where(h => $"{h["outcome"]}" is not "succeeded" and not "skipped")
                .Select(h => Picked(h, "address", "outcome", "step", "since", "reason")),
        ]);
        return explained;
    }

    private static JsonObject Cluster(JsonObject cluster, IEnumerable<JsonObject> hosts, JsonObject? run)
    {
        var explained = Picked(cluster, "name", "status", "reason", "container_manager");
        var ready = $"{cluster["container_manager"]}".Length > 0 ? "active" : "disassociated";
        explained["unavailable"] = new JsonArray(
        [
            .. hosts.Where(h => $"{h["status"]}" != "active" && $"{h["status"]}" != ready)
                .Select(h => Picked(h, "address", "status", "since", "reason", "next", "waits_for")),
        ]);
        if (run is not null)
        {
            explained["run"] = Picked(run, "id", "verb", "started_at", "by", "reason");
        }

        return explained;
    }

    private static JsonObject Picked(JsonObject from, params IEnumerable<string> names) => new(
        names.Where(from.ContainsKey).Select(name => KeyValuePair.Create(name, from[name]?.DeepClone())));
}
