using System.Text.Json;

namespace Commissaire.Acceptance.Tests;

// The requests to the server.
public sealed partial class Server
{
    public Task<Reply> Get(string path) => Send(HttpMethod.Get, path);

    /// <summary>Reads a path, and waits while the server is too busy to answer within its own time limit.</summary>
    public Task<Reply> Read(string path) => Eventually.Matches(() => Get(path), answer => answer.Code != 503, $"GET {path} is answered");

    public Task<Reply> Delete(string path) => Send(HttpMethod.Delete, path);

    public Task<Reply> Put(string path, object? body = null, string? traceparent = null) => Send(HttpMethod.Put, path, body, traceparent);

    /// <summary>
    /// Puts an object until it is there. A busy machine may need more than the ten seconds of a request for the first one of a new process,
    /// which is then answered with 503: a PUT may be sent again (RFC 9110, section 9.2.2).
    /// </summary>
    public async Task Ensure(string path, object? body = null) =>
        (await Eventually.Matches(() => Put(path, body), reply => reply.Code != 503, $"PUT {path} is answered")).Ok();

    /// <summary>Sends a request to a path of the API, such as <c>/hosts</c>.</summary>
    public async Task<Reply> Send(HttpMethod method, string path, object? body = null, string? traceparent = null)
    {
        using var request = new HttpRequestMessage(method, "/api/v0" + path);
        if (traceparent is not null)
        {
            request.Headers.Add("traceparent", traceparent);
        }

        if (body is not null)
        {
            request.Content = new StringContent(JsonSerializer.Serialize(body));
        }

        using var response = await client.SendAsync(request);
        return new Reply(response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Reads its metrics.</summary>
    public async Task<Reply> Scrape()
    {
        using var response = await client.GetAsync(new Uri("/metrics", UriKind.Relative));
        return new Reply(response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Reads its metrics without credentials.</summary>
    public async Task<Reply> ScrapeWithoutCredentials()
    {
        using var nobody = new HttpClient { BaseAddress = client.BaseAddress };
        using var response = await nobody.GetAsync(new Uri("/metrics", UriKind.Relative));
        return new Reply(response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Opens a streaming path of the API, such as <c>/events</c>.</summary>
    public async Task<HttpResponseMessage> Open(string path, string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v0" + path);
        if (lastEventId is not null)
        {
            request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        }

        return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    /// <summary>Whether it is ready.</summary>
    public async Task<bool> IsReady()
    {
        try
        {
            using var response = await client.GetAsync(new Uri("/healthz/ready", UriKind.Relative));
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
