using System.Net.Http.Headers;
using System.Net.Security;
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
    private static readonly TimeSpan CheckTimeout = TimeSpan.FromSeconds(15);

    private readonly IReadOnlyList<Uri> _endpoints;
    private readonly TextWriter _error;
    private readonly TimeProvider _clock;
    private readonly HttpClient _http;
    private readonly CertificateAuthorities? _authorities;

    // Of the last TLS handshake.
    private SslPolicyErrors _certificateErrors;

    /// <summary>Creates a client that tries the servers in order, and reports each next server to <paramref name="error"/>.</summary>
    /// <param name="endpoints">The base URLs of the servers.</param>
    /// <param name="credentials">The credentials for each server.</param>
    /// <param name="authorities">The certificate authorities of the servers; null for those of the system.</param>
    /// <param name="error">Where notices go.</param>
    /// <param name="clock">The clock of the time limits.</param>
    public ApiClient(
        IReadOnlyList<Uri> endpoints, Credentials credentials, CertificateAuthorities? authorities, TextWriter error, TimeProvider clock)
    {
        (_endpoints, _authorities, _error, _clock) = (endpoints, authorities, error, clock);
        var handler = new SocketsHttpHandler { ConnectTimeout = ConnectTimeout, AllowAutoRedirect = false, UseCookies = false };
        handler.SslOptions = new SslClientAuthenticationOptions
        {
            ClientCertificateContext = credentials.ClientCertificate is { } certificate
                ? SslStreamCertificateContext.Create(certificate, null, offline: true)
                : null,
            CertificateChainPolicy = authorities?.ToPolicy(),
            RemoteCertificateValidationCallback = (_, _, _, errors) => (_certificateErrors = errors) == SslPolicyErrors.None,
        };

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

        return new ApiResponse(method, path, response.StatusCode, await response.Content.ReadAsStringAsync(ct))
        {
            Endpoint = response.RequestMessage?.RequestUri?.GetLeftPart(UriPartial.Authority) ?? "",
            MediaType = response.Content.Headers.ContentType?.MediaType,
            Location = (int)response.StatusCode is >= 300 and < 400 ? response.Headers.Location?.OriginalString ?? "" : null,
        };
    }

    public void Dispose() => _http.Dispose();

    private async Task<ApiResponse> Send(HttpMethod method, string path, byte[]? body, CancellationToken ct)
    {
        string problem;
        using var timeout = new CancellationTokenSource(ResponseTimeout, _clock);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
        try
        {
            using var message = await SendToFirstReachable(
                path, url => new HttpRequestMessage(method, url) { Content = body is null ? null : JsonContent(body) },
                Timeout.InfiniteTimeSpan, linked.Token);
            var response = (await Read(method, path, message, linked.Token)).EnsureCommissaire();
            return method != HttpMethod.Get && response.IsUncertain ? response with { Finding = await Check(path, ct) }
                : response.IsNotFound ? await WithSuggestion(response, ct)
                : response;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested && method != HttpMethod.Get)
        {
            await _error.WriteLineAsync(
                $"commctl: Interrupted before the response to {method} {path}. The change may have been applied: check before you retry.");
            throw;
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            problem = $"No response to {method} {path} within {ResponseTimeout.TotalSeconds} s.";
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            problem = $"The connection broke before the response to {method} {path}.";
        }

        throw new CommandException(
            method == HttpMethod.Get ? problem : $"{problem} The change may have been applied. {await Check(path, ct)}",
            ExitCodes.Unreachable);
    }

    /// <summary>Adds to a 404 the name that the user may have meant.</summary>
    public async Task<ApiResponse> WithSuggestion(ApiResponse response, CancellationToken ct) =>
        response with { Suggestion = await NameSuggestion.For(this, response.Path, _clock, ct) };

    // Never repeats the change: the user decides from what this finds.
    private async Task<string> Check(string path, CancellationToken ct)
    {
        using var timeout = new CancellationTokenSource(CheckTimeout, _clock);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
        try
        {
            return $"{ChangeCheck.Describe(path, await Get(ChangeCheck.ObjectPath(path), linked.Token))} Compare before you retry.";
        }
        catch (CommandException e)
        {
            return $"Check before you retry: {e.Message}";
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return $"GET {ChangeCheck.ObjectPath(path)} got no response either: check before you retry.";
        }
    }

    private async Task<HttpResponseMessage> SendToFirstReachable(
        string path, Func<string, HttpRequestMessage> createRequest, TimeSpan headersTimeout, CancellationToken ct)
    {
        var attempts = new List<(string Endpoint, ConnectionProblem Problem)>();
        for (var i = 0; i < _endpoints.Count; i++)
        {
            var endpoint = _endpoints[i].ToString().TrimEnd('/');
            using var timeout = new CancellationTokenSource(headersTimeout, _clock);
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
            using var request = createRequest(endpoint + path);
            _certificateErrors = SslPolicyErrors.None;
            try
            {
                return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, linked.Token);
            }
            catch (HttpRequestException e) when (request.Method == HttpMethod.Get || FailedBeforeSending(e))
            {
                attempts.Add((endpoint, ConnectionProblem.Of(_endpoints[i], e, _certificateErrors, _authorities)));
                if (i + 1 < _endpoints.Count)
                {
                    var next = _endpoints[i + 1].ToString().TrimEnd('/');
                    await _error.WriteLineAsync($"Could not connect to {endpoint}. Retrying with {next}.");
                }
            }
            catch (TaskCanceledException) when (!ct.IsCancellationRequested)
            {
                attempts.Add((endpoint, timeout.IsCancellationRequested
                    ? ConnectionProblem.Timeout("response", headersTimeout)
                    : ConnectionProblem.Timeout("connection", ConnectTimeout)));
            }
        }

        var tried = string.Join(", ", attempts.Select(attempt => $"{attempt.Endpoint} ({attempt.Problem.Reason})"));
        var advice = string.Join(' ', attempts.Select(attempt => attempt.Problem.Advice).Distinct());
        throw new CommandException($"No servers could be reached. Tried the following: {tried}. {advice}", ExitCodes.Unreachable);
    }

    private static ByteArrayContent JsonContent(byte[] body) =>
        new(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };

    // A server may have applied a request that was sent: never send it to another server.
    private static bool FailedBeforeSending(HttpRequestException e) => e.HttpRequestError is HttpRequestError.ConnectionError
        or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError;
}
