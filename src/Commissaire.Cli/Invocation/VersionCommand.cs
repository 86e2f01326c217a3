namespace Commissaire.Invocation;

/// <summary><c>commctl version</c>.</summary>
internal static class VersionCommand
{
    public static string Number { get; } = typeof(VersionCommand).Assembly.GetName().Version!.ToString(3);

    public static DocumentedCommand Build(CommandFactory factory)
    {
        var command = new DocumentedCommand("version", "Print the version of commctl.");
        command.SetAction(_ => factory.Environment.Output.WriteLine($"commctl {Number}"));
        return command;
    }
}
