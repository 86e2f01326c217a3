using System.Text.Json.Nodes;
using Commissaire.Server.Tests.Running;

namespace Commissaire.Server.Tests.Rest;

public sealed class BehindAProxy
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("127.0.0.0/30")]
    public async Task A_trusted_proxy_says_whom_it_speaks_for(string trusted)
    {
        await using var server = await RunningServer.Start(
            RunningServer.NewDataDirectory(), new ScriptedShell(), new JsonObject { ["trusted_proxies"] = new JsonArray("2001:db8::/32", trusted) });
        foreach (var (forwarded, address) in new[]
        {
            ("10.66.6.6", "10.66.6.6"),
            ("10.55.5.5, 10.66.6.7", "10.66.6.7"),
            ("10.55.5.5, 127.0.0.1", "10.55.5.5"),
            ("::ffff:10.66.6.8", "10.66.6.8"),
            ("fe80::66", "fe80::66"),
            ("nonsense", "127.0.0.1"),
        })
        {
            await server.Expect("PUT /host", Client.Registration(), 201, $$"""{"address": "{{address}}", "…": ""}""",
                arrange: r => r.Headers.Add("X-Forwarded-For", forwarded));
        }
    }
}
