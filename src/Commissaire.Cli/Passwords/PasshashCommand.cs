using System.Text;

namespace Commissaire.Passwords;

/// <summary><c>commctl passhash</c>.</summary>
internal static class PasshashCommand
{
    // bcrypt ignores all further bytes.
    private const int MaxPasswordBytes = 72;

    public static Command Build(CommandFactory factory)
    {
        var password = Options.Text(
            ["--password", "-p"], "TEXT", "Password. Other users can see it in the process list: prefer the prompt or --file.");
        var file = Options.Text(
            ["--file", "-f"], "FILE", "File with the password; - for standard input. A final newline is removed.");
        var rounds = Options.Integer(["--rounds", "-r"], "Cost: log2 of the number of rounds, 4 to 31. Default: 12.", 4, 31);
        var command = new DocumentedCommand("passhash", "Hash a password with bcrypt for the list of users of the server.", """
            Prompts for the password unless --password or --file is given.

            Examples:
              commctl passhash
              commctl passhash --file my_password.txt --rounds 15
            """) { password, file, rounds };
        command.SetAction(async (parseResult, ct) =>
        {
            var environment = factory.Environment;
            var text = parseResult.GetValue(password)
                ?? (parseResult.GetValue(file) is { } path ? TrimNewline(Files.ReadText("-f/--file", path, environment)) : null)
                ?? await environment.Prompt("Password: ", true, ct)
                ?? throw new CommandException("No password, and no terminal to prompt for it. Use --file.");
            if (Encoding.UTF8.GetByteCount(text) > MaxPasswordBytes)
            {
                throw new CommandException($"The password exceeds the {MaxPasswordBytes} bytes of bcrypt. Choose a shorter password.");
            }

            await environment.Output.WriteLineAsync(BCrypt.Net.BCrypt.HashPassword(text, parseResult.GetValue(rounds) ?? 12));
            return ExitCodes.Success;
        });
        return command;
    }

    private static string TrimNewline(string text) =>
        text.EndsWith("\r\n", StringComparison.Ordinal) ? text[..^2] : text.EndsWith('\n') ? text[..^1] : text;
}
