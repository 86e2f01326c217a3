using System.CommandLine;
using System.Globalization;
using Commissaire.Configuration;

namespace Commissaire.Storage;

/// <summary><c>commissaire-server migrate</c>.</summary>
internal static class MigrateCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var from = new Option<string>("--from") { Required = true, Description = "The SQLite database: commissaire.db in the data directory of a server that is stopped." };
        var to = new Option<string?>("--to") { Description = "The PostgreSQL database, an empty one, such as 'Host=db.example.com;Database=commissaire;Username=commissaire'. Default: COMMISSAIRE_DATABASE, where a password may be." };
        var command = new Command("migrate", "Moves an installation from SQLite to PostgreSQL, where several processes can share it.") { from, to };
        command.SetAction((line, ct) => CommandLine.Explained(line, async () =>
        {
            CommandLine.RefusePassword("--to", line.GetValue(to));
            var target = line.GetValue(to) ?? Environment.GetEnvironmentVariable("COMMISSAIRE_DATABASE");
            var moved = await Migration.Move(
                line.GetValue(from)!, target is { Length: > 0 } ? target : throw new StartupException("--to: where to? Give a connection string, here or in COMMISSAIRE_DATABASE."), ct);
            var rows = moved.ToDictionary(m => m.Table, m => m.Rows);
            await line.InvocationConfiguration.Output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"Moved {rows["journal"]} events and {rows["secret"]} secrets. Start servers with --database, and give each the key file 'secret.keys' and the users of the old one. '{line.GetValue(from)}' is kept, and no longer used."));
            return 0;
        }));
        return command;
    }
}
