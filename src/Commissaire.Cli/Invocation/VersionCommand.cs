namespace Commissaire.Invocation;

/// <summary><c>commctl version</c>.</summary>
internal static class VersionCommand
{
    /// <summary>The command.</summary>
    public static Verb Build(Cli cli)
    {
        var command = new Verb("version", "Show the version of commctl.");
        command.SetAction(_ => cli.World.Output.WriteLine($"commctl {Version.Number}"));
        return command;
    }
}
