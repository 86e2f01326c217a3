using System.Net.Sockets;

namespace Commissaire.Cli.Tests;

/// <summary>Errors are one line on standard error: the cause, the input, and the next step.</summary>
public sealed class ErrorTests : IDisposable
{
    private readonly Commctl commctl = new Commctl().Configured();

    public void Dispose() => commctl.Dispose();

    [Theory]
    [InlineData("", "commctl: error: Required command was not provided. See 'commctl --help'.")]
    [InlineData("cluster", "commctl cluster: error: Required command was not provided. See 'commctl cluster --help'.")]
    [InlineData("bogus", "commctl: error: Unexpected argument 'bogus'. See 'commctl --help'.")]
    [InlineData("clutser list", "commctl: error: Unexpected argument 'clutser'. Did you mean 'cluster'? See 'commctl --help'.")]
    [InlineData("cluster lst", "commctl cluster: error: Unexpected argument 'lst'. Did you mean 'list'? See 'commctl cluster --help'.")]
    [InlineData("cluster get kk --outptu json",
        "commctl cluster: error: Unexpected argument '--outptu'. Did you mean '--output'? See 'commctl cluster get --help'.")]
    [InlineData("cluster restart start --wiat kk",
        "commctl cluster: error: Unknown option '--wiat'. Did you mean '--wait'? See 'commctl cluster restart start --help'.")]
    [InlineData("cluster delete --al kk", "commctl cluster: error: Unknown option '--al'. See 'commctl cluster delete --help'.")]
    [InlineData("-c f host create 10.0.0.1 -",
        "commctl host: error: argument -c: means --cluster in 'create', but stands in front of it. Use --config or --cluster.")]
    [InlineData("-o json container_manager create k",
        "commctl container_manager: error: argument -o: means --options in 'create', but stands in front of it. "
            + "Use --output or --options.")]
    [InlineData("cluster list extra", "commctl cluster: error: Unexpected argument 'extra'. See 'commctl cluster list --help'.")]
    [InlineData("cluster upgrade start kk 7.2.2",
        "commctl cluster: error: Unexpected argument '7.2.2'. See 'commctl cluster upgrade start --help'.")]
    [InlineData("cluster list -o xml", "commctl cluster: error: argument -o/--output: invalid value 'xml'. "
        + "Expected yaml, json or table. See 'commctl cluster list --help'.")]
    [InlineData("cluster restart start --soak soon kk", "commctl cluster: error: argument --soak: invalid value 'soon'. "
        + "Expected seconds, or a number with s, m, h or d, such as 90s. See 'commctl cluster restart start --help'.")]
    [InlineData("network create nn -o x",
        "commctl network: error: argument -o/--options: invalid loads value: 'x'. Expected a JSON object.")]
    [InlineData("container_manager create nn -o x",
        "commctl container_manager: error: argument -o/--options: invalid option 'x'. Expected KEY=VALUE or a JSON object.")]
    [InlineData("host create no.such.invalid -", "commctl host: error: argument address: no.such.invalid: ")]
    [InlineData("host get 10.0.0.1:22", "commctl host: error: argument address: '10.0.0.1:22' has a port. Use '10.0.0.1': ")]
    [InlineData("host join [fe80::1]:22 kk", "commctl host: error: argument address: '[fe80::1]:22' has a port. Use 'fe80::1': ")]
    [InlineData("host create 10.0.0.1 /no/key", "commctl host: error: argument KEYFILE: can't open '/no/key': ")]
    [InlineData("host create 10.0.0.1 - --port 0",
        "commctl host: error: argument -p/--port: invalid value '0'. Expected a number from 1 to 65535. See 'commctl host create --help'.")]
    [InlineData("cluster operations kk last", "commctl cluster: error: argument RUN: invalid value 'last'. "
        + "Expected a number of at least 1. See 'commctl cluster operations --help'.")]
    [InlineData("token create --cluster c --uses 0",
        "commctl token: error: argument --uses: invalid value '0'. Expected a number of at least 1. See 'commctl token create --help'.")]
    [InlineData("passhash --rounds 40", "commctl passhash: error: argument -r/--rounds: invalid value '40'. "
        + "Expected a number from 4 to 31. See 'commctl passhash --help'.")]
    [InlineData("cluster list --endpoint ftp://x",
        "commctl cluster: error: The endpoint 'ftp://x' is not an http or https URL. Expected a URL such as http://127.0.0.1:8000.")]
    [InlineData("cluster list --config /no/file", "commctl cluster: error: Cannot read configuration file /no/file: ")]
    [InlineData("cluster list --password-file /no/file", "commctl cluster: error: argument --password-file: can't open '/no/file': ")]
    [InlineData("user-data -e nowhere", "commctl user-data: error: argument -e/--endpoint: 'nowhere' is not an http or https URL.")]
    public async Task An_invalid_command_line_is_an_error_in_one_line(string line, string expected)
    {
        var result = await commctl.Run(line);

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.StartsWith(expected, result.Error, StringComparison.Ordinal);
        Assert.Equal(result.Error.Length - 1, result.Error.IndexOf('\n', StringComparison.Ordinal));
        Assert.Empty(commctl.Server.Requests);
    }

    [Theory]
    [InlineData("{\n  \"server_url\": \"https://a\",\n  \"token\": \"s3cret\" x\n}", "line 3, byte 20")]
    [InlineData("token=s3cret", "line 1, byte 1")]
    [InlineData("s3cret", "line 1, byte 0")]
    [InlineData("[\"token=s3cret\"]", "line 1, byte 1")]
    [InlineData("null", "line 1, byte 0")]
    public async Task An_error_in_a_file_of_options_names_its_place_but_not_its_content(string content, string place)
    {
        var path = commctl.File("options.json", content);
        commctl.Input = content;

        var read = await commctl.Run("container_manager", "create", "--options-file", path, "nn");
        var piped = await commctl.Run("container_manager", "create", "--options-file", "-", "nn");

        const string prefix = "commctl container_manager: error: argument --options-file:";
        Assert.Equal(
            (2, "", $"{prefix} '{path}' is not a JSON object: error in {place}.\n"), (read.ExitCode, read.Output, read.Error));
        Assert.Equal(
            (2, "", $"{prefix} standard input is not a JSON object: error in {place}.\n"), (piped.ExitCode, piped.Output, piped.Error));
        Assert.Empty(commctl.Server.Requests);
    }

    [Fact]
    public async Task An_error_response_is_reported_with_its_detail()
    {
        commctl.Input = "key";
        const string detail = "cluster: there is no cluster 'other'; create it first.";
        commctl.Server.Reject("PUT /host/10.0.0.1", 409, detail);

        var result = await commctl.Run("host create 10.0.0.1 - -c other");

        var error = $"commctl host: error: Unable to PUT the object at /api/v0/host/10.0.0.1: 409. {detail}\n";
        Assert.Equal((2, "", error), (result.ExitCode, result.Output, result.Error));
    }

    [Theory]
    [InlineData(500, "Internal Server Error", "Unable to GET the object at /api/v0/clusters: 500")]
    [InlineData(403, "Forbidden", "The provided credentials were incorrect. Check the user and the password.")]
    [InlineData(403, """{"status":403,"detail":"No such user,\nor\u001b[2J another password."}""",
        "The provided credentials were incorrect. No such user, or\\u001b[2J another password.")]
    public async Task An_error_response_is_reported_in_one_line_without_control_characters(int status, string body, string expected)
    {
        commctl.Server.On("GET /clusters", body, status);

        var result = await commctl.Run("cluster list");

        Assert.Equal((2, "", $"commctl cluster: error: {expected}\n"), (result.ExitCode, result.Output, result.Error));
    }

    [Fact]
    public async Task The_error_names_each_unreachable_server()
    {
        var (one, two) = (UnusedUrl(), UnusedUrl());

        var result = await commctl.Run("cluster", "list", "--endpoint", one, "--endpoint", two + "/");

        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        var tried = $"{one} (Connection refused), {two} (Connection refused)";
        Assert.Equal($"""
            Could not connect to {one}. Retrying with {two}.
            commctl cluster: error: No servers could be reached. Tried the following: {tried}. Start a server, or use --endpoint.

            """, result.Error);
    }

    [Fact]
    public async Task An_unreachable_server_is_skipped()
    {
        var closed = UnusedUrl();
        commctl.Server.On("GET /clusters", """["a"]""");
        commctl.File(".commissaire.json", $$"""{"username": "a", "password": "a", "endpoint": ["{{closed}}", "{{commctl.Server.Url}}"]}""");

        var result = await commctl.Run("cluster list");

        var notice = $"Could not connect to {closed}. Retrying with {commctl.Server.Url}.\n";
        Assert.Equal((0, "- a\n", notice), (result.ExitCode, result.Output, result.Error));
    }

    [Fact]
    public async Task A_change_that_was_sent_is_not_sent_to_another_server()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var disconnect = Task.Run(async () =>
        {
            using var connection = await listener.AcceptTcpClientAsync();
            Assert.NotEqual(0, await connection.GetStream().ReadAsync(new byte[1]));
        });
        using var other = new FakeServer();

        var url = $"http://{listener.LocalEndpoint}";
        var result = await commctl.Run("cluster", "restart", "start", "kk", "--endpoint", url, "--endpoint", other.Url);
        await disconnect;

        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.StartsWith(
            "commctl cluster: error: The connection broke before the response to PUT /api/v0/cluster/kk/restart. The change may have been "
            + "applied. ", result.Error[result.Error.IndexOf("commctl", StringComparison.Ordinal)..], StringComparison.Ordinal);
        Assert.DoesNotContain(other.Requests, request => request.Line.StartsWith("PUT", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_argument_with_an_at_sign_is_not_a_response_file()
    {
        commctl.Server.On("GET /cluster/%40kk", """{"name": "@kk"}""");

        Assert.Equal(0, (await commctl.Run("cluster get @kk")).ExitCode);
    }

    private static string UnusedUrl()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return $"http://127.0.0.1:{((System.Net.IPEndPoint)listener.LocalEndpoint).Port}";
    }
}
