using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Commissaire.Benchmarks;

/// <summary>A server process.</summary>
internal sealed class ServerProcess : IDisposable
{
    private readonly Process _process;

    private ServerProcess(Process process, int port) => (_process, Port) = (process, port);

    public int Port { get; }

    /// <summary>The server under test, with a new data directory.</summary>
    /// <param name="work">The directory of its users file and its data.</param>
    /// <param name="program">The program to run.</param>
    /// <param name="more">Additional arguments.</param>
    public static ServerProcess Commissaire(WorkDirectory work, string program, params string[] more) =>
        CommissaireOn(work, program, Path.Combine(work.Path, Path.GetRandomFileName()), more);

    /// <summary>The server under test, with an existing data directory.</summary>
    public static ServerProcess CommissaireOn(WorkDirectory work, string program, string data, params string[] more)
    {
        var port = FreePort();
        return new(Start(program,
            ["--no-config-file", "-i", "127.0.0.1", "-p", $"{port}", "--data-dir", data, "--authentication-plugin",
            $"httpbasicauth:filepath={work.UsersFile}", .. more]), port);
    }

    /// <summary>The bare endpoint.</summary>
    public static ServerProcess Floor(WorkDirectory work, string program)
    {
        var port = FreePort();
        return new(Start(program, "floor", work.UsersFile, $"{port}"), port);
    }

    /// <summary>Waits for the first 200.</summary>
    public async Task Ready(HttpClient client, string path)
    {
        while (!_process.HasExited)
        {
            try
            {
                if ((await client.GetAsync(path)).StatusCode == HttpStatusCode.OK)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                await Task.Yield();
            }
        }

        throw new InvalidOperationException($"The server ended with exit code {_process.ExitCode}.");
    }

    /// <summary>Sends SIGKILL.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Sends SIGTERM and waits until it has ended.</summary>
    public async Task Terminate()
    {
        using (var kill = Process.Start("/bin/kill", ["-TERM", $"{_process.Id}"]))
        {
            await kill.WaitForExitAsync();
        }

        await _process.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private static Process Start(string program, params string[] arguments)
    {
        var start = program.EndsWith(".dll", StringComparison.Ordinal) ? new ProcessStartInfo("dotnet", [program, .. arguments])
            : new ProcessStartInfo(program, arguments);
        (start.RedirectStandardError, start.RedirectStandardOutput) = (true, true);
        var process = Process.Start(start)!;
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        return process;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
