using Commissaire.Server.Tests.Running;

namespace Commissaire.Server.Tests.Rest;

[Collection(OneServer.Name)]
public sealed class ContainerManagers(SharedServer shared)
{
    // Nobody listens on port 9 of this machine (discard).
    private const string Server = """{"server_url": "https://127.0.0.1:9", "token": "aaa"}""";
    private const string OpenShift = $$"""{"options": {{Server}}}""";
    private const string Away = ""","reachable": false, "last_error": "the API cannot be reached: Connection refused" """;

    private readonly RunningServer _server = shared.Server;

    [Fact]
    public async Task Every_kind_can_be_put_read_and_deleted()
    {
        foreach (var (type, options, found) in new[] { ("trivial", "{}", ""), ("kubernetes", Server, Away), ("openshift", Server, Away) })
        {
            var m = shared.Name("m");
            var masked = options.Replace("aaa", "***", StringComparison.Ordinal);
            var shown = $$$"""{"name": "{{{m}}}", "type": "{{{type}}}", "options": {{{masked}}}""";
            await _server.Expect($"PUT /containermanager/{m}", $$$"""{"type": "{{{type}}}", "options": {{{options}}}}""", 201, shown + "}");
            await Eventually.Is(
                () => _server.Send($"GET /containermanager/{m}"),
                now => found.Length == 0 || now.Json!["last_error"] is not null,
                "the server was tried");
            await _server.Expect($"GET /containermanager/{m}", null, 200, $"{shown}{found}}}");
            await _server.Expect($"DELETE /containermanager/{m}", "{}", 200, "[]");
            await _server.Expect($"DELETE /containermanager/{m}", "{}", 200, "[]");
            await _server.Expect($"GET /containermanager/{m}", null, 404);
        }
    }

    [Fact]
    public async Task A_token_is_stored_and_never_shown()
    {
        var o = shared.Name("o");
        var shown = $$$"""
            {"name": "{{{o}}}", "type": "openshift", "options": {"server_url": "https://127.0.0.1:9", "token": "***"}, "…": ""}
            """;
        await _server.Expect($"PUT /containermanager/{o}", OpenShift, 201, shown);
        await _server.Expect($"GET /containermanager/{o}", null, 200, shown);
        await _server.Expect($"PUT /containermanager/{o}", OpenShift, 201, shown);
        var secret = Assert.Single(_server.Secrets(), s => s.StartsWith($"container-manager/{o}/", StringComparison.Ordinal));
        var masked = OpenShift.Replace("aaa", "***", StringComparison.Ordinal);
        Assert.StartsWith("token:", (await _server.Expect($"PUT /containermanager/{o}", masked, 400)).Detail);
        await _server.Expect($"PUT /containermanager/{o}", OpenShift.Replace("127.0.0.1:9", "127.0.0.1:7", StringComparison.Ordinal), 409);
        await _server.Expect($"DELETE /containermanager/{o}", null, 200);
        await Eventually.True(() => !_server.Secrets().Contains(secret), "the token is forgotten");
    }

    [Fact]
    public async Task A_token_is_renewed_while_a_cluster_uses_the_manager()
    {
        var (o, c) = (shared.Name("o"), shared.Name("c"));
        string[] Kept() => [.. _server.Secrets().Where(s => s.StartsWith($"container-manager/{o}/", StringComparison.Ordinal))];
        await _server.Expect($"PUT /containermanager/{o}", OpenShift, 201);
        await _server.Expect($"PUT /cluster/{c}", $$"""{"container_manager": "{{o}}"}""", 201);
        var before = Assert.Single(Kept());
        await _server.Expect($"PUT /containermanager/{o}", OpenShift.Replace("aaa", "bbb", StringComparison.Ordinal), 201);
        await Eventually.True(() => Kept() is [var now] && now != before, "the new token has taken the place of the old one");
    }

    [Theory]
    [InlineData("""{"type": "mesos"}""", "type")]
    [InlineData("""{"type": null}""", "type")]
    [InlineData("""{"options": "text"}""", "options")]
    [InlineData("""{"name": "another"}""", "name")]
    public async Task A_wrong_field_is_named(string body, string field)
    {
        var m = shared.Name("m");
        Assert.StartsWith($"{field}:", (await _server.Expect($"PUT /containermanager/{m}", body, 400)).Detail);
        await _server.Expect($"GET /containermanager/{m}", null, 404);
    }

    [Theory]
    [InlineData("""{}""", "server_url")]
    [InlineData("""{"token": "t"}""", "server_url")]
    [InlineData("""{"server_url": "nowhere", "token": "t"}""", "server_url")]
    [InlineData("""{"apiserver": "ftp://x", "token": "t"}""", "apiserver")]
    [InlineData("""{"server_url": "https://127.0.0.1:9"}""", "token")]
    [InlineData("""{"server_url": "https://127.0.0.1:9", "token": "t", "certificate_path": "/a", "certificate_key_path": "/b"}""", "token")]
    [InlineData("""{"server_url": "https://127.0.0.1:9", "certificate_path": "/a"}""", "certificate_key_path")]
    [InlineData("""{"server_url": "https://127.0.0.1:9", "certificate_key_path": "/b"}""", "certificate_path")]
    [InlineData("""{"server_url": "https://127.0.0.1:9", "certificate_path": "/no", "certificate_key_path": "/no"}""", "certificate_path")]
    [InlineData("""{"server_url": "http://127.0.0.1:9", "certificate_path": "/a", "certificate_key_path": "/b"}""", "certificate_path")]
    [InlineData("""{"server_url": "https://127.0.0.1:9", "token": "t", "ca": "/nope"}""", "ca")]
    [InlineData(
        """{"server_url": "https://127.0.0.1:9", "token": "t", "ca": "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----"}""", "ca")]
    [InlineData(
        """{"server_url": "https://127.0.0.1:9", "token": "t", "insecure_skip_tls_verify": "perhaps"}""", "insecure_skip_tls_verify")]
    [InlineData("""{"kubeconfig": "/nope"}""", "kubeconfig")]
    [InlineData("""{"kubeconfig": "/nope", "token": "t"}""", "token")]
    [InlineData("""{"kubeconfig": "apiVersion: v1\nkind: Config"}""", "kubeconfig")]
    [InlineData("""{"server_url": "https://127.0.0.1:9", "token": ""}""", "token")]
    [InlineData("""{"server_url": "https://127.0.0.1:9", "token": "***"}""", "token")]
    [InlineData("""{"server_url": "https://a:b@127.0.0.1:9", "token": "t"}""", "server_url")]
    [InlineData(
        """{"server_url": "https://127.0.0.1:9", "certificate_path": "/a", "certificate_key_path": "-----BEGIN PRIVATE KEY-----"}""",
        "certificate_key_path")]
    [InlineData("""{"server_url": "https://127.0.0.1:9", "token": "t", "join": "kops"}""", "join")]
    [InlineData("""{"server_url": "https://127.0.0.1:9", "token": "t", "join": "kubeadm"}""", "ca")]
    public async Task An_invalid_option_is_named(string options, string option)
    {
        var m = shared.Name("m");
        var answer = await _server.Expect($"PUT /containermanager/{m}", $$"""{"type": "kubernetes", "options": {{options}}}""", 400);
        Assert.StartsWith($"{option}:", answer.Detail);
        await _server.Expect($"GET /containermanager/{m}", null, 404);
    }

    [Theory]
    [InlineData("kubernetes", """{"server-url": "x", "token": "t"}""", "server-url", "Did you mean server_url?")]
    [InlineData("kubernetes", """{"server_url": "https://127.0.0.1:9", "Token": "t"}""", "Token", "Did you mean token?")]
    [InlineData("openshift", """{"server_url": "https://a:9", "token": "t", "passwort": "secret"}""", "passwort", "Known are")]
    [InlineData("openshift", """{"server_url": "https://a:9", "token": "t", "password": "secret"}""", "password", "Known are")]
    [InlineData("trivial", """{"token": "secret"}""", "token", "Known are drain_seconds.")]
    [InlineData("trivial", """{"drain_second": 1}""", "drain_second", "Did you mean drain_seconds?")]
    public async Task An_unknown_option_is_refused(string type, string options, string option, string hint)
    {
        var answer = await _server.Expect(
            $"PUT /containermanager/{shared.Name("m")}", $$"""{"type": "{{type}}", "options": {{options}}}""", 400);
        Assert.StartsWith($"{option}: is not an option of type {type}.", answer.Detail);
        Assert.Contains(hint, answer.Detail);
        Assert.DoesNotContain("secret", answer.Detail);
    }

    [Theory]
    [InlineData("""{"options": {"token": "\ud800"}}""")]
    [InlineData("""{"options": {"token": {"a": 1, "a": 2}}}""")]
    [InlineData("""{"options": {"token": null}}""")]
    [InlineData("""{"options": {"token": 5}}""")]
    public async Task Odd_tokens_are_accepted_or_refused_without_a_server_error(string body)
    {
        var answer = await _server.Send($"PUT /containermanager/{shared.Name("m")}", body);
        Assert.True((int)answer.Status is 201 or 400, answer.ToString());
    }

    [Fact]
    public async Task A_manager_in_use_cannot_be_deleted()
    {
        var (m, c) = (shared.Name("m"), shared.Name("c"));
        await _server.Expect($"PUT /containermanager/{m}", """{"type": "trivial"}""", 201);
        await _server.Expect($"PUT /cluster/{c}", $$"""{"container_manager": "{{m}}"}""", 201);
        Assert.Contains($"'{c}'", (await _server.Expect($"DELETE /containermanager/{m}", null, 409)).Detail);
        await _server.Expect($"PUT /cluster/{c}", """{"container_manager": ""}""", 201);
        await _server.Expect($"DELETE /containermanager/{m}", null, 200, "[]");
    }

    [Fact]
    public async Task Lists_are_sorted_at_both_paths()
    {
        var m = shared.Name("list");
        foreach (var end in new[] { "b", "a" })
        {
            await _server.Expect($"PUT /containermanager/{m}-{end}", """{"type": "trivial"}""", 201);
        }

        foreach (var path in new[] { "/containermanagers", "/containermanagers/", "/containermanager/" })
        {
            var names = (await _server.Expect($"GET {path}", null, 200)).Json!.AsArray().Select(x => x!.ToString())
                .Where(x => x.StartsWith(m, StringComparison.Ordinal));
            Assert.Equal([$"{m}-a", $"{m}-b"], names);
        }
    }
}
