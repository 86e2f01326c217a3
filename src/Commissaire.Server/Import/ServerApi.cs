using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Commissaire.Contracts;

namespace Commissaire.Import;

/// <summary>The REST interface of the server to import into.</summary>
internal sealed class ServerApi : IDisposable
{
    private const string Root = "/api/v0";
    private const int MaxResponseSize = 16 * 1024 * 1024;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(100);

    private readonly HttpClient _http;
    private readonly string _base;

    private ServerApi(HttpClient http, string @base) => (_http, _base) = (http, @base);

    /// <summary>The JSON of the API. Requests omit null fields.</summary>
    public static ContractsJson Json { get; } = new(
        new JsonSerializerOptions(ContractsJson.Default.Options) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull });

    /// <summary>Connects to the first server that answers, and checks the credentials.</summary>
    /// <exception cref="StartupException">None answers, or the first that does is no Commissaire or rejects the credentials.</exception>
    public static async Task<ServerApi> Connect(ServerLogin login, CancellationToken ct)
    {
        var http = new HttpClient(ImportTls.Connect(login.Authorities, login.ClientPem, login.ClientPem))
        {
            Timeout = Timeout,
            MaxResponseContentBufferSize = MaxResponseSize,
        };
        http.DefaultRequestHeaders.Authorization = login.Authorization;
        http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("commissaire-server-import", null));
        var attempts = new List<string>();
        foreach (var endpoint in login.Endpoints.Select(e => e.ToString().TrimEnd('/')))
        {
            var api = new ServerApi(http, endpoint);
            try
            {
                _ = await api.Find("/networks", Json.IReadOnlyListString, ct)
                    ?? throw new StartupException($"--server: {endpoint} is not a Commissaire server.");
                return api;
            }
            catch (UnreachableServerException e)
            {
                attempts.Add($"{endpoint} ({e.Message})");
            }
        }

        http.Dispose();
        throw new StartupException($"--server: no server answers. Tried {string.Join(", ", attempts)}.");
    }

    /// <summary>The path of an object.</summary>
    public static string Path(string kind, string name) => $"/{kind}/{Uri.EscapeDataString(name)}";

    /// <summary>Returns an object; null if the server has none.</summary>
    /// <exception cref="StartupException">The server does not answer, or not with such an object.</exception>
    public async Task<T?> Find<T>(string path, JsonTypeInfo<T> type, CancellationToken ct)
        where T : class
    {
        using var response = await Send(new HttpRequestMessage(HttpMethod.Get, $"{_base}{Root}{path}"), ct);
        if (response.StatusCode == HttpStatusCode.NotFound && await Problem(response, ct) is not null)
        {
            return null;
        }

        try
        {
            return response.IsSuccessStatusCode
                ? JsonSerializer.Deserialize(await response.Content.ReadAsByteArrayAsync(ct), type)
                : throw new StartupException($"GET {path}: {await Refusal(response, ct)}");
        }
        catch (JsonException)
        {
            throw new StartupException($"GET {path}: the answer is invalid. Check that {_base} is a Commissaire server.");
        }
    }

    /// <summary>Registers an object. Returns the reason if the server refuses it, else null.</summary>
    /// <exception cref="StartupException">The server does not answer.</exception>
    public async Task<string?> Put<T>(string path, T body, JsonTypeInfo<T> type, CancellationToken ct)
    {
        var request = new HttpRequestMessage(HttpMethod.Put, $"{_base}{Root}{path}")
        {
            Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, type))
            {
                Headers = { ContentType = new MediaTypeHeaderValue("application/json") },
            },
        };
        using var response = await Send(request, ct);
        return response.IsSuccessStatusCode ? null : await Refusal(response, ct);
    }

    public void Dispose() => _http.Dispose();

    private static async Task<string> Refusal(HttpResponseMessage response, CancellationToken ct) =>
        await Problem(response, ct) is { Detail: { Length: > 0 } detail } ? detail : $"the server answered {(int)response.StatusCode}.";

    private static async Task<ProblemResource?> Problem(HttpResponseMessage response, CancellationToken ct)
    {
        try
        {
            return response.Content.Headers.ContentType?.MediaType == ProblemResource.MediaType
                ? JsonSerializer.Deserialize(await response.Content.ReadAsByteArrayAsync(ct), Json.ProblemResource)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private async Task<HttpResponseMessage> Send(HttpRequestMessage request, CancellationToken ct)
    {
        using (request)
        {
            try
            {
                var response = await _http.SendAsync(request, ct);
                if (response.StatusCode is HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized)
                {
                    var detail = await Refusal(response, ct);
                    response.Dispose();
                    throw new StartupException($"--server: {_base} rejected the credentials: {detail}");
                }

                return response;
            }
            catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException && !ct.IsCancellationRequested)
            {
                throw new UnreachableServerException(
                    e is OperationCanceledException ? $"no answer within {Timeout.TotalSeconds:0} s" : e.GetBaseException().Message);
            }
        }
    }
}

/// <summary>The server did not answer a request, which may have been carried out.</summary>
internal sealed class UnreachableServerException(string message) : StartupException(message);
