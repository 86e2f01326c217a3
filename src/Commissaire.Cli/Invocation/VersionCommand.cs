namespace Commissaire.Invocation;

/// <summary><c>commctl version</c>.</summary>
internal static class VersionCommand
{
    /// <summary>The version of commctl.</summary>
    public static string Number { get; } = typeof(VersionCommand).Assembly.GetName().Version!.ToString(3);

    /// <summary>Builds the command.</summary>
    public static DocumentedCommand Build(CommandFactory factory)
    {
        var command = new DocumentedCommand("version", "Print the version of commctl.");
        command.SetAction(_ => factory.Environment.Output.WriteLine($"commctl {Number}"));
        return command;
    }
}
