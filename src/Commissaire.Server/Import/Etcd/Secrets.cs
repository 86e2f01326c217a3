using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace Commissaire.Import.Etcd;

/// <summary>Where an installation of 2017 keeps the credentials of its hosts.</summary>
internal interface IHostSecrets : IDisposable
{
    /// <summary>Returns the credentials of a host; null if there are none.</summary>
    /// <exception cref="FormatException">They cannot be read. The message contains nothing of them.</exception>
    /// <exception cref="StartupException">No credentials can be read.</exception>
    Task<HostCredentials?> Find(string address, CancellationToken ct);
}

/// <summary>Custodia, over its Unix socket.</summary>
internal sealed class CustodiaSocket : IHostSecrets
{
    private const int MaxSecretSize = 1024 * 1024;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    private readonly string _path;
    private readonly HttpClient _http;

    public CustodiaSocket(string path)
    {
        _path = path;
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ConnectCallback = async (_, ct) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), ct);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        };
        _http = new HttpClient(handler) { Timeout = Timeout, MaxResponseContentBufferSize = MaxSecretSize };

        // Custodia of 2017 trusts this header, and accepts no content type but octets for raw secrets.
        _http.DefaultRequestHeaders.TryAddWithoutValidation("REMOTE_USER", "commissaire");
        _http.DefaultRequestHeaders.TryAddWithoutValidation("Accept", "application/octet-stream");
    }

    public async Task<HostCredentials?> Find(string address, CancellationToken ct)
    {
        try
        {
            using var response = await _http.GetAsync(new Uri($"http://localhost/secrets/hosts/{Uri.EscapeDataString(address)}"), ct);
            return response.StatusCode switch
            {
                HttpStatusCode.OK => HostCredentials.Parse(
                    Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync(ct)), address),
                HttpStatusCode.NotFound => null,
                var status => throw new FormatException($"Custodia answered {(int)status}"),
            };
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            throw new StartupException($"--secrets: Custodia at '{_path}' does not answer: {e.GetBaseException().Message}");
        }
    }

    public void Dispose() => _http.Dispose();
}

/// <summary>A file with what Custodia keeps: a JSON object of credentials by address.</summary>
internal sealed class SecretsFile : IHostSecrets
{
    private readonly Dictionary<string, JsonElement> _secrets;

    private SecretsFile(Dictionary<string, JsonElement> secrets) => _secrets = secrets;

    /// <summary>Parses the file. Keys are addresses, or end with <c>hosts/ADDRESS</c> as in Custodia.</summary>
    /// <exception cref="StartupException">The file is not a JSON object, or has a host twice.</exception>
    public static SecretsFile Parse(ReadOnlyMemory<byte> json, string source)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw new StartupException($"{source}: expected a JSON object of credentials by address.");
            }

            var secrets = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
            foreach (var (key, value) in document.RootElement.Clone().EnumerateObject().Select(p => (p.Name, p.Value)))
            {
                var address = key[(key.LastIndexOf("hosts/", StringComparison.Ordinal) is >= 0 and var at ? at + "hosts/".Length : 0)..];
                if (!secrets.TryAdd(address, value))
                {
                    throw new StartupException($"{source}: '{address}' is there twice.");
                }
            }

            return new SecretsFile(secrets);
        }
        catch (JsonException e)
        {
            // The message of the parser may quote the file.
            throw new StartupException(e.LineNumber is { } line
                ? $"{source}: is not JSON: line {line + 1}, byte {e.BytePositionInLine}."
                : $"{source}: a key is there twice.");
        }
        catch (InvalidOperationException)
        {
            throw new StartupException($"{source}: contains half a character.");
        }
    }

    public Task<HostCredentials?> Find(string address, CancellationToken ct) => Task.FromResult(
        !_secrets.TryGetValue(address, out var secret) ? null
        : secret.ValueKind == JsonValueKind.String ? HostCredentials.Parse(secret.GetString()!, address)
        : HostCredentials.Read(RecordReader.Of(secret), address));

    public void Dispose()
    {
    }
}

/// <summary>No secrets: hosts have the credentials in their records, or none.</summary>
internal sealed class NoSecrets : IHostSecrets
{
    public Task<HostCredentials?> Find(string address, CancellationToken ct) => Task.FromResult<HostCredentials?>(null);

    public void Dispose()
    {
    }
}
