using System.Text;
using System.Text.Json.Nodes;

namespace Commissaire.Server.Tests.Running;

/// <summary>Sends requests such as <c>PUT /cluster/c1</c>, below <c>/api/v0</c>.</summary>
internal static class Client
{
    public const string Credentials = "Basic YTph";

    private static readonly string[] WhatIsThere = ["GET /hosts", "GET /clusters", "GET /networks", "GET /containermanagers"];

    /// <summary>Sends a request.</summary>
    /// <param name="server">The server.</param>
    /// <param name="line">Method and path; a path that begins with <c>~</c> is not below <c>/api/v0</c>.</param>
    /// <param name="body">The body; null for none.</param>
    /// <param name="authorization">The <c>Authorization</c> header; null for none.</param>
    /// <param name="arrange">Other changes to the request.</param>
    public static Task<Answered> Send(
        this RunningServer server,
        string line,
        string? body = null,
        string? authorization = Credentials,
        Action<HttpRequestMessage>? arrange = null) =>
        server.SendBytes(line, body is null ? null : Encoding.UTF8.GetBytes(body), authorization, arrange);

    public static async Task<Answered> SendBytes(
        this RunningServer server,
        string line,
        byte[]? body,
        string? authorization = Credentials,
        Action<HttpRequestMessage>? arrange = null)
    {
        var (verb, path) = (line.Split(' ', 2)[0], line.Split(' ', 2)[1]);
        var url = server.Http.BaseAddress!.ToString().TrimEnd('/') + (path[0] == '~' ? path[1..] : "/api/v0" + path);
        using var request = new HttpRequestMessage(new HttpMethod(verb), url);
        request.Content = body is null ? null : new ByteArrayContent(body);
        if (authorization is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", authorization);
        }

        arrange?.Invoke(request);
        using var response = await server.Http.SendAsync(request);
        var answer = new Answered(
            response.StatusCode, response.Content.Headers.ContentType?.MediaType, response.Content.Headers.ContentType?.CharSet,
            await response.Content.ReadAsByteArrayAsync(), [.. response.Content.Headers.Allow]);
        if (await Described.Problem(server, verb, request.RequestUri!.AbsolutePath, answer) is { } problem)
        {
            Assert.Fail($"The OpenAPI document does not describe the answer to {line}: {problem}\n{answer}");
        }

        return answer;
    }

    /// <summary>Sends a request, and expects a status and, if given, JSON. A refusal must have a reason and change nothing.</summary>
    public static async Task<Answered> Expect(
        this RunningServer server,
        string line,
        string? body,
        int status,
        string? json = null,
        string? authorization = Credentials,
        Action<HttpRequestMessage>? arrange = null)
    {
        var before = status >= 400 ? await server.Everything(line) : "";
        var secrets = status >= 400 ? server.Secrets() : [];
        var answer = await server.Send(line, body, authorization, arrange);
        Assert.True((int)answer.Status == status, $"{line} {body}: expected {status}, got {answer}");
        if (status >= 400)
        {
            Assert.Equal("application/problem+json", answer.Type);
            Assert.Equal(status, (int)answer.Json!["status"]!);
            Assert.True(answer.Detail.Length > 10, $"{line}: says too little: {answer}");
            Assert.Equal(before, await server.Everything(line));
            Assert.Empty(server.Secrets().Except(secrets));
        }
        else
        {
            Assert.Equal(("application/json", null), (answer.Type, answer.Charset));
        }

        Assert.True(
            json is null || Answered.Matches(JsonNode.Parse(json), answer.Json),
            $"{line} {body}:\nexpected {json}\ngot      {answer.Text}");
        return answer;
    }

    /// <summary>Registers a host, and waits for its status.</summary>
    public static async Task<string> Host(this SharedServer shared, string status = "disassociated", string? cluster = null)
    {
        var address = shared.Address();
        await shared.Server.Register(address, cluster);
        await shared.Server.Becomes(address, status);
        return address;
    }

    public static Task<Answered> Register(this RunningServer server, string address, string? cluster = null) =>
        server.Expect($"PUT /host/{address}", Registration(cluster: cluster), 201);

    public static string Registration(string? key = null, string? cluster = null)
    {
        var body = new JsonObject { ["ssh_priv_key"] = key ?? Keys.One };
        if (cluster is not null)
        {
            body["cluster"] = cluster;
        }

        return body.ToJsonString();
    }

    public static Task<Answered> Becomes(this RunningServer server, string address, string status) =>
        Eventually.Is(
            () => server.Send($"GET /host/{address}"), h => (int)h.Status == 200 && h["status"] == status, $"{address} is {status}");

    // Leaves out fields that change by themselves, such as the status of a host.
    private static async Task<string> Everything(this RunningServer server, string line)
    {
        var all = new StringBuilder();
        foreach (var list in WhatIsThere)
        {
            all.AppendLine(Still((await server.Send(list)).Json));
        }

        var same = await server.Send($"GET {line.Split(' ', 2)[1].Split('?')[0]}");
        var resource = same.Type is "application/json" && !line.EndsWith("/creds", StringComparison.Ordinal) ? same : null;
        return all.AppendLine(Still(resource?.Json)).ToString();
    }

    private static string Still(JsonNode? node) => node switch
    {
        JsonArray list => string.Join(',', list.Select(Still)),
        JsonObject o when o["address"] is { } address => $"{address}/{o["cluster"]}/{o["port"]}/{o["remote_user"]}/{o["source"]}",
        JsonObject o => new JsonObject(
            o.Where(p => p.Key is not ("status" or "reason" or "hosts" or "host" or "reachable" or "last_error"))
                .Select(p => KeyValuePair.Create(p.Key, p.Value?.DeepClone()))).ToJsonString(),
        null => "",
        var other => other.ToJsonString(),
    };
}
