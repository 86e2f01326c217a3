using System.Text.Json.Nodes;
using Commissaire.Server.Tests.Running;

namespace Commissaire.Server.Tests.Rest;

/// <summary>Which client a host registers as when requests come through proxies.</summary>
public sealed class BehindAProxy
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("127.0.0.0/30")]
    public async Task The_client_of_a_trusted_proxy_registers_itself(string trusted)
    {
        await using var server = await Start("2001:db8::/32", trusted);
        foreach (var (forwarded, address) in new[]
        {
            ("10.66.6.6", "10.66.6.6"),
            ("10.66.6.9:51234", "10.66.6.9"),
            ("::ffff:10.66.6.8", "10.66.6.8"),
            ("[::ffff:10.66.6.8]:51234", "10.66.6.8"),
            ("fe80::66", "fe80::66"),
            ("[fe80::67]", "fe80::67"),
            ("[fe80::67]:51234", "fe80::67"),
            ("\"[fe80::68]:443\"", "fe80::68"),
            ("10.66.6.10:99999", "10.66.6.10"),
            ("10.66.6.11,", "10.66.6.11"),
        })
        {
            await Registers(server, address, forwarded);
        }
    }

    [Fact]
    public async Task A_client_that_the_proxy_does_not_name_is_not_taken_for_the_proxy()
    {
        await using var server = await Start("127.0.0.0/30");
        foreach (var forwarded in new[]
        {
            "nonsense",
            "unknown",
            "_hidden",
            "",
            ",",
            "127.1",
            "0x7f000001",
            "2130706433",
            "0177.0.0.1",
            "fe80::1%eth0",
            "10.55.5.7, nonsense, 127.0.0.2",
            "10.55.5.7, 10.66.6.6:x",
        })
        {
            void Forwarded(HttpRequestMessage request) => request.Headers.TryAddWithoutValidation("X-Forwarded-For", forwarded);
            var refused = await server.Expect("PUT /host", Client.Registration(), 400, arrange: Forwarded);
            Assert.StartsWith("address: is missing", refused.Detail);
            await server.Expect("PUT /host/10.66.6.6", Client.Registration(), 201, arrange: Forwarded);
            await server.Expect("GET /host/10.66.6.6", null, 200, arrange: Forwarded);
            await server.Expect("DELETE /host/10.66.6.6", null, 200, arrange: Forwarded);
        }
    }

    [Fact]
    public async Task The_last_address_that_is_no_trusted_proxy_is_the_client()
    {
        await using var server = await Start("2001:db8::/32", "127.0.0.0/30");
        await Registers(server, "10.66.6.7", "10.55.5.5, 10.66.6.7");
        await Registers(server, "10.55.5.5", "10.55.5.5, 127.0.0.1");
        await Registers(server, "10.55.5.6", "10.55.5.6, [2001:db8::1]:443, 127.0.0.1:8080");
        await Registers(server, "10.66.6.8", "10.55.5.5, 10.66.6.8, 2001:db8::1");
        await Registers(server, "10.55.5.7", "10.55.5.7", "127.0.0.2");
        await Registers(server, "10.55.5.8", "nonsense, 10.55.5.8, 127.0.0.2");
    }

    [Theory]
    [InlineData]
    [InlineData("10.0.0.0/8", "::1")]
    public async Task Any_other_peer_registers_itself(params string[] trusted)
    {
        await using var server = await Start(trusted);
        await Registers(server, "127.0.0.1", "10.66.6.6");
    }

    private static Task<RunningServer> Start(params string[] trusted) => RunningServer.Start(
        RunningServer.NewDataDirectory(),
        new ScriptedShell(),
        new JsonObject { ["trusted_proxies"] = new JsonArray([.. trusted.Select(t => JsonValue.Create(t))]) });

    private static Task<Answered> Registers(RunningServer server, string address, params string[] forwarded) => server.Expect(
        "PUT /host", Client.Registration(), 201, $$"""{"address": "{{address}}", "…": ""}""",
        arrange: request => request.Headers.Add("X-Forwarded-For", forwarded));
}
