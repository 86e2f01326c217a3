using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Commissaire.Configuration;
using Commissaire.Contracts;

namespace Commissaire.Http;

/// <summary>Sends requests to the first server that accepts a connection.</summary>
internal sealed class ApiClient : IDisposable
{
    // 100,000 hosts.
    private const long MaxResponseSize = 128 * 1024 * 1024;

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan StreamHeadersTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ResponseTimeout = TimeSpan.FromSeconds(100);

    private readonly IReadOnlyList<Uri> _endpoints;
    private readonly TextWriter _error;
    private readonly TimeProvider _clock;
    private readonly HttpClient _http;

    /// <summary>Creates a client that tries the servers in order, and reports each next server to <paramref name="error"/>.</summary>
    public ApiClient(IReadOnlyList<Uri> endpoints, Credentials credentials, TextWriter error, TimeProvider clock)
    {
        (_endpoints, _error, _clock) = (endpoints, error, clock);
        var handler = new SocketsHttpHandler { ConnectTimeout = ConnectTimeout, AllowAutoRedirect = false, UseCookies = false };
        if (credentials.ClientCertificate is { } certificate)
        {
            var context = SslStreamCertificateContext.Create(certificate, null, offline: true);
            handler.SslOptions = new SslClientAuthenticationOptions { ClientCertificateContext = context };
        }

        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.Authorization = credentials.Authorization;
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("commctl", VersionCommand.Number));
    }

    /// <summary>The JSON of the API. Requests omit null fields.</summary>
    public static ContractsJson Json { get; } = new(
        new JsonSerializerOptions(ContractsJson.Default.Options) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull });

    public Task<ApiResponse> Get(string path, CancellationToken ct) => Send(HttpMethod.Get, path, null, ct);

    /// <summary>Sends a GET request. Returns null if no server answers, or only with a transient error.</summary>
    public async Task<ApiResponse?> TryGet(string path, CancellationToken ct)
    {
        try
        {
            var response = await Get(path, ct);
            return response.IsTransient ? null : response.EnsureSuccess();
        }
        catch (CommandException e) when (e.ExitCode == ExitCodes.Unreachable)
        {
            return null;
        }
    }

    public Task<ApiResponse> Put<T>(string path, T body, JsonTypeInfo<T> type, CancellationToken ct) =>
        Send(HttpMethod.Put, path, JsonSerializer.SerializeToUtf8Bytes(body, type), ct);

    public Task<ApiResponse> Post<T>(string path, T body, JsonTypeInfo<T> type, CancellationToken ct) =>
        Send(HttpMethod.Post, path, JsonSerializer.SerializeToUtf8Bytes(body, type), ct);

    /// <summary>Sends a request with an empty object, as commctl of 2017 does.</summary>
    public Task<ApiResponse> SendEmpty(HttpMethod method, string path, CancellationToken ct) => Send(method, path, "{}"u8.ToArray(), ct);

    /// <summary>Opens a stream of events. The response has its headers; its body arrives over time.</summary>
    /// <exception cref="CommandException">No server sent headers in time.</exception>
    public Task<HttpResponseMessage> OpenStream(string path, string? lastEventId, CancellationToken ct) => SendToFirstReachable(
        path, url =>
        {
            var request = new HttpRequestMessage(HttpMethod.Get, url);
            if (lastEventId is not null)
            {
                request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
            }

            return request;
        }, StreamHeadersTimeout, ct);

    /// <summary>Reads the body of a response.</summary>
    /// <exception cref="CommandException">The body is too large.</exception>
    public static async Task<ApiResponse> Read(HttpMethod method, string path, HttpResponseMessage response, CancellationToken ct)
    {
        try
        {
            await response.Content.LoadIntoBufferAsync(MaxResponseSize, ct);
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            throw new CommandException(
                $"The response to {method} {path} is larger than {MaxResponseSize} bytes. "
                + "Check that the endpoint is a Commissaire server.");
        }

        return new ApiResponse(method, path, response.StatusCode, await response.Content.ReadAsStringAsync(ct));
    }

    public void Dispose() => _http.Dispose();

    private async Task<ApiResponse> Send(HttpMethod method, string path, byte[]? body, CancellationToken ct)
    {
        using var timeout = new CancellationTokenSource(ResponseTimeout, _clock);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
        try
        {
            using var response = await SendToFirstReachable(
                path, url => new HttpRequestMessage(method, url) { Content = body is null ? null : JsonContent(body) },
                Timeout.InfiniteTimeSpan, linked.Token);
            return await Read(method, path, response, linked.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw Unanswered($"No response to {method} {path} within {ResponseTimeout.TotalSeconds} s.", method);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw Unanswered($"The connection broke before the response to {method} {path}.", method);
        }
    }

    private async Task<HttpResponseMessage> SendToFirstReachable(
        string path, Func<string, HttpRequestMessage> createRequest, TimeSpan headersTimeout, CancellationToken ct)
    {
        var attempts = new List<string>();
        for (var i = 0; i < _endpoints.Count; i++)
        {
            var endpoint = _endpoints[i].ToString().TrimEnd('/');
            using var timeout = new CancellationTokenSource(headersTimeout, _clock);
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
            using var request = createRequest(endpoint + path);
            try
            {
                return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, linked.Token);
            }
            catch (HttpRequestException e) when (request.Method == HttpMethod.Get || FailedBeforeSending(e))
            {
                attempts.Add($"{endpoint} ({Reason(e)})");
                if (i + 1 < _endpoints.Count)
                {
                    var next = _endpoints[i + 1].ToString().TrimEnd('/');
                    await _error.WriteLineAsync($"Could not connect to {endpoint}. Retrying with {next}.");
                }
            }
            catch (TaskCanceledException) when (!ct.IsCancellationRequested)
            {
                attempts.Add(timeout.IsCancellationRequested
                    ? $"{endpoint} (no response within {headersTimeout.TotalSeconds} s)"
                    : $"{endpoint} (no connection within {ConnectTimeout.TotalSeconds} s)");
            }
        }

        var tried = string.Join(", ", attempts);
        throw new CommandException(
            $"No servers could be reached. Tried the following: {tried}. Start a server, or use --endpoint.", ExitCodes.Unreachable);
    }

    private static ByteArrayContent JsonContent(byte[] body) =>
        new(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };

    // A server may have applied a request that was sent: never send it to another server.
    private static bool FailedBeforeSending(HttpRequestException e) => e.HttpRequestError is HttpRequestError.ConnectionError
        or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError;

    private static string Reason(HttpRequestException e) => e switch
    {
        { InnerException: SocketException socket } => socket.Message,
        { HttpRequestError: HttpRequestError.SecureConnectionError, InnerException: { } inner } => inner.Message,
        { HttpRequestError: HttpRequestError.SecureConnectionError } => "TLS handshake failed",
        _ => "the connection broke",
    };

    private static CommandException Unanswered(string message, HttpMethod method) => new(
        method == HttpMethod.Get ? message : $"{message} The change may have been applied: check before you retry.", ExitCodes.Unreachable);
}
