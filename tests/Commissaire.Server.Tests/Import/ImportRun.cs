using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Commissaire.Import;
using Commissaire.Server.Tests.Running;

namespace Commissaire.Server.Tests.Import;

/// <summary>Runs <c>commissaire-server import</c> against a server, as its user <c>a</c>, with names that only the test knows.</summary>
internal sealed class ImportRun
{
    public Dictionary<string, string[]> Names { get; } = [];

    public Dictionary<string, string> Variables { get; } = [];

    /// <summary>The home directory, with the configuration of commctl.</summary>
    public string Home { get; } = RunningServer.NewDataDirectory();

    public ImportRun(Uri server, string password = "a") => Configure(new JsonObject
    {
        ["endpoint"] = new JsonArray("http://127.0.0.1:9", server.ToString()),
        ["username"] = "a",
        ["password"] = password,
    });

    public void Configure(JsonNode config) => File.WriteAllText(Path.Combine(Home, ".commissaire.json"), config.ToJsonString());

    /// <summary>Runs the command, and returns its exit code and all it printed.</summary>
    public async Task<(int Code, string Output, string Error)> Run(params string[] arguments)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var command = ImportCommand.Create(new ImportEnvironment(Home, n => Variables.GetValueOrDefault(n), (name, _) =>
            Names.TryGetValue(name, out var addresses)
                ? Task.FromResult(addresses.Select(IPAddress.Parse).ToArray())
                : throw new SocketException((int)SocketError.HostNotFound)));
        var code = await command.Parse(arguments).InvokeAsync(new InvocationConfiguration { Output = output, Error = error });
        return (code, output.ToString(), error.ToString());
    }

    /// <summary>Runs the command, and expects an exit code and the report.</summary>
    public async Task Expect(int code, string report, params string[] arguments)
    {
        var (actual, output, error) = await Run(arguments);
        Assert.Equal((report.Trim(), "", code), (output.Trim(), error, actual));
    }

    /// <summary>Runs the command, and expects that it does nothing, with an error of one line without a <c>SECRET</c>.</summary>
    public async Task Refuses(string says, params string[] arguments)
    {
        var (code, output, error) = await Run(arguments);
        Assert.Equal((2, ""), (code, output));
        Assert.Contains(says, error, StringComparison.Ordinal);
        Assert.DoesNotContain("SECRET", error, StringComparison.Ordinal);
        Assert.Single(error.Trim().Split('\n'));
    }

    /// <summary>A file in the home directory.</summary>
    public string Write(string name, string content)
    {
        var path = Path.Combine(Home, name);
        File.WriteAllText(path, content);
        return path;
    }

    /// <summary>A private key file in the home directory.</summary>
    public string WriteKey(string name, string base64)
    {
        var path = Path.Combine(Home, name);
        File.WriteAllBytes(path, Convert.FromBase64String(base64));
        return path;
    }
}
