using System.CommandLine;
using Commissaire.Invocation;

namespace Commissaire.Cli.Tests;

/// <summary>Each command that talks to a server, in each form of output.</summary>
public sealed class EveryCommandTests : IDisposable
{
    private const string One = """{"name": "n", "list": [], "more": {"a": 1}}""";

    private static readonly (string Line, string Request, string Answer)[] Commands =
    [
        ("cluster create n", "PUT /cluster/n", One), ("cluster delete n", "DELETE /cluster/n", One), ("cluster get n", "GET /cluster/n", One),
        ("cluster list", "GET /clusters", One), ("cluster operations n", "GET /cluster/n/operations", One), ("cluster history n", "GET /cluster/n/history?after=0&limit=1000", One),
        .. ((string[])["restart", "upgrade", "deploy"]).SelectMany(verb => ((string, string, string)[])
        [
            ($"cluster {verb} start n{(verb == "deploy" ? " 7" : "")}", $"PUT /cluster/n/{verb}", One), ($"cluster {verb} status n", $"GET /cluster/n/{verb}", One),
            ($"cluster {verb} cancel n", $"DELETE /cluster/n/{verb}", One), ($"cluster {verb} pause n", $"POST /cluster/n/{verb}/pause", One),
            ($"cluster {verb} resume n", $"POST /cluster/n/{verb}/resume", One), ($"cluster {verb} retry n", $"POST /cluster/n/{verb}/retry", One),
        ]),
        ("host create 10.0.0.1 -", "PUT /host/10.0.0.1", One), ("host delete 10.0.0.1", "DELETE /host/10.0.0.1", One), ("host get 10.0.0.1", "GET /host/10.0.0.1", One),
        ("host list", "GET /hosts", One), ("host status 10.0.0.1", "GET /host/10.0.0.1/status", One), ("host history 10.0.0.1", "GET /host/10.0.0.1/history?after=0&limit=1000", One),
        ("host join 10.0.0.1 n", "PUT /cluster/n/hosts/10.0.0.1", One), ("host unjoin 10.0.0.1 n", "DELETE /cluster/n/hosts/10.0.0.1", One),
        ("host accept-key 10.0.0.1 SHA256:x", "PUT /host/10.0.0.1/hostkey", One),
        ("network create n", "PUT /network/n", One), ("network delete n", "DELETE /network/n", One), ("network get n", "GET /network/n", One), ("network list", "GET /networks", One),
        ("container_manager create n", "PUT /containermanager/n", One), ("container_manager delete n", "DELETE /containermanager/n", One),
        ("container_manager get n", "GET /containermanager/n", One), ("container_manager list", "GET /containermanagers", One),
        ("token create -c n", "POST /tokens", One), ("token list", "GET /tokens", One), ("token revoke n", "DELETE /token/n", One),
        ("token history n", "GET /token/n/history?after=0&limit=1000", One),
    ];

    private readonly Commctl commctl = new Commctl().Configured();

    public static IEnumerable<object[]> All => Commands.Select(command => (object[])[command.Line, command.Request, command.Answer]);

    public void Dispose() => commctl.Dispose();

    [Theory]
    [MemberData(nameof(All))]
    public async Task It_prints_yaml_json_and_tables(string line, string request, string answer)
    {
        var inAList = line.Contains(" delete ", StringComparison.Ordinal);
        commctl.Server.On(request, answer);

        Assert.Equal(inAList ? "- list: []\n  more:\n    a: 1\n  name: n\n" : "list: []\nmore:\n  a: 1\nname: n\n", (await commctl.Run(line)).Output);
        Assert.Equal(
            inAList
                ? "[\n  {\n    \"name\": \"n\",\n    \"list\": [],\n    \"more\": {\n      \"a\": 1\n    }\n  }\n]\n"
                : "{\n  \"name\": \"n\",\n  \"list\": [],\n  \"more\": {\n    \"a\": 1\n  }\n}\n",
            (await commctl.Run($"{line} --output json")).Output);
        Assert.Equal(inAList ? "NAME\nn\n" : "name    n\nlist    []\nmore.a  1\n", (await commctl.Run($"{line} --output table")).Output);
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task It_says_who_refused_it_and_why(string line, string request, string _)
    {
        commctl.Server.Refuse(request, 409, "Not now.");

        var ran = await commctl.Run(line);

        Assert.Equal(2, ran.Code);
        Assert.EndsWith(": 409. Not now.\n", ran.Error, StringComparison.Ordinal);
        Assert.StartsWith($"commctl {line.Split(' ')[0]}: error: Unable to {request.Split(' ')[0]} the object at /api/v0/", ran.Error, StringComparison.Ordinal);
        Assert.Equal(line.Contains(" delete ", StringComparison.Ordinal) ? "- Refused\n" : "", ran.Output);
    }

    [Fact]
    public void None_is_left_out()
    {
        var root = Invocation.Commctl.BuildRootCommand(new Invocation.CommandFactory(CliEnvironment.ForProcess()));
        var leaves = Leaves(root, "").Except(["passhash", "user-data", "completion", "version", "host ssh"], StringComparer.Ordinal);

        Assert.All(leaves, leaf => Assert.Contains(Commands, command => command.Line.StartsWith(leaf, StringComparison.Ordinal)));
    }

    private static IEnumerable<string> Leaves(Command command, string path) => command.Subcommands.Count == 0
        ? [path.Trim()]
        : command.Subcommands.SelectMany(child => Leaves(child, $"{path} {child.Name}"));
}
