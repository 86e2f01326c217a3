using Commissaire.Output;

namespace Commissaire.Processes;

/// <summary><c>commctl processes</c>.</summary>
internal static class ProcessesCommand
{
    private static readonly Columns Columns = new("address", "status", "reachable", "roles", "self");

    public static DocumentedCommand Build(CommandFactory factory) => factory.WithSession(
        new DocumentedCommand("processes", "List the server processes of the installation. 'self' is the process that answers."),
        async (session, _, ct) => session.PrintResource(await session.Api.Get(Routes.Processes, ct), Columns));
}
