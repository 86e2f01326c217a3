using System.Diagnostics;
using System.Globalization;
using Commissaire.Lab.Hosts;

namespace Commissaire.Lab.Tests;

/// <summary>The result of a command over SSH.</summary>
internal sealed record SshResult(int ExitCode, string Output, string Error)
{
    /// <summary>The exit code of the ssh client when it has no connection.</summary>
    public const int NoConnection = 255;
}

/// <summary>The ssh client of this machine, which trusts only the current key of the host.</summary>
internal sealed class Ssh : IDisposable
{
    private readonly Process process;
    private readonly Task<string> output;
    private readonly Task<string> error;

    private Ssh(Process process)
    {
        this.process = process;
        output = process.StandardOutput.ReadToEndAsync();
        error = process.StandardError.ReadToEndAsync();
    }

    public static async Task<SshResult> Run(LabEnvironment lab, LabHost host, string command, string user = "root")
    {
        using var ssh = Start(lab, host, command, user);
        return await ssh.End();
    }

    public static Ssh Start(LabEnvironment lab, LabHost host, string command, string user = "root", params string[] options)
    {
        var knownHosts = Path.Combine(lab.Directory, $"known-{Guid.NewGuid():n}");
        File.WriteAllText(knownHosts, host.KnownHostsLine + "\n");
        var start = new ProcessStartInfo("/usr/bin/ssh",
        [
            "-F", "/dev/null", "-i", lab.PrivateKeyPath, "-p", host.Port.ToString(CultureInfo.InvariantCulture),
            "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes", "-o", $"UserKnownHostsFile={knownHosts}", "-o", "ConnectTimeout=300",
            "-o", "LogLevel=ERROR", .. options, $"{user}@{host.Address}", command,
        ])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return new Ssh(Process.Start(start)!);
    }

    public bool Runs => !process.HasExited;

    public async Task<SshResult> End()
    {
        using var patience = new CancellationTokenSource(WaitLimit.Value);
        await process.WaitForExitAsync(patience.Token);
        return new SshResult(process.ExitCode, await output, await error);
    }

    public void Dispose()
    {
        process.Kill();
        process.Dispose();
    }
}
