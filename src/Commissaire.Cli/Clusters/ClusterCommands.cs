using System.Text.Json.Nodes;
using Commissaire.Contracts.Clusters;
using Commissaire.Hosts;
using Commissaire.Output;
using Commissaire.Runs;

namespace Commissaire.Clusters;

/// <summary><c>commctl cluster</c>.</summary>
internal static class ClusterCommands
{
    private static readonly Columns ListColumns = new("name")
    {
        Terminal = ["name", "status", "hosts", "container_manager", "network", "run", "reason"],
        Optional = ["network", "container_manager"],
    };

    public static Command Build(CommandFactory factory) => new("cluster", "Manage clusters, and restart, upgrade or deploy to their hosts.")
    {
        Create(factory),
        DeleteCommand.Build(factory),
        factory.Get("Show a cluster.", Name(), name => Routes.Cluster(name)),
        factory.ListNames("clusters", Routes.Clusters, ListColumns, Summarize),
        HistoryCommand.Build(
            factory, "Show the events of a cluster, oldest first.", Name(), (name, _) => Task.FromResult(Routes.Cluster(name, "history"))),
        OperationsCommand.Build(factory),
        RunCommands.Build(factory, "deploy"),
        RunCommands.Build(factory, "restart"),
        RunCommands.Build(factory, "upgrade"),
    };

    public static Argument<string> Name() => new("NAME") { Description = "Name of the cluster." };

    private static DocumentedCommand Create(CommandFactory factory)
    {
        var name = Name();
        var type = Options.Choice(
            ["--type", "-t"], "Type of the cluster. The server ignores it.", ["kubernetes", "host_only"], "kubernetes");
        var network = Options.Text(["--network", "-n"], "NETWORK", "Network of the hosts.", "default");
        var manager = Options.Text(["--container-manager", "-c"], "NAME", "Container manager of the hosts. Default: none.");
        var bootstrap = Options.Bootstrap("Whether hosts are bootstrapped: auto (unless they are in service), always or never. "
            + "Default of a new cluster: auto.");
        return factory.WithSession(
            new DocumentedCommand("create", "Create a cluster, or change the network and container manager of an existing cluster.", """
                Examples:
                  commctl cluster create my_cluster
                  commctl cluster create --type kubernetes --network default --container-manager ocp my_cluster
                """) { name, type, network, manager, bootstrap },
            async (session, parseResult, ct) =>
            {
                var body = new PutClusterRequest
                {
                    Type = parseResult.GetValue(type),
                    Network = parseResult.GetValue(network),
                    ContainerManager = parseResult.GetValue(manager) ?? "",
                    Bootstrap = parseResult.GetValue(bootstrap),
                };
                return session.PrintResult(await session.Api.Put(
                    Routes.Cluster(parseResult.GetRequiredValue(name)), body, ApiClient.Json.PutClusterRequest, ct));
            });
    }

    // Hosts that are available, of all. The run is the one that holds the cluster.
    private static async Task<JsonObject> Summarize(Session session, string name, CancellationToken ct)
    {
        var cluster = await session.Api.Get(Routes.Cluster(name), ct);
        if (!cluster.IsSuccess || cluster.Json is not JsonObject row)
        {
            return [];
        }

        var hosts = cluster.Deserialize(ApiClient.Json.ClusterResource).Hosts;
        row["hosts"] = $"{hosts.Available}/{hosts.Total}";
        var runs = await session.Api.Get(Routes.Cluster(name, "operations"), ct);
        row["run"] = runs.IsSuccess && runs.Deserialize(ApiClient.Json.IReadOnlyListRunSummary)
            .LastOrDefault(run => run.Status == "in_process") is { } current ? $"{current.Verb} {current.Id}" : "";
        return row;
    }
}
