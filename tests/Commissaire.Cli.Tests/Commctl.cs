using System.Text;
using Commissaire.Invocation;

namespace Commissaire.Cli.Tests;

/// <summary>Runs commctl within the test, in a home of its own.</summary>
public sealed class Commctl : IDisposable
{
    private readonly DirectoryInfo home = Directory.CreateTempSubdirectory("commctl-tests-");

    /// <summary>A server to talk to.</summary>
    public FakeServer Server { get; } = new();

    /// <summary>What it reads from standard input.</summary>
    public string Input { get; set; } = "";

    /// <summary>What somebody types when asked; null for no terminal.</summary>
    public string? Typed { get; set; }

    /// <summary>What somebody was asked.</summary>
    public List<string> Prompts { get; } = [];

    /// <summary>Variables of the environment.</summary>
    public Dictionary<string, string> Variables { get; } = [];

    public string Home => home.FullName;

    /// <summary>The time it goes by.</summary>
    public TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <summary>Whether the output is a terminal.</summary>
    public bool OnTerminal { get; set; }

    /// <summary>A file in the home.</summary>
    public string File(string name, string content, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        var path = Path.Combine(Home, name);
        System.IO.File.WriteAllText(path, content);
        System.IO.File.SetUnixFileMode(path, mode);
        return path;
    }

    /// <summary>The usual configuration.</summary>
    public Commctl Configured()
    {
        File(".commissaire.json", $$"""{"username": "a", "password": "a:b", "endpoint": "{{Server.Url}}/"}""");
        return this;
    }

    /// <summary>Runs a command line, in which words stand between spaces.</summary>
    public Task<Ran> Run(string line) => Run(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    public async Task<Ran> Run(params string[] arguments)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        var (output, error) = (new StringWriter { NewLine = "\n" }, new StringWriter { NewLine = "\n" });
        var code = await Invocation.Commctl.Run(arguments, new Surroundings
        {
            Output = output,
            Error = TextWriter.Synchronized(error),
            Input = () => new MemoryStream(Encoding.UTF8.GetBytes(Input)),
            OutputIsTerminal = OnTerminal,
            ErrorIsTerminal = OnTerminal,
            Ask = (prompt, _, _) =>
            {
                Prompts.Add(prompt);
                return Task.FromResult(Typed);
            },
            Variable = name => name == "HOME" ? Home : Variables.GetValueOrDefault(name),
            Clock = Clock,
        }, patience.Token);
        return new Ran(code, output.ToString(), error.ToString());
    }

    public void Dispose()
    {
        Server.Dispose();
        home.Delete(recursive: true);
    }

    /// <summary>What became of it.</summary>
    public sealed record Ran(int Code, string Output, string Error);
}
