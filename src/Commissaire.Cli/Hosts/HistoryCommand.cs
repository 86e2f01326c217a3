using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Commissaire.Output;

namespace Commissaire.Hosts;

/// <summary>The <c>history</c> command of hosts, clusters and enrolment tokens.</summary>
internal static class HistoryCommand
{
    private const int PageSize = 1000;

    private static readonly Columns Columns = new("sequence", "at", "event", "summary")
    {
        Terminal = ["sequence", "at", "by", "event", "summary"],
        Optional = ["event", "sequence"],
    };

    public static DocumentedCommand Build(
        CommandFactory factory, string description, Argument<string> name, Func<string, CancellationToken, Task<string>> path)
    {
        var after = new Option<long>("--after") { Description = "Sequence number after which to start. Default: 0.", HelpName = "N" };
        return factory.WithSession(new DocumentedCommand("history", description) { name, after }, async (session, parseResult, ct) =>
        {
            var entries = new JsonArray();
            var route = await path(parseResult.GetRequiredValue(name), ct);
            await foreach (var page in ReadPages(session.Api, route, parseResult.GetValue(after), ct))
            {
                if (!page.IsSuccess || page.Json is not JsonArray pageEntries)
                {
                    return session.PrintResource(page);
                }

                foreach (var entry in pageEntries)
                {
                    entries.Add(entry?.DeepClone());
                }
            }

            session.Printer.Print(entries, Columns);
            return ExitCodes.Success;
        });
    }

    /// <summary>Reads the pages of a history, oldest first. An error response is the last page.</summary>
    public static async IAsyncEnumerable<ApiResponse> ReadPages(
        ApiClient api, string route, long after, [EnumeratorCancellation] CancellationToken ct)
    {
        while (true)
        {
            var page = await api.Get(string.Create(CultureInfo.InvariantCulture, $"{route}?after={after}&limit={PageSize}"), ct);
            yield return page;
            if (!page.IsSuccess || page.Json is not JsonArray { Count: PageSize } entries)
            {
                yield break;
            }

            after = entries[^1]!["sequence"]!.GetValue<long>();
        }
    }
}
