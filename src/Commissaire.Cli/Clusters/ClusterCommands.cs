using System.CommandLine;
using Commissaire.Contracts.Clusters;
using Commissaire.Hosts;
using Commissaire.Http;
using Commissaire.Invocation;
using Commissaire.Runs;

namespace Commissaire.Clusters;

/// <summary><c>commctl cluster</c>.</summary>
internal static class ClusterCommands
{
    /// <summary>The command.</summary>
    public static Command Build(Cli cli) => new("cluster", "Clusters, and rolling operations over their hosts.")
    {
        Create(cli),
        cli.Deletes("Delete clusters. Their hosts stay registered, and are in no cluster.", name => Routes.Cluster(name)),
        cli.Shows("get", "Show a cluster.", Name(), name => Routes.Cluster(name)),
        cli.Lists("List the names of all clusters.", Routes.Clusters),
        HistoryCommand.Build(cli, "Show what happened to a cluster, oldest first.", Name(), (name, _) => Task.FromResult(Routes.Cluster(name, "history"))),
        Runs(cli),
        RunCommands.Build(cli, "deploy"),
        RunCommands.Build(cli, "restart"),
        RunCommands.Build(cli, "upgrade"),
    };

    /// <summary>The name of a cluster.</summary>
    public static Argument<string> Name() => new("NAME") { Description = "Name of the cluster." };

    private static Verb Create(Cli cli)
    {
        var name = Name();
        var type = new Option<string>("--type", "-t") { Description = "kubernetes or host_only; the server takes both alike.", HelpName = "TYPE", DefaultValueFactory = _ => "kubernetes" };
        type.AcceptOnlyFromAmong("kubernetes", "host_only");
        var network = new Option<string>("--network", "-n") { Description = "Network of its hosts.", HelpName = "NETWORK", DefaultValueFactory = _ => "default" };
        var manager = new Option<string>("--container-manager", "-c") { Description = "Container manager of its hosts; none by default.", HelpName = "NAME", DefaultValueFactory = _ => "" };
        return cli.Asks(
            new Verb("create", "Create a cluster, or change the one of that name; its hosts stay.", """
                Examples:
                  commctl cluster create my_cluster
                  commctl cluster create --type kubernetes --network default --container-manager ocp my_cluster
                """) { name, type, network, manager },
            async (session, line, ct) =>
            {
                var body = new PutClusterRequest { Type = line.GetValue(type), Network = line.GetValue(network), ContainerManager = line.GetValue(manager) };
                return session.Done(await session.Api.Put(Routes.Cluster(line.GetRequiredValue(name)), body, Api.Json.PutClusterRequest, ct));
            });
    }

    private static Verb Runs(Cli cli)
    {
        var name = Name();
        return cli.Asks(new Verb("operations", "List all runs of operations over a cluster.") { name }, async (session, line, ct) =>
            session.Show(await session.Api.Get(Routes.Cluster(line.GetRequiredValue(name), "operations"), ct), "id", "verb", "status", "started_at", "finished_at", "by", "reason"));
    }
}
