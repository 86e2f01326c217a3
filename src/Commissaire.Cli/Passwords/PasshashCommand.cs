using System.CommandLine;
using System.Text;
using Commissaire.Invocation;

namespace Commissaire.Passwords;

/// <summary><c>commctl passhash</c>.</summary>
internal static class PasshashCommand
{
    // What bcrypt looks at; the rest would not count.
    private const int Most = 72;

    /// <summary>The command.</summary>
    public static Command Build(Cli cli)
    {
        var password = new Option<string?>("--password", "-p") { Description = "The password. Others can read it in the list of processes and in the shell's history: better use the prompt or --file.", HelpName = "TEXT" };
        var file = new Option<string?>("--file", "-f") { Description = "File with the password, or - for standard input; one newline at its end is not part of it.", HelpName = "FILE" };
        var rounds = Numbers.Option(["--rounds", "-r"], "Strength: the logarithm of the number of rounds. Default: 12.", 4, 31);
        var command = new Verb("passhash", "Hash a password with bcrypt, for the server's list of users.", """
            Asks for the password when neither --password nor --file is given.

            Examples:
              commctl passhash
              commctl passhash --file my_password.txt --rounds 15
            """) { password, file, rounds };
        command.SetAction(async (line, ct) =>
        {
            var secret = line.GetValue(password)
                ?? (line.GetValue(file) is { } path ? WithoutNewline(Files.Text("-f/--file", path, cli.World)) : null)
                ?? await cli.World.Ask("Password: ", true, ct)
                ?? throw new CommandFailure("No password, and no terminal to ask at: give --file.");
            if (Encoding.UTF8.GetByteCount(secret) > Most)
            {
                throw new CommandFailure($"The password is longer than {Most} bytes, of which bcrypt would take the first {Most} only; choose a shorter one.");
            }

            await cli.World.Output.WriteLineAsync(BCrypt.Net.BCrypt.HashPassword(secret, line.GetValue(rounds) ?? 12));
            return ExitCodes.Done;
        });
        return command;
    }

    private static string WithoutNewline(string text) => text.EndsWith("\r\n", StringComparison.Ordinal) ? text[..^2] : text.EndsWith('\n') ? text[..^1] : text;
}
