namespace Commissaire.Lab.Tests;

/// <summary>
/// What a lab has running on the machine: everything in the process namespaces of its hosts, which are recognised by the command line
/// of their PID 1. Kept as processes with the time they began, because the numbers of namespaces and processes are used again.
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

    /// <summary>Those of them that still run.</summary>
    public IReadOnlyList<string> Processes() => [.. Pids().Select(Identity).Where(found.Contains)];

    private static IEnumerable<string> Pids() =>
        Directory.EnumerateDirectories("/proc").Where(directory => char.IsAsciiDigit(Path.GetFileName(directory)[0]));

    /// <summary>The start time is the 22nd field, the 20th after the name in parentheses.</summary>
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
