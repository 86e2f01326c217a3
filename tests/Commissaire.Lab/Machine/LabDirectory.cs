using System.Net;

namespace Commissaire.Lab.Machine;

/// <summary>
/// The directory of a lab. The lab holds a lock file next to it. The kernel releases the lock when the lab ends,
/// and the next lab removes the directory.
/// </summary>
internal sealed class LabDirectory : IDisposable
{
    private readonly FileStream alive;
    private readonly bool ours;

    private LabDirectory(string path, FileStream alive, bool ours)
    {
        Path = path;
        this.alive = alive;
        this.ours = ours;
    }

    public string Path { get; }

    /// <summary>The directory for the files of a Kubernetes API that belongs to the hosts.</summary>
    public string Kubernetes => System.IO.Path.Combine(Path, "lab-kubernetes");

    private string Hosts => System.IO.Path.Combine(Path, "hosts");

    private static string Shelf => System.IO.Path.Combine(System.IO.Path.GetTempPath(), "commissaire-lab");

    /// <summary>Creates a temporary directory and removes those of labs that have ended.</summary>
    public static LabDirectory Temporary()
    {
        Directory.CreateDirectory(Shelf);
        foreach (var left in Directory.EnumerateFiles(Shelf, "*.lock"))
        {
            ClearAway(left);
        }

        while (true)
        {
            // Another lab that cleans up may take the lock file before it is locked here. Then this tries another name.
            var path = System.IO.Path.Combine(Shelf, $"{Environment.ProcessId}-{Guid.NewGuid():n}");
            if (TryLock(path + ".lock") is { } alive)
            {
                Directory.CreateDirectory(path);
                return new LabDirectory(path, alive, ours: true);
            }
        }
    }

    /// <summary>Uses a given directory. Files of an earlier lab are removed, other files are kept.</summary>
    public static LabDirectory At(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        Directory.CreateDirectory(path);
        var alive = TryLock(System.IO.Path.Combine(path, ".lock")) ?? throw new LabException($"Another lab runs in {path}.");
        var directory = new LabDirectory(path, alive, ours: false);
        directory.Clear();
        return directory;
    }

    public string HostPath(IPEndPoint host) => System.IO.Path.Combine(Hosts, $"{host.Address}-{host.Port}");

    public void Dispose()
    {
        Clear();
        if (ours)
        {
            Directory.Delete(Path, recursive: true);
        }

        File.Delete(alive.Name);
        alive.Dispose();
    }

    private void Clear()
    {
        foreach (var file in (string[])["lab.json", "client_key", "client_key.pub", "known_hosts"])
        {
            File.Delete(System.IO.Path.Combine(Path, file));
        }

        foreach (var directory in ((string[])[Hosts, Kubernetes]).Where(Directory.Exists))
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static void ClearAway(string lockFile)
    {
        using var dead = TryLock(lockFile);
        var path = System.IO.Path.ChangeExtension(lockFile, null);
        if (dead is null)
        {
            return;
        }

        try
        {
            if (Directory.Exists(path))
            {
                Directory.Delete(path, recursive: true);
            }

            File.Delete(lockFile);
        }
        catch (IOException)
        {
            // Its lab was killed just now and its last processes still write files: the next lab removes it.
        }
    }

    private static FileStream? TryLock(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
