using System.Diagnostics;
using System.Globalization;
using System.Text;
using Commissaire.Lab;

namespace Commissaire.Acceptance.Tests;

/// <summary>The real commctl process, configured for a server.</summary>
public sealed class Commctl(Server server)
{
    private readonly string config = Private(server.WriteFile(
        $"commctl-{Guid.NewGuid():n}.json", $$"""{"username": "a", "password": "a", "endpoint": "http://127.0.0.1:{{server.Port}}"}"""));

    public static string Program { get; } = Path.GetFullPath(
        $"../../../../../src/Commissaire.Cli/bin/{new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name}/net10.0/commctl",
            AppContext.BaseDirectory);

    /// <summary>Runs a command line to its end.</summary>
    public async Task<Result> Run(params string[] arguments)
    {
        using var started = Start(arguments);
        return await started.End();
    }

    /// <summary>Runs a command line whose words are separated by spaces.</summary>
    public Task<Result> RunLine(string line) => Run(line.Split(' '));

    public RunningProgram Start(params string[] arguments) => Start(Program, arguments);

    /// <summary>Starts a command line in a terminal (script of util-linux). Its output is the output of the terminal.</summary>
    public RunningProgram StartInTerminal(string line, bool types = false) =>
        Start("script",
            ["--quiet", "--return", "--echo", "never", "--command", $"stty cols 120 rows 40; exec {Program} {line}", "/dev/null"],
            closeInput: !types);

    private RunningProgram Start(string program, string[] arguments, bool closeInput = true)
    {
        var start = new ProcessStartInfo(
            program, arguments)
        { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["COMMCTL_CONFIG"] = config;
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment["HOME"] = RuntimeDirectory;
        start.Environment["SHELL"] = "/bin/sh";
        start.Environment["TERM"] = "xterm-256color";
        start.Environment["XDG_RUNTIME_DIR"] = RuntimeDirectory;
        return new RunningProgram(Process.Start(start)!, closeInput);
    }

    /// <summary>The directory of its private files.</summary>
    public string RuntimeDirectory { get; } =
        Directory.CreateDirectory(Path.Combine(server.DataDirectory, $"run-{Guid.NewGuid():n}")).FullName;

    private static string Private(string path)
    {
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }

    /// <summary>The result of a program.</summary>
    public sealed record Result(int Code, string Output, string Error)
    {
        /// <summary>Returns itself if the exit code is 0, and fails otherwise.</summary>
        public Result Ok()
        {
            Assert.True(Code == 0, ToString());
            return this;
        }
    }

    /// <summary>A program that runs.</summary>
    public sealed class RunningProgram : IDisposable
    {
        private readonly Process process;
        private readonly StringBuilder output = new();
        private readonly StringBuilder error = new();
        private readonly Task reading;

        public RunningProgram(Process process, bool closeInput = true)
        {
            this.process = process;
            if (closeInput)
            {
                process.StandardInput.Close();
            }

            reading = Task.WhenAll(Read(process.StandardOutput, output), Read(process.StandardError, error));
        }

        /// <summary>The standard output so far.</summary>
        public string Output => Text(output);

        /// <summary>The standard error so far.</summary>
        public string Error => Text(error);

        /// <summary>Waits until standard output contains a text.</summary>
        public Task WaitForOutput(string text) =>
            Eventually.True(() => Output.Contains(text, StringComparison.Ordinal) || Ended(), $"it prints '{text}'");

        /// <summary>Waits until standard error contains a text.</summary>
        public Task WaitForError(string text) =>
            Eventually.True(() => Error.Contains(text, StringComparison.Ordinal) || Ended(), $"it reports '{text}'");

        /// <summary>Types a text.</summary>
        public async Task Type(string text)
        {
            await process.StandardInput.WriteAsync(text);
            await process.StandardInput.FlushAsync();
        }

        public async Task<Result> End()
        {
            try
            {
                await Task.WhenAll(process.WaitForExitAsync(), reading).WaitAsync(WaitLimit.Value);
            }
            catch (TimeoutException)
            {
                process.Kill(entireProcessTree: true);
                Assert.Fail($"It did not end. Output: {Output} Error: {Error}");
            }

            return new Result(process.ExitCode, Output, Error);
        }

        public async Task Signal(string name)
        {
            using var kill = Process.Start("/bin/kill", [$"-{name}", process.Id.ToString(CultureInfo.InvariantCulture)]);
            await kill.WaitForExitAsync();
        }

        public void Dispose()
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }

            process.Dispose();
        }

        private bool Ended() =>
            process.HasExited && reading.IsCompleted ? throw new InvalidOperationException($"It ended: {Output}{Error}") : false;

        private static async Task Read(StreamReader reader, StringBuilder text)
        {
            var buffer = new char[1024];
            for (var read = await reader.ReadAsync(buffer); read > 0; read = await reader.ReadAsync(buffer))
            {
                lock (text)
                {
                    text.Append(buffer, 0, read);
                }
            }
        }

        private static string Text(StringBuilder text)
        {
            lock (text)
            {
                return text.ToString();
            }
        }
    }
}
