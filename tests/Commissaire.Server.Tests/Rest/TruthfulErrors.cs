using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Commissaire.Server.Tests.Running;

namespace Commissaire.Server.Tests.Rest;

/// <summary>The status of an error tells the client whose error it is, and the log has only errors of the server.</summary>
public sealed partial class TruthfulErrors
{
    private readonly string _data = RunningServer.NewDataDirectory();

    [Fact]
    public async Task A_chunk_size_out_of_range_is_a_bad_request()
    {
        await using var server = await RunningServer.Start(_data, new ScriptedShell());
        foreach (var size in new[] { "FFFFFFFFFFFFFFFFFF", "80000000", "7FFFFFFFFFFFFFFF", "-1", "nonsense" })
        {
            foreach (var line in new[] { "PUT /api/v0/cluster/c", "PUT /api/v0/host", "POST /api/v0/tokens" })
            {
                var chunks = $"{size}\r\n{{}}\r\n0\r\n\r\n";
                var answer = await Raw(server, $"{line} HTTP/1.1\r\n{Headers}Transfer-Encoding: chunked\r\n\r\n{chunks}");
                Assert.StartsWith("HTTP/1.1 400 ", answer);
            }
        }

        Assert.Empty(Complaints(server));
    }

    [Fact]
    public async Task A_client_that_hangs_up_is_no_error_in_the_log()
    {
        var shell = new ScriptedShell();
        await using var server = await RunningServer.Start(_data, shell);
        await server.Register("10.8.0.1");
        string[] requests =
        [
            $"PUT /api/v0/host/10.8.0.2 HTTP/1.1\r\n{Headers}Content-Length: 100\r\n\r\n{{",
            $"PUT /api/v0/host/10.8.0.2 HTTP/1.1\r\n{Headers}Transfer-Encoding: chunked\r\n\r\n5\r\n{{",
            $"PUT /api/v0/cluster/c HTTP/1.1\r\n{Headers}Content-Length: 2\r\n\r\n{{}}",
            $"GET /api/v0/hosts HTTP/1.1\r\n{Headers}\r\n",
            $"GET /api/v0/host/10.8.0.1/history HTTP/1.1\r\n{Headers}\r\n",
            $"GET /api/v0/host/10.8.0.1/creds HTTP/1.1\r\n{Headers}\r\n",
            $"GET /api/v0/events HTTP/1.1\r\n{Headers}\r\n",
            $"GET /api/v0/clusters HTTP/1.1\r\n{Headers.Replace("YTph", "YTpi", StringComparison.Ordinal)}\r\n",
        ];
        await Parallel.ForEachAsync(Enumerable.Range(0, 20).SelectMany(_ => requests), async (request, ct) =>
        {
            using var socket = await Connect(server);
            await socket.SendAsync(Encoding.ASCII.GetBytes(request), ct);
        });
        await Eventually.Is(
            () => server.Send("GET ~/metrics"),
            metrics => ActiveRequests().Matches(metrics.Text).Sum(m => int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture)) == 1,
            "only the scrape is active");

        // The last request has a wrong password, which is logged if it was read before the client hung up.
        Assert.Empty(Complaints(server).Where(l => !l.StartsWith("Warning: A login of", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Credentials_that_cannot_be_decrypted_are_named()
    {
        await using var server = await RunningServer.Start(_data, new ScriptedShell());
        await server.Register("10.8.0.1");
        server.DamageSecrets("host/10.8.0.1");
        var answer = await server.Send("GET /host/10.8.0.1/creds");
        Assert.Equal(409, (int)answer.Status);
        Assert.StartsWith("The SSH key of host '10.8.0.1' cannot be decrypted:", answer.Detail);
        Assert.Contains("Restore the key file", answer.Detail);
        Assert.Empty(Complaints(server));
    }

    [Fact]
    public async Task A_journal_that_takes_no_events_is_a_503_and_nothing_changes()
    {
        await using var server = await RunningServer.Start(_data, new ScriptedShell());
        await server.Expect("PUT /cluster/before", null, 201);
        server.Execute("ALTER TABLE journal RENAME TO away");
        await server.Expect("PUT /cluster/c", null, 503);
        Assert.DoesNotContain("defect", server.Log.Text);
        server.Execute("ALTER TABLE away RENAME TO journal");
        await Eventually.Is(() => server.Send("PUT /cluster/c"), a => (int)a.Status == 201, "the journal takes events again");
    }

    [Fact]
    public async Task An_unusual_form_of_an_address_is_refused_as_what_it_is()
    {
        await using var server = await RunningServer.Start(_data, new ScriptedShell());
        foreach (var (sent, meant) in new[]
        {
            ("127.1", "127.0.0.1"),
            ("0x7f000001", "127.0.0.1"),
            ("0X7F.1", "127.0.0.1"),
            ("2130706433", "127.0.0.1"),
            ("0177.0.0.1", "127.0.0.1"),
            ("10.0.0.010", "10.0.0.8"),
            ("10.1", "10.0.0.1"),
        })
        {
            var expected = $"'{sent}' is an unusual form of the address {meant}. Send '{meant}' if you mean it.";
            Assert.EndsWith(expected, (await server.Expect($"PUT /host/{sent}", Client.Registration(), 400)).Detail);
            var body = Client.Registration().Replace("{", $"{{\"address\": \"{sent}\", ", StringComparison.Ordinal);
            Assert.Equal($"address: {expected}", (await server.Expect("PUT /host", body, 400)).Detail);
        }
    }

    private static string Headers => $"Host: x\r\nAuthorization: {Client.Credentials}\r\n";

    // Akka warns when the machine is slow.
    private static IEnumerable<string> Complaints(RunningServer server) => server.Log.Text.Split('\n')
        .Where(l => !l.StartsWith("Warning: [WARNING]", StringComparison.Ordinal))
        .Where(l => l.StartsWith("Error:", StringComparison.Ordinal) || l.StartsWith("Warning:", StringComparison.Ordinal)
            || l.StartsWith("Critical:", StringComparison.Ordinal));

    // Closing it resets the connection.
    private static async Task<Socket> Connect(RunningServer server)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { LingerState = new LingerOption(true, 0) };
        await socket.ConnectAsync("127.0.0.1", server.Http.BaseAddress!.Port);
        return socket;
    }

    private static async Task<string> Raw(RunningServer server, string request)
    {
        using var socket = await Connect(server);
        await socket.SendAsync(Encoding.ASCII.GetBytes(request));
        var buffer = new byte[4096];
        return Encoding.ASCII.GetString(buffer, 0, await socket.ReceiveAsync(buffer));
    }

    [GeneratedRegex(@"^http_server_active_requests\{[^}]*\} (\d+)", RegexOptions.Multiline)]
    private static partial Regex ActiveRequests();
}
