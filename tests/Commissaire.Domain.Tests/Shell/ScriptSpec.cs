using System.Runtime.Versioning;
using System.Text;
using Commissaire.Hosts;
using Commissaire.Shell;

namespace Commissaire.Domain.Tests.Shell;

/// <summary>Runs the scripts of a dialect in the local shell, with the programs and files that a test gives them and no others.</summary>
[SupportedOSPlatform("linux")]
public abstract class ScriptSpec : IDisposable
{
    private static readonly string[] Tools = ["cat", "grep", "head", "sed", "sleep", "sort", "tail", "true", "uniq"];
    private static readonly string[] Directories = ["/boot/", "/run/", "/var/", "/etc/", "/proc/"];

    private readonly string _root = Directory.CreateTempSubdirectory("commissaire-").FullName;

    protected ScriptSpec()
    {
        Directory.CreateDirectory(Bin);
        foreach (var tool in Tools)
        {
            System.IO.File.CreateSymbolicLink(Path.Combine(Bin, tool), $"/usr/bin/{tool}");
        }
    }

    /// <summary>The command lines that the programs of the test received.</summary>
    protected string[] Calls => System.IO.File.Exists(Log) ? System.IO.File.ReadAllLines(Log) : [];

    private string Bin => Path.Combine(_root, "bin");

    private string Log => Path.Combine(_root, "log");

    public void Dispose()
    {
        Directory.Delete(_root, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>
    /// Adds a program that logs its command line. A shell writes the file: if this process did, a child that another test starts meanwhile
    /// would hold it open for writing, and Linux does not execute such a file (ETXTBSY).
    /// </summary>
    protected void Program(string name, string script)
    {
        var path = Path.Combine(Bin, name);
        var text = $"#!/bin/sh\nprintf '%s\\n' \"{name} $*\" >> '{Log}'\nfiles='{_root}'\n{script}\n";
        Assert.Equal(0, Sh.Run($"cat > '{path}' && chmod 700 '{path}'", Encoding.UTF8.GetBytes(text)).ExitCode);
    }

    /// <summary>Writes a file below the root of the test.</summary>
    protected void File(string path, string text = "")
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_root + path)!);
        System.IO.File.WriteAllText(_root + path, text);
    }

    protected void Forget() => System.IO.File.Delete(Log);

    /// <summary>Runs a script whose paths are below the root of the test.</summary>
    protected ShellOutcome.Completed Run(ShellCommand command)
    {
        var script = Directories.Aggregate(command.Words[2], (text, directory) => text
            .Replace($" {directory}", $" {_root}{directory}", StringComparison.Ordinal)
            .Replace($"\"{directory}", $"\"{_root}{directory}", StringComparison.Ordinal)
            .Replace($"#{directory}", $"#{_root}{directory}", StringComparison.Ordinal));
        var moved = command with { Words = command.Words.SetItem(2, script) };
        var errors = Path.Combine(_root, "errors");
        var (status, output) = Sh.Run($"PATH='{Bin}'; export PATH; sh() {{ /bin/sh \"$@\"; }}; {moved} 2> '{errors}'");
        return new(status, Encoding.UTF8.GetString(output), System.IO.File.ReadAllText(errors), new HostKey("ssh-ed25519", "SHA256:k"));
    }
}
