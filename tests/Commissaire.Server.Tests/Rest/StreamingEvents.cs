using Commissaire.Lab;
using Commissaire.Server.Tests.Running;

namespace Commissaire.Server.Tests.Rest;

/// <summary>The event stream of a server without events.</summary>
public sealed class StreamingEvents
{
    [Fact]
    public async Task A_new_server_streams_its_first_event()
    {
        await using var server = await RunningServer.Start(RunningServer.NewDataDirectory(), new ScriptedShell());
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v0/events");
        request.Headers.TryAddWithoutValidation("Authorization", Client.Credentials);
        using var response = await server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(200, (int)response.StatusCode);

        await server.Expect("PUT /cluster/c", null, 201);

        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync());
        using var limit = new CancellationTokenSource(WaitLimit.Value);
        while (await lines.ReadLineAsync(limit.Token) != "event: cluster")
        {
        }
    }
}
