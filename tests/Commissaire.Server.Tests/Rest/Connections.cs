using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Commissaire.Http;
using Commissaire.Server.Tests.Running;

namespace Commissaire.Server.Tests.Rest;

/// <summary>The limit of open connections.</summary>
public sealed class Connections
{
    [Fact]
    public async Task A_connection_beyond_the_limit_gets_an_answer()
    {
        const int Limit = 4;
        await using var server = await RunningServer.Start(
            RunningServer.NewDataDirectory(), new ScriptedShell(), new JsonObject { ["max_connections"] = $"{Limit}" });
        var idle = new List<Socket>();
        try
        {
            // One connection belongs to the client of the test. Each of the others has had an answer, so the server has counted it.
            while (idle.Count < Limit - 1)
            {
                idle.Add(await Connect(server));
                Assert.StartsWith("HTTP/1.1 200 ", await Get(idle[^1], "/healthz/live"));
            }

            using var beyond = await Connect(server);
            var refused = await Get(beyond, "/api/v0/clusters");
            Assert.StartsWith("HTTP/1.1 503 ", refused);
            Assert.Contains("max_connections", refused);
            Assert.Contains("Connection: close", refused);
            using var health = await Connect(server);
            Assert.StartsWith("HTTP/1.1 200 ", await Get(health, "/healthz/live"));
            Assert.StartsWith("HTTP/1.1 200 ", await Get(idle[0], "/api/v0/clusters"));
        }
        finally
        {
            idle.ForEach(s => s.Dispose());
        }

        await Eventually.Is(
            async () =>
            {
                using var later = await Connect(server);
                return await Get(later, "/api/v0/clusters");
            },
            answer => answer.StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal),
            "there is room again");
    }

    [Theory]
    [InlineData(null, 1_048_576, 4096)]
    [InlineData(null, 1024, 409)]
    [InlineData(400, 1024, 400)]
    public void The_limit_of_open_files_limits_connections(int? configured, long files, int expected) =>
        Assert.Equal(expected, ConnectionLimit.From(configured, files));

    [Theory]
    [InlineData(null, 256, "This process may open 256 files")]
    [InlineData(1000, 1024, "max_connections: 1000 connections need 1762 open files, but this process may open 1024")]
    public void Too_few_open_files_stop_the_start(int? configured, long files, string message)
    {
        var refused = Assert.Throws<StartupException>(() => ConnectionLimit.From(configured, files)).Message;
        Assert.StartsWith(message, refused);
        Assert.Contains("ulimit -n", refused);
    }

    private static async Task<Socket> Connect(RunningServer server)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync("127.0.0.1", server.Http.BaseAddress!.Port);
        return socket;
    }

    private static async Task<string> Get(Socket socket, string path)
    {
        await socket.SendAsync(
            Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: {Client.Credentials}\r\n\r\n"));
        var buffer = new byte[4096];
        var answer = "";
        while (!IsWhole(answer) && await socket.ReceiveAsync(buffer) is > 0 and var received)
        {
            answer += Encoding.ASCII.GetString(buffer, 0, received);
        }

        return answer;
    }

    // An answer may arrive in parts. The end that is not read would be taken for the next answer.
    private static bool IsWhole(string answer) => answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) is >= 0 and var end
        && (answer[..end].Contains("chunked", StringComparison.OrdinalIgnoreCase)
            ? answer.EndsWith("\r\n0\r\n\r\n", StringComparison.Ordinal)
            : answer.Length >= end + 4 + ContentLength(answer[..end]));

    private static int ContentLength(string head) => head.Split("\r\n")
        .Where(line => line.StartsWith("Content-Length: ", StringComparison.OrdinalIgnoreCase))
        .Select(line => int.Parse(line["Content-Length: ".Length..], CultureInfo.InvariantCulture)).SingleOrDefault();
}
