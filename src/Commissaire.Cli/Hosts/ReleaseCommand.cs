using System.Text.Json.Nodes;
using Commissaire.Contracts.Hosts;

namespace Commissaire.Hosts;

/// <summary><c>commctl host release</c>.</summary>
internal static class ReleaseCommand
{
    public static DocumentedCommand Build(CommandFactory factory)
    {
        var restore = new Option<bool>("--restore")
        {
            Description = "First put back the files that were there before the bootstrap, and remove those that it created.",
        };
        var deletion = new Deletion();
        var command = new DocumentedCommand(
            "release", "End what Commissaire does with a host. Its node stays, without labels and annotations of Commissaire.", """
            Packages stay installed, and no service is restarted.

            Examples:
              commctl host release 10.0.0.7
              commctl host release --restore 10.0.0.7
            """) { restore };
        deletion.AddTo(command);
        return HostCommands.WithHost(factory, command, async (session, host, parseResult, ct) =>
        {
            await deletion.Confirm(session, parseResult, async () => await Describe(session, host, ct), ct);
            var body = new ReleaseHostRequest { Restore = parseResult.GetValue(restore) ? true : null };
            return session.PrintResult(
                await session.Api.Post(Routes.Host(host, "release"), body, ApiClient.Json.ReleaseHostRequest, ct));
        });
    }

    private static async Task<IReadOnlyList<string>> Describe(Session session, string host, CancellationToken ct)
    {
        var known = await session.Api.Get(Routes.Host(host), ct);
        return known.IsSuccess && known.Json is JsonObject fields
            ? [$"host {host}: {fields["status"]}; it is forgotten, and its node stays"]
            : [$"host {host}: not found"];
    }
}
