using System.Diagnostics;
using System.Globalization;

namespace Commissaire.Acceptance.Tests;

/// <summary>Runs commctl as a process, configured for a server.</summary>
public sealed class Commctl(Server server)
{
    private readonly string config = Private(server.Scratch(
        $"commctl-{Guid.NewGuid():n}.json", $$"""{"username": "a", "password": "a", "endpoint": "http://127.0.0.1:{{server.Port}}"}"""));

    public static string Program { get; } = Path.GetFullPath(
        $"../../../../../src/Commissaire.Cli/bin/{new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name}/net10.0/commctl",
        AppContext.BaseDirectory);

    /// <summary>Runs a command line to its end.</summary>
    public async Task<Ran> Run(params string[] arguments)
    {
        using var started = Start(arguments);
        return await started.End();
    }

    /// <summary>Runs a command line, which is split at spaces.</summary>
    public Task<Ran> Line(string line) => Run(line.Split(' '));

    public Started Start(params string[] arguments) => Start(Program, arguments);

    /// <summary>Runs a command line in a new terminal, with script of util-linux. The output is that of the terminal.</summary>
    public async Task<Ran> InTerminal(string line)
    {
        var command = $"stty cols 120 rows 40; exec {Program} {line}";
        using var started = Start("script", ["--quiet", "--return", "--command", command, "/dev/null"]);
        return await started.End();
    }

    private Started Start(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments);
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.Environment["COMMCTL_CONFIG"] = config;
        start.Environment["TERM"] = "xterm-256color";
        start.Environment["XDG_RUNTIME_DIR"] = RuntimeDirectory;
        return new Started(Process.Start(start)!);
    }

    /// <summary>The value of $XDG_RUNTIME_DIR.</summary>
    public string RuntimeDirectory { get; } =
        Directory.CreateDirectory(Path.Combine(server.DataDirectory, $"run-{Guid.NewGuid():n}")).FullName;

    private static string Private(string path)
    {
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }

    /// <summary>The result of a command.</summary>
    public sealed record Ran(int Code, string Output, string Error)
    {
        /// <summary>Returns the result if the exit code is 0.</summary>
        public Ran Ok()
        {
            Assert.True(Code == 0, ToString());
            return this;
        }
    }

    /// <summary>A running command.</summary>
    public sealed class Started : IDisposable
    {
        private readonly Process process;
        private readonly Task<string> output;
        private readonly Task<string> error;

        public Started(Process process)
        {
            this.process = process;
            process.StandardInput.Close();
            (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        }

        public async Task<Ran> End()
        {
            using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(120));
            using var giveUp = timeout.Token.Register(() => process.Kill(entireProcessTree: true));
            await process.WaitForExitAsync(CancellationToken.None);
            return new Ran(process.ExitCode, await output, await error);
        }

        public async Task Signal(string name)
        {
            using var kill = Process.Start("/bin/kill", [$"-{name}", process.Id.ToString(CultureInfo.InvariantCulture)]);
            await kill.WaitForExitAsync();
        }

        public void Dispose() => process.Dispose();
    }
}
