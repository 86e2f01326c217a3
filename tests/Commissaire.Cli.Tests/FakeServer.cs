using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace Commissaire.Cli.Tests;

/// <summary>Answers as it was told to, and remembers what it was asked.</summary>
public sealed class FakeServer : IDisposable
{
    private static int lastPort = Random.Shared.Next(30000, 32000);

    private readonly HttpListener listener = new();
    private readonly ConcurrentDictionary<string, Func<HttpListenerContext, Task>> answers = new();
    private readonly ConcurrentQueue<Asked> asked = new();

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
                // Taken: the next one.
            }
        }

        _ = Task.Run(Serve);
    }

    public int Port { get; private set; }

    public string Url => $"http://127.0.0.1:{Port}";

    /// <summary>What it was asked, oldest first.</summary>
    public IReadOnlyList<Asked> Requests => [.. asked];

    /// <summary>From now on a request such as <c>GET /clusters</c> is answered with this.</summary>
    public FakeServer On(string request, string body, int status = 200) => On(request, context => Send(context, status, body));

    public FakeServer On(string request, Func<HttpListenerContext, Task> answer)
    {
        answers[request] = answer;
        return this;
    }

    /// <summary>A refusal as the server words them.</summary>
    public FakeServer Refuse(string request, int status, string detail) =>
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

            _ = Task.Run(() => Answer(context));
        }
    }

    private async Task Answer(HttpListenerContext context)
    {
        using var reader = new StreamReader(context.Request.InputStream);
        var request = $"{context.Request.HttpMethod} {context.Request.RawUrl!.Replace("/api/v0", "", StringComparison.Ordinal)}";
        asked.Enqueue(new Asked(request, await reader.ReadToEndAsync(), context.Request.Headers["Authorization"] ?? "", context.Request.ContentType ?? "", context.Request.Headers["Last-Event-ID"] ?? ""));
        await (answers.TryGetValue(request, out var answer) ? answer(context) : Send(context, 404, """{"detail":"There is none."}"""));
    }

    /// <summary>A request it was sent.</summary>
    public sealed record Asked(string Request, string Body, string Authorization, string ContentType, string LastEventId);
}
