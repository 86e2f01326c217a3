using System.Text.Json.Nodes;
using Commissaire.Clusters;
using Commissaire.Output;

namespace Commissaire.Runs;

/// <summary><c>commctl cluster operations</c>.</summary>
internal static class OperationsCommand
{
    private static readonly Columns RunColumns = new("id", "verb", "status", "started_at", "finished_at", "by", "reason")
    {
        Optional = ["by", "finished_at"],
    };

    private static readonly Columns HostColumns = new("address", "outcome", "step", "since", "reason", "output")
    {
        Terminal = ["address", "outcome", "step", "since", "reason"],
    };

    public static DocumentedCommand Build(CommandFactory factory)
    {
        var name = ClusterCommands.Name();
        var id = Options.NumberArgument("RUN", "Number of a run: show it with each of its hosts.");
        return factory.WithSession(
            new DocumentedCommand("operations", "List all restart, upgrade and deploy runs of a cluster, or show one run.", """
                A run has a line for each host: its outcome, the step, since when, and the reason. The last lines that a failed step
                printed follow the table.

                Examples:
                  commctl cluster operations my_cluster
                  commctl cluster operations my_cluster 7
                """) { name, id },
            async (session, parseResult, ct) =>
            {
                var cluster = parseResult.GetRequiredValue(name);
                if (parseResult.GetValue(id) is not { } number)
                {
                    return session.PrintResource(await session.Api.Get(Routes.Cluster(cluster, "operations"), ct), RunColumns);
                }

                return await Show(session, cluster, number, ct);
            });
    }

    /// <summary>Builds <c>commctl run show</c>, another name for <c>commctl cluster operations NAME RUN</c>.</summary>
    public static Command BuildShow(CommandFactory factory)
    {
        var cluster = new Argument<string>("CLUSTER") { Description = "Name of the cluster." };
        var number = new Argument<int>("N") { Description = "Number of the run." };
        return new Command("run", "Show a run.")
        {
            factory.WithSession(
                new DocumentedCommand("show", "Show a run with each of its hosts.") { cluster, number },
                (session, parseResult, ct) => Show(
                    session, parseResult.GetRequiredValue(cluster), parseResult.GetRequiredValue(number), ct)),
        };
    }

    private static async Task<int> Show(Session session, string cluster, int number, CancellationToken ct)
    {
        var run = await session.Api.Get(Routes.Cluster(cluster, "operations", $"{number}"), ct);
        var exitCode = session.PrintResource(run, HostColumns);
        if (session.Printer.IsForPeople && run.IsSuccess)
        {
            await PrintOutputs(run.Json?["hosts"] as JsonArray ?? [], session.Environment.Output);
        }

        return exitCode;
    }

    private static async Task PrintOutputs(JsonArray hosts, TextWriter output)
    {
        foreach (var host in hosts)
        {
            if (host?["output"]?.GetValue<string>() is not { Length: > 0 } text)
            {
                continue;
            }

            await output.WriteLineAsync($"\n{TerminalText.OneLine($"Output of {host["step"]} on {host["address"]}:")}");
            foreach (var line in text.TrimEnd().Split('\n'))
            {
                await output.WriteLineAsync($"  {TerminalText.OneLine(line)}");
            }
        }
    }
}
