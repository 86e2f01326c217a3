using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Commissaire.Invocation;

namespace Commissaire.Hosts;

/// <summary><c>history</c> of a host or a cluster.</summary>
internal static class HistoryCommand
{
    private const int Page = 1000;

    /// <summary>The command.</summary>
    public static Verb Build(Cli cli, string description, Argument<string> of, Func<string, CancellationToken, Task<string>> path)
    {
        var after = new Option<long>("--after") { Description = "Only what came after this sequence number.", HelpName = "N" };
        return cli.Asks(new Verb("history", description) { of, after }, async (session, line, ct) =>
        {
            var (route, from, all) = (await path(line.GetRequiredValue(of), ct), line.GetValue(after), new JsonArray());
            while (true)
            {
                var answer = await session.Api.Get(string.Create(CultureInfo.InvariantCulture, $"{route}?after={from}&limit={Page}"), ct);
                if (!answer.Ok || answer.Json is not JsonArray page)
                {
                    return session.Show(answer);
                }

                foreach (var entry in page)
                {
                    all.Add(entry?.DeepClone());
                }

                if (page.Count < Page)
                {
                    session.Printer.Print(all, "sequence", "at", "event", "summary");
                    return ExitCodes.Done;
                }

                from = page[^1]!["sequence"]!.GetValue<long>();
            }
        });
    }
}
