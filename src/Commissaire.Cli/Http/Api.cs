using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Commissaire.Configuration;
using Commissaire.Contracts;
using Commissaire.Invocation;

namespace Commissaire.Http;

/// <summary>The servers as one: each request goes to the first that can be connected to.</summary>
internal sealed class Api : IDisposable
{
    private static readonly TimeSpan ToConnect = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ToBegin = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ToAnswer = TimeSpan.FromSeconds(100);

    private readonly IReadOnlyList<Uri> _endpoints;
    private readonly TextWriter _error;
    private readonly TimeProvider _clock;
    private readonly HttpClient _http;

    /// <param name="endpoints">Their base URLs.</param>
    /// <param name="identity">Who asks.</param>
    /// <param name="error">Where people read which server is tried next.</param>
    /// <param name="clock">The time.</param>
    public Api(IReadOnlyList<Uri> endpoints, Identity identity, TextWriter error, TimeProvider clock)
    {
        (_endpoints, _error, _clock) = (endpoints, error, clock);
        var handler = new SocketsHttpHandler { ConnectTimeout = ToConnect, AllowAutoRedirect = false, UseCookies = false };
        if (identity.Certificate is { } certificate)
        {
            handler.SslOptions = new SslClientAuthenticationOptions { ClientCertificateContext = SslStreamCertificateContext.Create(certificate, null, offline: true) };
        }

        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.Authorization = identity.Header;
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("commctl", Invocation.Version.Number));
    }

    /// <summary>The contracts, without fields that say nothing.</summary>
    public static ContractsJson Json { get; } = new(new JsonSerializerOptions(ContractsJson.Default.Options) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull });

    /// <summary>Asks for something.</summary>
    public Task<Answer> Get(string path, CancellationToken ct) => Send(HttpMethod.Get, path, null, ct);

    /// <summary>Asks for something in passing: null when no server answers now, or one that is not itself yet.</summary>
    public async Task<Answer?> Look(string path, CancellationToken ct)
    {
        try
        {
            var answer = await Get(path, ct);
            return answer.Passing ? null : answer.OrFail();
        }
        catch (Exception e) when (e is Unreachable || e is CommandFailure { ExitCode: ExitCodes.Unreachable })
        {
            return null;
        }
    }

    /// <summary>Creates or changes something.</summary>
    public Task<Answer> Put<T>(string path, T body, JsonTypeInfo<T> type, CancellationToken ct) => Send(HttpMethod.Put, path, JsonSerializer.SerializeToUtf8Bytes(body, type), ct);

    /// <summary>Creates or changes something of which there is nothing to say.</summary>
    public Task<Answer> Put(string path, CancellationToken ct) => Send(HttpMethod.Put, path, "{}"u8.ToArray(), ct);

    /// <summary>Makes something new.</summary>
    public Task<Answer> Post<T>(string path, T body, JsonTypeInfo<T> type, CancellationToken ct) => Send(HttpMethod.Post, path, JsonSerializer.SerializeToUtf8Bytes(body, type), ct);

    /// <summary>Tells something.</summary>
    public Task<Answer> Post(string path, CancellationToken ct) => Send(HttpMethod.Post, path, "{}"u8.ToArray(), ct);

    /// <summary>Removes something.</summary>
    public Task<Answer> Delete(string path, CancellationToken ct) => Send(HttpMethod.Delete, path, "{}"u8.ToArray(), ct);

    /// <summary>Asks for what goes on answering; whoever does not begin to is as good as away.</summary>
    /// <exception cref="Unreachable">No server began to answer.</exception>
    public async Task<HttpResponseMessage> Open(string path, string? lastEventId, CancellationToken ct) => await Try(HttpMethod.Get, endpoint =>
    {
        var request = new HttpRequestMessage(HttpMethod.Get, At(endpoint, path));
        if (lastEventId is not null)
        {
            request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        }

        return request;
    }, ToBegin, ct);

    /// <summary>An endpoint as people wrote it.</summary>
    public static string Show(Uri endpoint) => endpoint.ToString().TrimEnd('/');

    /// <inheritdoc />
    public void Dispose() => _http.Dispose();

    private async Task<Answer> Send(HttpMethod method, string path, byte[]? body, CancellationToken ct)
    {
        using var late = new CancellationTokenSource(ToAnswer, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, late.Token);
        try
        {
            using var response = await Try(method, endpoint => new HttpRequestMessage(method, At(endpoint, path)) { Content = body is null ? null : Content(body) }, Timeout.InfiniteTimeSpan, either.Token);
            return new Answer(method, path, response.StatusCode, await response.Content.ReadAsStringAsync(either.Token));
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw new CommandFailure($"No answer to {method} {path} within {ToAnswer.TotalSeconds} s.{Doubt(method)}", ExitCodes.Unreachable);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw new CommandFailure($"The connection broke before {method} {path} was answered.{Doubt(method)}", ExitCodes.Unreachable);
        }
    }

    private async Task<HttpResponseMessage> Try(HttpMethod method, Func<Uri, HttpRequestMessage> make, TimeSpan toBegin, CancellationToken ct)
    {
        var tried = new List<(Uri, string)>();
        for (var i = 0; i < _endpoints.Count; i++)
        {
            using var late = new CancellationTokenSource(toBegin, _clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, late.Token);
            try
            {
                using var request = make(_endpoints[i]);
                return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            }
            catch (HttpRequestException e) when (NothingWasSent(e) || method == HttpMethod.Get)
            {
                tried.Add((_endpoints[i], Why(e)));
                if (i + 1 < _endpoints.Count)
                {
                    await _error.WriteLineAsync($"Could not connect to {Show(_endpoints[i])}. Retrying with {Show(_endpoints[i + 1])}.");
                }
            }
            catch (TaskCanceledException) when (!ct.IsCancellationRequested)
            {
                tried.Add((_endpoints[i], late.IsCancellationRequested ? $"no answer within {toBegin.TotalSeconds} s" : $"no connection within {ToConnect.TotalSeconds} s"));
            }
        }

        throw new Unreachable(tried);
    }

    private static Uri At(Uri endpoint, string path) => new(Show(endpoint) + path);

    private static ByteArrayContent Content(byte[] body) => new(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };

    // What was sent may have been done, and is not sent to another server as if it had not.
    private static bool NothingWasSent(HttpRequestException e) =>
        e.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError;

    private static string Why(HttpRequestException e) => e switch
    {
        { InnerException: SocketException socket } => socket.Message,
        { HttpRequestError: HttpRequestError.SecureConnectionError, InnerException: { } inner } => inner.Message,
        { HttpRequestError: HttpRequestError.SecureConnectionError } => "TLS could not be agreed on",
        _ => "the connection broke",
    };

    private static string Doubt(HttpMethod method) => method == HttpMethod.Get ? "" : " It may have been done: look before you try again.";
}
