using Commissaire.Server.Tests.Running;

namespace Commissaire.Server.Tests.Rest;

/// <summary>Enrolment tokens: their creation, and what they authorize.</summary>
[Collection(OneServer.Name)]
public sealed class Tokens(SharedServer shared)
{
    private readonly RunningServer _server = shared.Server;

    [Fact]
    public async Task A_host_registers_itself_with_a_token_and_the_token_remembers()
    {
        var (cluster, id, bearer) = await Token(uses: 2);
        var (first, second, third) = (shared.Address(), shared.Address(), shared.Address());

        // Sent twice, as a host does that missed the first answer.
        await _server.Expect($"PUT /host/{first}", Client.Registration(), 201, authorization: bearer);
        await _server.Expect($"PUT /host/{first}", Client.Registration(cluster: cluster), 201, authorization: bearer);
        await _server.Expect("PUT /host", $$"""{"address": "{{second}}", "ssh_priv_key": "{{Keys.One}}"}""", 201, authorization: bearer);
        Assert.Contains("used up", (await _server.Expect($"PUT /host/{third}", Client.Registration(), 403, authorization: bearer)).Detail);

        var members = await _server.Expect($"GET /cluster/{cluster}/hosts", null, 200);
        Assert.Equal([first, second], members.Json!.AsArray().Select(h => h!.ToString()));
        await _server.Expect($"GET /token/{id}", null, 200,
            $$"""
            {"id": "{{id}}", "cluster": "{{cluster}}", "uses": 2, "uses_left": 0, "expires_at": "…", "created_by": "a", "created_at": "…",
             "revoked": false}
            """);
        var history = (await _server.Expect($"GET /token/{id}/history", null, 200)).Text;
        Assert.Contains("created by 'a' for 2 hosts", history);
        Assert.Contains($"host {first} registered itself", history);
        Assert.Contains($"host {second} registered itself", history);
        Assert.Contains($"host {third} was rejected", history);
    }

    [Fact]
    public async Task A_refused_registration_uses_no_token()
    {
        var (cluster, id, bearer) = await Token(uses: 1);
        var host = shared.Address();
        await _server.Expect($"PUT /host/{host}", Client.Registration(key: "bm9uZQ=="), 400, authorization: bearer);
        await _server.Expect($"PUT /host/{host}", "{}", 400, authorization: bearer);
        await _server.Expect($"DELETE /cluster/{cluster}", null, 200);
        var refused = await _server.Expect($"PUT /host/{host}", Client.Registration(), 409, authorization: bearer);
        Assert.Contains("there is no cluster", refused.Detail);
        await _server.Expect($"PUT /cluster/{cluster}", null, 201);

        Assert.Equal("1", (await _server.Expect($"GET /token/{id}", null, 200))["uses_left"]);
        Assert.DoesNotContain("registered itself", (await _server.Expect($"GET /token/{id}/history", null, 200)).Text);

        await _server.Expect($"PUT /host/{host}", Client.Registration(), 201, authorization: bearer);
        await _server.Expect($"PUT /host/{host}", Client.Registration(), 201, authorization: bearer);
        Assert.Equal("0", (await _server.Expect($"GET /token/{id}", null, 200))["uses_left"]);
    }

    [Fact]
    public async Task A_token_authorizes_nothing_else()
    {
        var (cluster, id, bearer) = await Token();
        var host = await shared.Host();
        foreach (var line in new[]
        {
            $"GET /host/{host}", $"GET /host/{host}/creds", $"DELETE /host/{host}", $"PUT /host/{host}/hostkey", "GET /hosts",
            $"PUT /cluster/{cluster}", $"PUT /cluster/{cluster}/hosts/{host}", "GET /tokens", "POST /tokens", $"GET /token/{id}",
            $"DELETE /token/{id}", "PUT /hosts", "PUT /hostx", "POST /host", "GET ~/openapi/v1.json",
        })
        {
            var refused = await _server.Send(line, null, bearer);
            Assert.True((int)refused.Status == 403, $"{line}: {refused}");
            Assert.Contains("only registers hosts", refused.Detail);
        }
    }

    [Fact]
    public async Task Guessed_tokens_are_refused()
    {
        var (_, id, bearer) = await Token();
        var host = shared.Address();
        string[] guesses =
        [
            bearer[..^1], bearer + "0", $"Bearer {id}", $"Bearer {id}.", $"Bearer {id}.{new string('0', 64)}",
            $"Bearer unknown.{bearer.Split('.')[1]}", bearer.Replace("Bearer", "Basic", StringComparison.Ordinal), "Bearer .",
            $"Bearer {id}.{new string('x', 5000)}",
        ];
        foreach (var guess in guesses)
        {
            await _server.Expect($"PUT /host/{host}", Client.Registration(), 403, authorization: guess);
        }

        await _server.Expect($"PUT /host/{host}", Client.Registration(), 201, authorization: bearer);
    }

    [Fact]
    public async Task A_token_registers_into_its_own_cluster_only()
    {
        var (mine, _, bearer) = await Token();
        var other = shared.Name("c");
        await _server.Expect($"PUT /cluster/{other}", null, 201);
        var refused = await _server.Expect(
            $"PUT /host/{shared.Address()}", Client.Registration(cluster: other), 403, authorization: bearer);
        Assert.Contains($"into cluster '{mine}', not into '{other}'", refused.Detail);
    }

    [Fact]
    public async Task A_revoked_token_registers_nobody_and_may_be_revoked_again()
    {
        var (_, id, bearer) = await Token();
        await _server.Expect($"DELETE /token/{id}", "{}", 200, "[]");
        await _server.Expect($"DELETE /token/{id}", "{}", 200, "[]");
        var refused = await _server.Expect($"PUT /host/{shared.Address()}", Client.Registration(), 403, authorization: bearer);
        Assert.Contains("revoked", refused.Detail);
        var tokens = await _server.Expect("GET /tokens", null, 200);
        Assert.Contains(tokens.Json!.AsArray(), t => t!["id"]!.ToString() == id && (bool)t["revoked"]!);
    }

    [Fact]
    public async Task An_expired_token_registers_nobody()
    {
        var (_, id, bearer) = await Token(ttl: 1);
        var host = shared.Address();
        await Eventually.Is(
            () => _server.Send($"PUT /host/{host}", Client.Registration(), bearer), a => (int)a.Status == 403, "the token has expired");
        var refused = await _server.Expect($"PUT /host/{shared.Address()}", Client.Registration(), 403, authorization: bearer);
        Assert.Contains("expired at", refused.Detail);
        await _server.Expect($"GET /token/{id}", null, 200);
    }

    [Fact]
    public async Task The_secret_is_shown_once_and_not_stored()
    {
        var (_, id, bearer) = await Token();
        var secret = bearer.Split('.')[1];
        await _server.Send($"PUT /host/{shared.Address()}", Client.Registration(), bearer);
        foreach (var line in new[] { "GET /tokens", $"GET /token/{id}", $"GET /token/{id}/history", "GET /hosts" })
        {
            Assert.DoesNotContain(secret, (await _server.Expect(line, null, 200)).Text);
        }

        Assert.DoesNotContain(secret, _server.Log.Text);
    }

    [Theory]
    [InlineData("""{}""", "cluster")]
    [InlineData("""{"cluster": "bad.name"}""", "cluster")]
    [InlineData("""{"cluster": "c", "ttl": 0}""", "ttl")]
    [InlineData("""{"cluster": "c", "ttl": 31536001}""", "ttl")]
    [InlineData("""{"cluster": "c", "ttl": "1h"}""", "ttl")]
    [InlineData("""{"cluster": "c", "uses": 0}""", "uses")]
    [InlineData("""{"cluster": "c", "uses": 10001}""", "uses")]
    public async Task An_invalid_token_request_is_refused(string body, string field) =>
        Assert.StartsWith(field, (await _server.Expect("POST /tokens", body, 400)).Detail);

    [Fact]
    public async Task An_unknown_cluster_has_no_tokens()
    {
        await _server.Expect("POST /tokens", """{"cluster": "unheard-of"}""", 409);
        await _server.Expect("GET /token/unheard-of", null, 404);
        await _server.Expect("DELETE /token/unheard-of", null, 404);
        await _server.Expect("GET /token/unheard-of/history", null, 404);
    }

    private async Task<(string Cluster, string Id, string Bearer)> Token(int uses = 10, int ttl = 3600)
    {
        var cluster = shared.Name("c");
        await _server.Expect($"PUT /cluster/{cluster}", null, 201);
        var made = await _server.Expect("POST /tokens", $$"""{"cluster": "{{cluster}}", "uses": {{uses}}, "ttl": {{ttl}}}""", 201,
            $$"""{"…": "", "cluster": "{{cluster}}", "uses": {{uses}}, "uses_left": {{uses}}, "expires_at": "…"}""");
        return (cluster, made["id"]!, $"Bearer {made["token"]}");
    }
}
