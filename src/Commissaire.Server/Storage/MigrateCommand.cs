using System.CommandLine;
using System.Globalization;
using Commissaire.Configuration;

namespace Commissaire.Storage;

/// <summary>The command <c>commissaire-server migrate</c>.</summary>
internal static class MigrateCommand
{
    public static Command Create()
    {
        var from = new Option<string>("--from")
        {
            Required = true,
            Description = "SQLite database to read: commissaire.db in the data directory of a stopped server.",
        };
        var to = new Option<string?>("--to")
        {
            Description = "Empty PostgreSQL database to write, such as 'Host=db.example.com;Database=commissaire;Username=commissaire'. "
                + "Default: COMMISSAIRE_DATABASE, which may contain a password.",
        };
        var command = new Command("migrate", "Move an installation from SQLite to PostgreSQL, to run several processes.") { from, to };
        command.SetAction((line, ct) => CommandLine.ReportErrors(line.InvocationConfiguration, async () =>
        {
            CommandLine.RejectPassword("--to", line.GetValue(to));
            var target = line.GetValue(to) ?? Environment.GetEnvironmentVariable("COMMISSAIRE_DATABASE");
            var moved = await Migration.Move(line.GetValue(from)!, target is { Length: > 0 } ? target
                : throw new StartupException("--to: is missing. Set a connection string here or in COMMISSAIRE_DATABASE."), ct);
            var rows = moved.ToDictionary(m => m.Table, m => m.Rows);
            await line.InvocationConfiguration.Output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"Moved {rows["journal"]} events and {rows["secret"]} secrets. Next: start servers with --database, each with the key file "
                + $"'secret.keys' and the users of the old server. '{line.GetValue(from)}' is kept, but a server no longer starts on it."));
            return 0;
        }));
        return command;
    }
}
