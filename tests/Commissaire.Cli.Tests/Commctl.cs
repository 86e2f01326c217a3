using System.Text;
using Commissaire.Invocation;

namespace Commissaire.Cli.Tests;

/// <summary>Runs commctl in the test process, with a temporary home directory.</summary>
public sealed class Commctl : IDisposable
{
    private readonly DirectoryInfo home = Directory.CreateTempSubdirectory("commctl-tests-");

    /// <summary>The server in the configuration.</summary>
    public FakeServer Server { get; } = new();

    /// <summary>The standard input.</summary>
    public string Input { get; set; } = "";

    /// <summary>The answer to every prompt; null without a terminal.</summary>
    public string? PromptAnswer { get; set; }

    /// <summary>The prompts that were shown.</summary>
    public List<string> Prompts { get; } = [];

    /// <summary>The environment variables.</summary>
    public Dictionary<string, string> Variables { get; } = [];

    public string Home => home.FullName;

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <summary>The width of the terminal.</summary>
    public int TerminalWidth { get; set; } = 80;

    /// <summary>Interrupts the command.</summary>
    public CancellationToken Interrupt { get; set; }

    /// <summary>Whether the output streams are a terminal.</summary>
    public bool OnTerminal { get; set; }

    /// <summary>Writes a file in the home directory and returns its path.</summary>
    public string File(string name, string content, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        var path = Path.Combine(Home, name);
        System.IO.File.WriteAllText(path, content);
        System.IO.File.SetUnixFileMode(path, mode);
        return path;
    }

    /// <summary>Writes the default configuration.</summary>
    public Commctl Configured()
    {
        File(".commissaire.json", $$"""{"username": "a", "password": "a:b", "endpoint": "{{Server.Url}}/"}""");
        return this;
    }

    /// <summary>Runs a command line, which is split at spaces.</summary>
    public Task<CommandResult> Run(string line) => Run(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    public async Task<CommandResult> Run(params string[] arguments)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(Interrupt);
        timeout.CancelAfter(TimeSpan.FromMinutes(5));
        var (output, error) = (new StringWriter { NewLine = "\n" }, new StringWriter { NewLine = "\n" });
        var code = await Invocation.Commctl.Run(arguments, new CliEnvironment
        {
            Output = output,
            Error = TextWriter.Synchronized(error),
            OpenInput = () => new MemoryStream(Encoding.UTF8.GetBytes(Input)),
            OutputIsTerminal = OnTerminal,
            ErrorIsTerminal = OnTerminal,
            InputIsTerminal = OnTerminal,
            GetTerminalWidth = () => TerminalWidth,
            Prompt = (prompt, _, _) =>
            {
                Prompts.Add(prompt);
                return Task.FromResult(PromptAnswer);
            },
            GetVariable = name => name == "HOME" ? Home : Variables.GetValueOrDefault(name),
            Clock = Clock,
        }, timeout.Token);
        return new CommandResult(code, output.ToString(), error.ToString());
    }

    public void Dispose()
    {
        Server.Dispose();
        home.Delete(recursive: true);
    }

    /// <summary>The result of a command.</summary>
    public sealed record CommandResult(int ExitCode, string Output, string Error);
}
