using Commissaire.Server.Tests.Running;

namespace Commissaire.Server.Tests.Rest;

/// <summary>Enrolment tokens: what they are made with, what they let in, and everything they do not.</summary>
[Collection(OneServer.Name)]
public sealed class Tokens(SharedServer shared)
{
    private readonly RunningServer _server = shared.Server;

    [Fact]
    public async Task A_host_registers_itself_with_a_token_and_the_token_remembers()
    {
        var (cluster, id, bearer) = await Token(uses: 2);
        var (first, second, third) = (shared.Address(), shared.Address(), shared.Address());

        // Told twice, as a host does that never heard the answer.
        await _server.Expect($"PUT /host/{first}", Client.Registration(), 201, authorization: bearer);
        await _server.Expect($"PUT /host/{first}", Client.Registration(cluster: cluster), 201, authorization: bearer);
        await _server.Expect("PUT /host", $$"""{"address": "{{second}}", "ssh_priv_key": "{{Keys.One}}"}""", 201, authorization: bearer);
        Assert.Contains("used up", (await _server.Expect($"PUT /host/{third}", Client.Registration(), 403, authorization: bearer)).Detail);

        Assert.Equal([first, second], (await _server.Expect($"GET /cluster/{cluster}/hosts", null, 200)).Json!.AsArray().Select(h => h!.ToString()));
        await _server.Expect($"GET /token/{id}", null, 200,
            $$"""{"id": "{{id}}", "cluster": "{{cluster}}", "uses": 2, "uses_left": 0, "expires_at": "…", "created_by": "a", "created_at": "…", "revoked": false}""");
        var history = (await _server.Expect($"GET /token/{id}/history", null, 200)).Text;
        foreach (var words in new[] { "created by 'a' for 2 hosts", $"host {first} registered itself", $"host {second} registered itself", $"host {third} was rejected" })
        {
            Assert.Contains(words, history);
        }
    }

    [Fact]
    public async Task What_cannot_be_registered_costs_no_use()
    {
        var (cluster, id, bearer) = await Token(uses: 1);
        var host = shared.Address();
        await _server.Expect($"PUT /host/{host}", Client.Registration(key: "bm9uZQ=="), 400, authorization: bearer);
        await _server.Expect($"PUT /host/{host}", "{}", 400, authorization: bearer);
        await _server.Expect($"DELETE /cluster/{cluster}", null, 200);
        Assert.Contains("there is no cluster", (await _server.Expect($"PUT /host/{host}", Client.Registration(), 409, authorization: bearer)).Detail);
        await _server.Expect($"PUT /cluster/{cluster}", null, 201);

        Assert.Equal("1", (await _server.Expect($"GET /token/{id}", null, 200))["uses_left"]);
        Assert.DoesNotContain("registered itself", (await _server.Expect($"GET /token/{id}/history", null, 200)).Text);

        await _server.Expect($"PUT /host/{host}", Client.Registration(), 201, authorization: bearer);
        await _server.Expect($"PUT /host/{host}", Client.Registration(), 201, authorization: bearer);
        Assert.Equal("0", (await _server.Expect($"GET /token/{id}", null, 200))["uses_left"]);
    }

    [Fact]
    public async Task A_token_opens_no_other_door()
    {
        var (cluster, id, bearer) = await Token();
        var host = await shared.Host();
        foreach (var line in new[]
        {
            $"GET /host/{host}", $"GET /host/{host}/creds", $"DELETE /host/{host}", $"PUT /host/{host}/hostkey", "GET /hosts", $"PUT /cluster/{cluster}", $"PUT /cluster/{cluster}/hosts/{host}",
            "GET /tokens", "POST /tokens", $"GET /token/{id}", $"DELETE /token/{id}", "PUT /hosts", "PUT /hostx", "POST /host", "GET ~/openapi/v1.json",
        })
        {
            var refused = await _server.Send(line, null, bearer);
            Assert.True((int)refused.Status == 403, $"{line}: {refused}");
            Assert.Contains("only registers hosts", refused.Detail);
        }
    }

    [Fact]
    public async Task Guesses_open_nothing()
    {
        var (_, id, bearer) = await Token();
        var host = shared.Address();
        foreach (var guess in new[] { bearer[..^1], bearer + "0", $"Bearer {id}", $"Bearer {id}.", $"Bearer {id}.{new string('0', 64)}", $"Bearer unknown.{bearer.Split('.')[1]}", bearer.Replace("Bearer", "Basic", StringComparison.Ordinal), "Bearer .", $"Bearer {id}.{new string('x', 5000)}" })
        {
            await _server.Expect($"PUT /host/{host}", Client.Registration(), 403, authorization: guess);
        }

        await _server.Expect($"PUT /host/{host}", Client.Registration(), 201, authorization: bearer);
    }

    [Fact]
    public async Task A_token_for_one_cluster_is_none_for_another()
    {
        var (mine, _, bearer) = await Token();
        var other = shared.Name("c");
        await _server.Expect($"PUT /cluster/{other}", null, 201);
        var refused = await _server.Expect($"PUT /host/{shared.Address()}", Client.Registration(cluster: other), 403, authorization: bearer);
        Assert.Contains($"into cluster '{mine}', not into '{other}'", refused.Detail);
    }

    [Fact]
    public async Task A_revoked_token_registers_nobody_and_may_be_revoked_again()
    {
        var (_, id, bearer) = await Token();
        await _server.Expect($"DELETE /token/{id}", "{}", 200, "[]");
        await _server.Expect($"DELETE /token/{id}", "{}", 200, "[]");
        Assert.Contains("revoked", (await _server.Expect($"PUT /host/{shared.Address()}", Client.Registration(), 403, authorization: bearer)).Detail);
        Assert.Contains((await _server.Expect("GET /tokens", null, 200)).Json!.AsArray(), t => t!["id"]!.ToString() == id && (bool)t["revoked"]!);
    }

    [Fact]
    public async Task An_expired_token_registers_nobody()
    {
        var (_, id, bearer) = await Token(ttl: 1);
        var host = shared.Address();
        await Eventually.Is(() => _server.Send($"PUT /host/{host}", Client.Registration(), bearer), answer => (int)answer.Status == 403, "the token has expired");
        Assert.Contains("expired at", (await _server.Expect($"PUT /host/{shared.Address()}", Client.Registration(), 403, authorization: bearer)).Detail);
        await _server.Expect($"GET /token/{id}", null, 200);
    }

    [Fact]
    public async Task Its_secret_is_shown_once_and_kept_nowhere()
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
    public async Task What_no_token_can_be_is_refused(string body, string field) =>
        Assert.StartsWith(field, (await _server.Expect("POST /tokens", body, 400)).Detail);

    [Fact]
    public async Task There_is_no_token_for_a_cluster_that_is_not_there()
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
