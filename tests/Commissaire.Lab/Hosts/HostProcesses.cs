using System.Globalization;
using Commissaire.Lab.Machine;

namespace Commissaire.Lab.Hosts;

/// <summary>A process of a host.</summary>
/// <param name="Id">Its process ID on this machine.</param>
/// <param name="Parent">Its parent's process ID on this machine.</param>
/// <param name="InsideId">Its process ID in the host.</param>
/// <param name="Name">The program's name.</param>
internal sealed record HostProcess(int Id, int Parent, int InsideId, string Name)
{
    /// <summary>PID 1 and the process that detects the end of the lab: both must keep running.</summary>
    public bool IsInit => InsideId <= 2;

    public bool IsSshd => Name.StartsWith("sshd", StringComparison.Ordinal);
}

/// <summary>All processes in the PID namespace of one boot, found through this machine's /proc.</summary>
internal sealed class HostProcesses
{
    private readonly string? space;

    private HostProcesses(string? space) => this.space = space;

    /// <summary>The processes of the namespace that <paramref name="unshare"/> created for its child.</summary>
    public static HostProcesses Under(int unshare)
    {
        var space = Link($"/proc/{unshare}/ns/pid_for_children");
        return new HostProcesses(space == Link("/proc/self/ns/pid") ? null : space);
    }

    /// <summary>The sshd that listens: the parent of those that serve connections.</summary>
    public HostProcess? Listener
    {
        get
        {
            var all = All();
            return all.FirstOrDefault(process => process.IsSshd && all.Any(parent => parent.Id == process.Parent && parent.IsInit));
        }
    }

    public IReadOnlyList<HostProcess> All() => space is null ? [] :
    [
        .. Directory.EnumerateDirectories("/proc")
            .Where(directory => char.IsAsciiDigit(Path.GetFileName(directory)[0]) && Link(directory + "/ns/pid") == space)
            .Select(Read)
            .OfType<HostProcess>(),
    ];

    /// <summary>Sends a signal to the matching processes, until it finds no new ones: processes may fork meanwhile.</summary>
    public async Task Signal(string signal, Func<HostProcess, bool> picks, CancellationToken ct)
    {
        HashSet<int> signalled = [];
        while (All().Where(picks).Select(process => process.Id).Where(signalled.Add).ToList() is { Count: > 0 } found)
        {
            await Tool.Try("/bin/kill", ["-s", signal, .. found.Select(id => id.ToString(CultureInfo.InvariantCulture))], ct);
        }
    }

    private static HostProcess? Read(string directory)
    {
        try
        {
            var fields = File.ReadLines(directory + "/status")
                .Select(line => line.Split(':', 2))
                .ToDictionary(parts => parts[0], parts => parts[1].Trim());
            return new HostProcess(
                Number(Path.GetFileName(directory)), Number(fields["PPid"]), Number(fields["NSpid"].Split('\t')[^1]), fields["Name"]);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static string? Link(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
