using System.Net;

namespace Commissaire.Lab.Machine;

/// <summary>
/// The directory a lab keeps everything in. A lock next to it says that its lab lives; the kernel lets the lock go when the lab
/// does not, and whoever comes next clears the directory away.
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

    /// <summary>For the files of a cluster that goes with the hosts.</summary>
    public string Kubernetes => System.IO.Path.Combine(Path, "lab-kubernetes");

    private string Hosts => System.IO.Path.Combine(Path, "hosts");

    private static string Shelf => System.IO.Path.Combine(System.IO.Path.GetTempPath(), "commissaire-lab");

    /// <summary>A fresh directory among the temporary ones; those of labs that died are cleared away.</summary>
    public static LabDirectory Temporary()
    {
        Directory.CreateDirectory(Shelf);
        foreach (var left in Directory.EnumerateFiles(Shelf, "*.lock"))
        {
            ClearAway(left);
        }

        while (true)
        {
            // Another lab that clears up may see the lock between its making and its locking; then it is that lab's, and gone.
            var path = System.IO.Path.Combine(Shelf, $"{Environment.ProcessId}-{Guid.NewGuid():n}");
            if (TryLock(path + ".lock") is { } alive)
            {
                Directory.CreateDirectory(path);
                return new LabDirectory(path, alive, ours: true);
            }
        }
    }

    /// <summary>A directory somebody chose: what an earlier lab left in it is cleared away, other files in it are left alone.</summary>
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
            // Its lab was killed this very moment and the last of its processes still write: it is the next one's to clear.
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
