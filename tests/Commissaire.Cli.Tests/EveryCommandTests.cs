using System.CommandLine;
using System.Text.RegularExpressions;
using Commissaire.Invocation;

namespace Commissaire.Cli.Tests;

/// <summary>Every command that calls the server, in every output format.</summary>
public sealed class EveryCommandTests : IDisposable
{
    private const string Response = """{"address": "a", "name": "n", "list": [], "host": {"b": 1}}""";

    private static readonly (string Line, string Request)[] Commands =
    [
        ("cluster create n", "PUT /cluster/n"), ("cluster delete n", "DELETE /cluster/n"), ("cluster get n", "GET /cluster/n"),
        ("cluster list", "GET /clusters"), ("cluster operations n", "GET /cluster/n/operations"),
        ("cluster operations n 7", "GET /cluster/n/operations/7"), ("run show n 7", "GET /cluster/n/operations/7"),
        ("processes", "GET /processes"),
        ("cluster history n", "GET /cluster/n/history?after=0&limit=1000"),
        .. ((string[])["restart", "upgrade", "deploy"]).SelectMany(verb => ((string, string)[])
        [
            ($"cluster {verb} start n{(verb == "deploy" ? " 7" : "")}", $"PUT /cluster/n/{verb}"),
            ($"cluster {verb} status n", $"GET /cluster/n/{verb}"), ($"cluster {verb} cancel n", $"DELETE /cluster/n/{verb}"),
            ($"cluster {verb} pause n", $"POST /cluster/n/{verb}/pause"), ($"cluster {verb} resume n", $"POST /cluster/n/{verb}/resume"),
            ($"cluster {verb} retry n", $"POST /cluster/n/{verb}/retry"),
        ]),
        ("host create 10.0.0.1 -", "PUT /host/10.0.0.1"), ("host delete 10.0.0.1", "DELETE /host/10.0.0.1"),
        ("host get 10.0.0.1", "GET /host/10.0.0.1"), ("host list", "GET /hosts"), ("host status 10.0.0.1", "GET /host/10.0.0.1/status"),
        ("host history 10.0.0.1", "GET /host/10.0.0.1/history?after=0&limit=1000"),
        ("host join 10.0.0.1 n", "PUT /cluster/n/hosts/10.0.0.1"), ("host unjoin 10.0.0.1 n", "DELETE /cluster/n/hosts/10.0.0.1"),
        ("host accept-key 10.0.0.1 SHA256:x", "PUT /host/10.0.0.1/hostkey"),
        ("host set-credentials 10.0.0.1 --port 22", "PUT /host/10.0.0.1/credentials"),
        ("host release 10.0.0.1", "POST /host/10.0.0.1/release"),
        ("network create n", "PUT /network/n"), ("network delete n", "DELETE /network/n"), ("network get n", "GET /network/n"),
        ("network list", "GET /networks"),
        ("container_manager create n", "PUT /containermanager/n"), ("container_manager delete n", "DELETE /containermanager/n"),
        ("container_manager get n", "GET /containermanager/n"), ("container_manager list", "GET /containermanagers"),
        ("token create -c n", "POST /tokens"), ("token list", "GET /tokens"), ("token revoke n", "DELETE /token/n"),
        ("token history n", "GET /token/n/history?after=0&limit=1000"),
    ];

    private readonly Commctl commctl = new Commctl().Configured();

    public static IEnumerable<object[]> All => Commands.Select(command => (object[])[command.Line, command.Request]);

    public void Dispose() => commctl.Dispose();

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_command_prints_yaml_json_and_tables(string line, string request)
    {
        var listed = Regex.IsMatch(request, "^GET .*(s|history.*)$") && !request.EndsWith("/status", StringComparison.Ordinal);
        var isList = listed || line.Contains(" delete ", StringComparison.Ordinal);
        commctl.Server.On(request, listed ? $"[{Response}]" : Response);

        Assert.Equal(
            isList
                ? "- address: a\n  host:\n    b: 1\n  list: []\n  name: n\n"
                : "address: a\nhost:\n  b: 1\nlist: []\nname: n\n",
            (await commctl.Run(line)).Output);
        var json = isList ? $"[{Response}]" : Response;
        var printed = (await commctl.Run($"{line} --output json")).Output;
        Assert.Equal(Regex.Replace(json, @"\s", ""), Regex.Replace(printed, @"\s", ""));
        Assert.Contains("\n  ", printed, StringComparison.Ordinal);
        var table = (await commctl.Run($"{line} --output table")).Output;
        if (!listed)
        {
            Assert.Equal(isList ? "ADDRESS  NAME\na        n\n" : "address  a\nname     n\nlist     []\nhost.b   1\n", table);
        }
        else
        {
            // Each list has its own columns.
            Assert.Matches(@"\A[A-Z][A-Z -]*\n.*\n\z", table);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_command_reports_an_error_response(string line, string request)
    {
        commctl.Server.Reject(request, 409, "Not now.");

        var result = await commctl.Run(line);

        Assert.Equal(2, result.ExitCode);
        Assert.EndsWith(": 409. Not now.\n", result.Error, StringComparison.Ordinal);
        Assert.StartsWith(
            $"commctl {line.Split(' ')[0]}: error: Unable to {request.Split(' ')[0]} the object at /api/v0/", result.Error,
            StringComparison.Ordinal);
        Assert.Equal(line.Contains(" delete ", StringComparison.Ordinal) ? "- Refused\n" : "", result.Output);
    }

    [Fact]
    public void Every_command_is_tested_here()
    {
        var root = Invocation.Commctl.BuildRootCommand(new Invocation.CommandFactory(CliEnvironment.ForProcess()));
        string[] testedElsewhere = ["passhash", "user-data", "completion", "version", "events", "host ssh",
            "host rotate-key", "explain host", "explain cluster", "explain run"];
        var leaves = Leaves(root, "").Except(testedElsewhere, StringComparer.Ordinal);

        Assert.All(leaves, leaf => Assert.Contains(Commands, command => command.Line.StartsWith(leaf, StringComparison.Ordinal)));
    }

    private static IEnumerable<string> Leaves(Command command, string path) => command.Subcommands.Count == 0
        ? [path.Trim()]
        : command.Subcommands.SelectMany(child => Leaves(child, $"{path} {child.Name}"));
}
