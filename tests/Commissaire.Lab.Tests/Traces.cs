namespace Commissaire.Lab.Tests;

/// <summary>
/// The processes of a lab: all in the PID namespaces of its hosts, found by the command line of their PID 1. A process is identified by its
/// ID and start time, because IDs of processes and namespaces are reused.
/// </summary>
internal sealed class Traces
{
    private readonly HashSet<string> found;

    private Traces(HashSet<string> found) => this.found = found;

    public static Traces Of(string directory)
    {
        var spaces = Pids()
            .Where(pid => Read($"{pid}/cmdline").StartsWith($"/bin/sh\0boot.sh\0{directory}", StringComparison.Ordinal))
            .Select(Space)
            .OfType<string>()
            .ToHashSet();
        return new Traces([.. Pids().Where(pid => Space(pid) is { } space && spaces.Contains(space)).Select(Identity)]);
    }

    /// <summary>The processes that still run.</summary>
    public IReadOnlyList<string> Processes() => [.. Pids().Select(Identity).Where(found.Contains)];

    private static IEnumerable<string> Pids() =>
        Directory.EnumerateDirectories("/proc").Where(directory => char.IsAsciiDigit(Path.GetFileName(directory)[0]));

    /// <summary>The start time is field 22: the 20th after the name in parentheses.</summary>
    private static string Identity(string pid) =>
        $"{pid} {Read($"{pid}/stat").Split(") ")[^1].Split(' ').ElementAtOrDefault(19)}";

    private static string? Space(string pid)
    {
        try
        {
            return new FileInfo($"{pid}/ns/pid").LinkTarget;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (IOException)
        {
            return "";
        }
    }
}
