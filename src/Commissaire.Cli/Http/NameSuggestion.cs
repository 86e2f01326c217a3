using System.Text.Json.Nodes;
using Commissaire.Output;

namespace Commissaire.Http;

/// <summary>Suggests the name that the user may have meant, when the server does not know a name in a path.</summary>
internal static class NameSuggestion
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);

    /// <summary>Returns a question such as <c>Did you mean 'web'?</c>; empty if every name is known, or none is similar.</summary>
    public static async Task<string> For(ApiClient api, string path, TimeProvider clock, CancellationToken ct)
    {
        using var timeout = new CancellationTokenSource(Deadline, clock);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
        try
        {
            foreach (var (name, list) in NamesIn(path))
            {
                var known = Known(await api.Get(list, linked.Token));
                if (known.Contains(name))
                {
                    continue;
                }

                return NearestName.Of(name, known) is { } nearest ? $"Did you mean '{TerminalText.OneLine(nearest)}'?" : "";
            }
        }
        catch (Exception e) when (e is CommandException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            // The missing object is the error to report.
        }

        return "";
    }

    // Each name in a path, and the list that contains it if it is known.
    private static IEnumerable<(string Name, string List)> NamesIn(string path)
    {
        const string clusterQuery = "events?cluster=";
        var segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries)[2..];
        (string, string)[] names = segments switch
        {
            ["cluster", var cluster, "hosts", var host] => [(cluster, Routes.Clusters), (host, Routes.Hosts)],
            ["cluster", var cluster, ..] => [(cluster, Routes.Clusters)],
            ["host", var host, ..] => [(host, Routes.Hosts)],
            ["network", var network] => [(network, Routes.Networks)],
            ["containermanager", var manager] => [(manager, Routes.ContainerManagers)],
            [var events] when events.StartsWith(clusterQuery, StringComparison.Ordinal) =>
                [(events[clusterQuery.Length..], Routes.Clusters)],
            _ => [],
        };
        return names.Select(item => (Uri.UnescapeDataString(item.Item1), item.Item2));
    }

    private static List<string> Known(ApiResponse response) => response is { IsSuccess: true, Json: JsonArray list }
        ? [.. list.Select(item => (item is JsonObject host ? host["address"] : item)?.ToString() ?? "")]
        : [];
}
