using System.Text.Json.Nodes;

namespace Commissaire.Clusters;

/// <summary><c>commctl cluster delete</c>.</summary>
internal static class DeleteCommand
{
    public static DocumentedCommand Build(CommandFactory factory)
    {
        var names = new Argument<string[]>("NAME") { Description = "Name of a cluster.", Arity = ArgumentArity.OneOrMore };
        var command = new DocumentedCommand("delete", "Delete clusters. Their hosts stay registered.", """
            The nodes of the hosts leave the container manager: those that Commissaire made are removed, and adopted ones are released.

            Examples:
              commctl cluster delete my_cluster
              commctl cluster delete --nodes keep my_cluster
            """) { names };
        var deletion = new Deletion(hasNodes: true);
        deletion.AddTo(command);
        return factory.WithSession(command, async (session, parseResult, ct) =>
        {
            var clusters = parseResult.GetRequiredValue(names);
            await deletion.Confirm(session, parseResult, () => Describe(session, clusters, deletion, parseResult, ct), ct);
            return await session.DeleteAll(clusters.Select(name => Routes.Cluster(name) + deletion.Query(session, parseResult)), ct);
        });
    }

    private static async Task<IReadOnlyList<string>> Describe(
        Session session, IReadOnlyList<string> clusters, Deletion deletion, ParseResult parseResult, CancellationToken ct)
    {
        var hosts = (await session.Api.Get(Routes.Hosts, ct)).EnsureSuccess().Json as JsonArray ?? [];
        var lines = new List<string>();
        foreach (var name in clusters)
        {
            var known = (await session.Api.Get(Routes.Cluster(name), ct)).IsSuccess;
            var members = hosts.Where(host => $"{host?["cluster"]}" == name).ToList();
            lines.Add(!known ? $"cluster {name}: not found"
                : members.Count == 0 ? $"cluster {name}: has no hosts"
                : $"cluster {name}: its hosts stay registered, in no cluster");
            lines.AddRange(members.Select(host => $"  {deletion.Describe($"{host!["address"]}", host, parseResult)}"));
        }

        return lines;
    }
}
