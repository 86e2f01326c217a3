using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Commissaire.Lab;

namespace Commissaire.Acceptance.Tests;

/// <summary>A real server process with its own data directory, which tests kill and restart.</summary>
public sealed partial class Server : IAsyncDisposable
{
    private readonly DirectoryInfo scratch = Directory.CreateTempSubdirectory("commissaire-acceptance-");
    private readonly SocketsHttpHandler handler;
    private readonly HttpClient client;
    private readonly string[] given;
    private readonly string scheme;
    private readonly string users;
    private readonly StringBuilder said = new();
    private Process? process;

    public Server(params string[] arguments)
        : this(null, arguments)
    {
    }

    /// <param name="trusted">The certificate that it must present; null for plain HTTP.</param>
    /// <param name="arguments">Additional arguments.</param>
    public Server(X509Certificate2? trusted, params string[] arguments)
    {
        Port = Ports.Free();
        DataDirectory = Path.Combine(scratch.FullName, "data");
        users = WriteFile("users.json", JsonSerializer.Serialize(new { a = new { hash = BCrypt.Net.BCrypt.HashPassword("a", 4) } }));
        given = arguments;
        handler = new SocketsHttpHandler
        {
            SslOptions = { RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null && trusted is not null
                && trusted.Equals(shown) },
        };
        client = new HttpClient(handler) { Timeout = WaitLimit.Value };
        scheme = trusted is null ? "http" : "https";
        Address = "127.0.0.1";
        LogIn("a", "a");
    }

    /// <summary>Whether it has a users file with the user <c>a</c>.</summary>
    public bool HasUsers { get; init; } = true;

    /// <summary>Additional environment variables.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    /// <summary>The client certificate of requests; none by default.</summary>
    public X509Certificate2 ClientCertificate
    {
        init => handler.SslOptions.ClientCertificateContext = SslStreamCertificateContext.Create(value, null, offline: true);
    }

    /// <summary>The command that runs it, such as <c>ip netns exec NAME</c>; none by default.</summary>
    public IReadOnlyList<string> Wrapper { get; init; } = [];

    /// <summary>The address that it listens on.</summary>
    public string Address
    {
        get;
        init
        {
            field = value;
            client.BaseAddress = new Uri($"{scheme}://{value}:{Port}");
        }
    }

    public int Port { get; }

    public string DataDirectory { get; }

    public int ProcessId => process!.Id;

    /// <summary>Its standard output and standard error, over all starts.</summary>
    public string Output
    {
        get
        {
            lock (said)
            {
                return said.ToString();
            }
        }
    }

    private string[] Arguments =>
    [
        .. given.Contains("--config-file") ? Array.Empty<string>() : ["--no-config-file"],
        .. given.Contains("--listen-interface") ? Array.Empty<string>()
            : ["-i", Address], "-p", Port.ToString(CultureInfo.InvariantCulture), "--data-dir", DataDirectory,
        .. HasUsers ? ["--authentication-plugin", $"httpbasicauth:filepath={users}"] : Array.Empty<string>(),
        .. given.Contains("--watch-interval") ? Array.Empty<string>() : ["--watch-interval", "2"], "--watch-retry", "0.5", .. given,
    ];

    /// <summary>The program of this version.</summary>
    public static string ThisVersion { get; } = ProgramPath("src/Commissaire.Server", "commissaire-server");

    /// <summary>A program that writes fields which this version does not know.</summary>
    public static string NextVersion { get; } = ProgramPath("tests/Commissaire.NextVersion", "Commissaire.NextVersion");

    /// <summary>The program that the next start runs.</summary>
    public string Program { get; set; } = ThisVersion;

    /// <summary>Runs the program with these arguments only.</summary>
    public static async Task<(int ExitCode, string Output, string Error)> Run(params string[] arguments)
    {
        using var process = Launch(["dotnet", ThisVersion], arguments);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        try
        {
            await process.WaitForExitAsync().WaitAsync(WaitLimit.Value);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"'{string.Join(' ', arguments)}' did not end: {await output}{await error}");
        }

        return (process.ExitCode, await output, await error);
    }

    /// <summary>Runs the program with the arguments of this server until it ends.</summary>
    public Task<(int ExitCode, string Output, string Error)> RunToEnd() => Run(Arguments);

    private static Process Launch(string[] program, string[] arguments, IReadOnlyDictionary<string, string>? variables = null)
    {
        string[] command = [.. program, .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        // The runtime creates files in /tmp for debuggers, which a killed process leaves behind.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        foreach (var (name, value) in variables ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    private static string ProgramPath(string project, string program) => Path.GetFullPath(
        $"../../../../../{project}/bin/{new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name}/net10.0/{program}.dll",
            AppContext.BaseDirectory);

    /// <summary>Writes a file beside the data directory, and returns its path.</summary>
    public string WriteFile(string name, string content)
    {
        var path = Path.Combine(scratch.FullName, name);
        File.WriteAllText(path, content);
        return path;
    }

    /// <summary>Sets the user of all further requests.</summary>
    public void LogIn(string user, string password) => client.DefaultRequestHeaders.Authorization =
        new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));

    /// <summary>Starts it and waits until it is ready.</summary>
    public async Task Start()
    {
        await Launch();
        await Eventually.Matches(Ready, ready => ready, "the server is ready");
    }

    /// <summary>Starts it without waiting.</summary>
    public Task Launch()
    {
        process = Launch([.. Wrapper, "dotnet", Program], Arguments, Variables);
        process.OutputDataReceived += (_, line) => AddOutput(line.Data);
        process.ErrorDataReceived += (_, line) => AddOutput(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return Task.CompletedTask;
    }

    /// <summary>Sends SIGKILL.</summary>
    public async Task Kill()
    {
        process!.Kill();
        await process.WaitForExitAsync();
    }

    public async Task KillAndStart()
    {
        await Kill();
        await Start();
    }

    /// <summary>Sends SIGTERM and waits until it has ended.</summary>
    /// <returns>Its exit code, and how long the machine was idle meanwhile.</returns>
    public async Task<(int ExitCode, TimeSpan Idle)> Terminate()
    {
        var idle = new IdleTime();
        using (var kill = Process.Start("/bin/kill", ["-TERM", ProcessId.ToString(CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync();
        }

        await process!.WaitForExitAsync().WaitAsync(WaitLimit.Value);
        return (process.ExitCode, idle.Elapsed);
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        if (process is { HasExited: false })
        {
            await Kill();
        }

        process?.Dispose();
        scratch.Delete(recursive: true);
    }

    private Task<bool> Ready()
    {
        Assert.False(process!.HasExited, $"the server ended: {Output}");
        return IsReady();
    }

    private void AddOutput(string? line)
    {
        lock (said)
        {
            said.AppendLine(line);
        }
    }
}
