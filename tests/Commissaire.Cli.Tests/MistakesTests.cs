using System.Net.Sockets;

namespace Commissaire.Cli.Tests;

/// <summary>What goes wrong is said in one line on standard error: what, with which input, and what to do.</summary>
public sealed class MistakesTests : IDisposable
{
    private readonly Commctl commctl = new Commctl().Configured();

    public void Dispose() => commctl.Dispose();

    [Theory]
    [InlineData("", "commctl: error: Required command was not provided. See: commctl --help")]
    [InlineData("cluster", "commctl cluster: error: Required command was not provided. See: commctl cluster --help")]
    [InlineData("bogus", "commctl: error: 'bogus' is not expected here. See: commctl --help")]
    [InlineData("cluster list extra", "commctl cluster: error: 'extra' is not expected here. See: commctl cluster list --help")]
    [InlineData("cluster upgrade start kk 7.2.2", "commctl cluster: error: '7.2.2' is not expected here. See: commctl cluster upgrade start --help")]
    [InlineData("cluster list -o xml", "commctl cluster: error: argument -o/--output: 'xml' is not a form; expected yaml, json or table. See: commctl cluster list --help")]
    [InlineData("cluster restart start --soak soon kk",
        "commctl cluster: error: argument --soak: 'soon' is not a span of time; expected seconds, or a number with s, m, h or d, such as 90s or 24h. See: commctl cluster restart start --help")]
    [InlineData("network create nn -o x", "commctl network: error: argument -o/--options: invalid loads value: 'x'; expected a JSON object")]
    [InlineData("container_manager create nn -o x", "commctl container_manager: error: argument -o/--options: 'x' is neither KEY=VALUE nor a JSON object")]
    [InlineData("host create no.such.invalid -", "commctl host: error: argument address: no.such.invalid: ")]
    [InlineData("host create 10.0.0.1 /no/key", "commctl host: error: argument KEYFILE: can't open '/no/key': ")]
    [InlineData("host create 10.0.0.1 - --port 0", "commctl host: error: argument -p/--port: '0' is not a number from 1 to 65535. See: commctl host create --help")]
    [InlineData("token create --cluster c --uses 0", "commctl token: error: argument --uses: '0' is not a number of 1 or more. See: commctl token create --help")]
    [InlineData("passhash --rounds 40", "commctl passhash: error: argument -r/--rounds: '40' is not a number from 4 to 31. See: commctl passhash --help")]
    [InlineData("cluster list --endpoint ftp://x", "commctl cluster: error: The endpoint 'ftp://x' is not an http or https URL; expected one such as http://127.0.0.1:8000.")]
    [InlineData("cluster list --config /no/file", "commctl cluster: error: The configuration file /no/file cannot be read: ")]
    [InlineData("cluster list --password-file /no/file", "commctl cluster: error: argument --password-file: '/no/file' cannot be read: ")]
    [InlineData("user-data -e nowhere", "commctl user-data: error: argument -e/--endpoint: 'nowhere' is not an http or https URL")]
    public async Task A_wrong_command_line_is_answered_in_one_line(string line, string said)
    {
        var ran = await commctl.Run(line);

        Assert.Equal((2, ""), (ran.Code, ran.Output));
        Assert.StartsWith(said, ran.Error, StringComparison.Ordinal);
        Assert.Equal(ran.Error.Length - 1, ran.Error.IndexOf('\n', StringComparison.Ordinal));
        Assert.Empty(commctl.Server.Requests);
    }

    [Theory]
    [InlineData("{\n  \"server_url\": \"https://a\",\n  \"token\": \"s3cret\" x\n}", "is not valid JSON (line 3, byte 20); expected a JSON object")]
    [InlineData("token=s3cret", "is not valid JSON (line 1, byte 1); expected a JSON object")]
    [InlineData("s3cret", "is not valid JSON (line 1, byte 0); expected a JSON object")]
    [InlineData("[\"token=s3cret\"]", "is JSON, but no object; expected a JSON object")]
    public async Task A_file_of_options_with_a_mistake_is_named_and_not_shown(string content, string said)
    {
        var path = commctl.File("options.json", content);
        commctl.Input = content;

        var read = await commctl.Run("container_manager", "create", "--options-file", path, "nn");
        var piped = await commctl.Run("container_manager", "create", "--options-file", "-", "nn");

        Assert.Equal((2, "", $"commctl container_manager: error: argument --options-file: '{path}' {said}\n"), (read.Code, read.Output, read.Error));
        Assert.Equal((2, "", $"commctl container_manager: error: argument --options-file: standard input {said}\n"), (piped.Code, piped.Output, piped.Error));
        Assert.Empty(commctl.Server.Requests);
    }

    [Fact]
    public async Task A_refusal_is_given_in_the_servers_words()
    {
        commctl.Input = "key";
        commctl.Server.Refuse("PUT /host/10.0.0.1", 409, "cluster: there is no cluster 'other'; create it first.");

        var ran = await commctl.Run("host create 10.0.0.1 - -c other");

        Assert.Equal((2, "", "commctl host: error: Unable to PUT the object at /api/v0/host/10.0.0.1: 409. cluster: there is no cluster 'other'; create it first.\n"), (ran.Code, ran.Output, ran.Error));
    }

    [Theory]
    [InlineData(500, "Internal Server Error", "Unable to GET the object at /api/v0/clusters: 500")]
    [InlineData(403, "Forbidden", "The provided credentials were incorrect. Check the user and the password.")]
    [InlineData(403, """{"detail":"No such user,\nor\u001b[2J another password."}""", "The provided credentials were incorrect. No such user, or?[2J another password.")]
    public async Task A_refusal_without_words_or_with_harmful_ones_is_one_plain_line(int status, string body, string said)
    {
        commctl.Server.On("GET /clusters", body, status);

        var ran = await commctl.Run("cluster list");

        Assert.Equal((2, "", $"commctl cluster: error: {said}\n"), (ran.Code, ran.Output, ran.Error));
    }

    [Fact]
    public async Task Each_server_that_cannot_be_reached_is_named()
    {
        var (one, two) = (Closed(), Closed());

        var ran = await commctl.Run("cluster", "list", "--endpoint", one, "--endpoint", two + "/");

        Assert.Equal((1, ""), (ran.Code, ran.Output));
        Assert.Equal($"""
            Could not connect to {one}. Retrying with {two}.
            commctl cluster: error: No servers could be reached. Tried the following: {one} (Connection refused), {two} (Connection refused). Start one, or name another with --endpoint.

            """, ran.Error);
    }

    [Fact]
    public async Task The_next_server_is_asked_when_one_cannot_be_reached()
    {
        var closed = Closed();
        commctl.Server.On("GET /clusters", """["a"]""");
        commctl.File(".commissaire.json", $$"""{"username": "a", "password": "a", "endpoint": ["{{closed}}", "{{commctl.Server.Url}}"]}""");

        var ran = await commctl.Run("cluster list");

        Assert.Equal((0, "- a\n", $"Could not connect to {closed}. Retrying with {commctl.Server.Url}.\n"), (ran.Code, ran.Output, ran.Error));
    }

    [Fact]
    public async Task What_was_sent_and_may_have_been_done_is_not_sent_to_another_server()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var hangingUp = Task.Run(async () =>
        {
            using var connection = await listener.AcceptTcpClientAsync();
            Assert.NotEqual(0, await connection.GetStream().ReadAsync(new byte[1]));
        });
        using var other = new FakeServer();

        var ran = await commctl.Run("cluster", "restart", "start", "kk", "--endpoint", $"http://{listener.LocalEndpoint}", "--endpoint", other.Url);
        await hangingUp;

        Assert.Equal((1, ""), (ran.Code, ran.Output));
        Assert.Contains("It may have been done: look before you try again.", ran.Error, StringComparison.Ordinal);
        Assert.Empty(other.Requests);
    }

    [Fact]
    public async Task Words_with_an_at_sign_are_not_files()
    {
        commctl.Server.On("GET /cluster/%40kk", """{"a": 1}""");

        Assert.Equal(0, (await commctl.Run("cluster get @kk")).Code);
    }

    private static string Closed()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return $"http://127.0.0.1:{((System.Net.IPEndPoint)listener.LocalEndpoint).Port}";
    }
}
