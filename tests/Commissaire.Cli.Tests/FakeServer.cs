using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace Commissaire.Cli.Tests;

/// <summary>Returns configured responses, and records requests.</summary>
public sealed class FakeServer : IDisposable
{
    private static int lastPort = Random.Shared.Next(30000, 32000);

    private readonly HttpListener listener = new();
    private readonly ConcurrentDictionary<string, Func<HttpListenerContext, Task>> responses = new();
    private readonly ConcurrentQueue<ReceivedRequest> requests = new();

    public FakeServer()
    {
        while (true)
        {
            Port = Interlocked.Increment(ref lastPort);
            listener.Prefixes.Clear();
            listener.Prefixes.Add($"http://127.0.0.1:{Port}/");
            try
            {
                listener.Start();
                break;
            }
            catch (HttpListenerException)
            {
                // The port is in use: try the next.
            }
        }

        _ = Task.Run(Serve);
    }

    public int Port { get; private set; }

    public string Url => $"http://127.0.0.1:{Port}";

    /// <summary>The received requests, oldest first.</summary>
    public IReadOnlyList<ReceivedRequest> Requests => [.. requests];

    /// <summary>Sets the response to a request such as <c>GET /clusters</c>.</summary>
    public FakeServer On(string request, string body, int status = 200) => On(request, context => Send(context, status, body));

    public FakeServer On(string request, Func<HttpListenerContext, Task> respond)
    {
        responses[request] = respond;
        return this;
    }

    /// <summary>Sets an error response, in the form of the server.</summary>
    public FakeServer Reject(string request, int status, string detail) =>
        On(request, $$"""{"type":"about:blank","title":"No","status":{{status}},"detail":"{{detail}}"}""", status);

    public static async Task Send(HttpListenerContext context, int status, string body)
    {
        context.Response.StatusCode = status;
        await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(body));
        context.Response.Close();
    }

    public void Dispose() => listener.Close();

    private async Task Serve()
    {
        while (listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            _ = Task.Run(() => Respond(context));
        }
    }

    private async Task Respond(HttpListenerContext context)
    {
        using var reader = new StreamReader(context.Request.InputStream);
        var request = $"{context.Request.HttpMethod} {context.Request.RawUrl!.Replace("/api/v0", "", StringComparison.Ordinal)}";
        requests.Enqueue(new ReceivedRequest(
            request, await reader.ReadToEndAsync(), context.Request.Headers["Authorization"] ?? "", context.Request.ContentType ?? "",
            context.Request.Headers["Last-Event-ID"] ?? ""));
        await (responses.TryGetValue(request, out var respond)
            ? respond(context)
            : Send(context, 404, """{"status":404,"detail":"No such object."}"""));
    }

    /// <summary>A received request. Its line is the method and the path below <c>/api/v0</c>.</summary>
    public sealed record ReceivedRequest(string Line, string Body, string Authorization, string ContentType, string LastEventId);
}
