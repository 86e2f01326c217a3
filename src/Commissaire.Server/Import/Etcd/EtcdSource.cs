using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Commissaire.Import.Etcd;

/// <summary>How to reach the etcd of an installation of 2017: the options, or else the variables that its services read.</summary>
/// <param name="Authorities">Authorities of etcd's certificate; null for those of this machine.</param>
/// <param name="Certificate">The client certificate; null for none.</param>
/// <param name="Key">The private key of the client certificate; null for none.</param>
/// <param name="User">The user; null for none.</param>
/// <param name="Password">The password of the user.</param>
internal sealed record EtcdAccess(NamedFile? Authorities, NamedFile? Certificate, NamedFile? Key, string? User, string? Password);

/// <summary>Reads the keys of an installation of 2017: from etcd over its v2 API, or from a file with its answer.</summary>
internal static class EtcdSource
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMinutes(1);

    /// <summary>Reads all keys below <c>/commissaire</c>.</summary>
    /// <exception cref="StartupException">They cannot be read.</exception>
    public static async Task<IReadOnlyList<EtcdValue>> Read(string where, EtcdAccess access, CancellationToken ct) =>
        !where.Contains("://", StringComparison.Ordinal) ? EtcdAnswer.Read(ImportFile.Read("--from", where), $"--from: '{where}'")
        : Uri.TryCreate(where, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
            ? await Request(Checked(url!), access, ct)
            : throw new StartupException($"--from: '{where}' is not a URL such as http://127.0.0.1:2379, nor a file.");

    // The error must not repeat the password.
    private static Uri Checked(Uri url) => url.UserInfo.Length == 0 ? url : throw new StartupException(
        "--from: the URL contains credentials, which every user of this machine can read. Set ETCD_USERNAME and ETCD_PASSWORD.");

    private static async Task<IReadOnlyList<EtcdValue>> Request(Uri url, EtcdAccess access, CancellationToken ct)
    {
        if ((access.Certificate is null) != (access.Key is null))
        {
            throw new StartupException("--etcd-cert and --etcd-key: set both, or none.");
        }

        using var http = new HttpClient(ImportTls.Connect(access.Authorities, access.Certificate, access.Key)) { Timeout = Timeout };
        if (access.User is not null)
        {
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
                "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{access.User}:{access.Password}")));
        }

        http.MaxResponseContentBufferSize = ImportFile.MaxSize;
        var source = $"etcd at {url.GetLeftPart(UriPartial.Authority)}";
        try
        {
            using var response = await http.GetAsync(new Uri(url, "/v2/keys/commissaire/?recursive=true"), ct);
            var body = await response.Content.ReadAsByteArrayAsync(ct);
            var isJson = response.Content.Headers.ContentType?.MediaType == "application/json";
            return response.StatusCode switch
            {
                HttpStatusCode.OK => EtcdAnswer.Read(body, source),
                HttpStatusCode.Unauthorized => throw new StartupException(
                    $"{source}: the credentials were rejected. Set ETCD_USERNAME and ETCD_PASSWORD."),

                // The v2 API answers 404 with its own error; etcd 3 without the v2 API answers without.
                HttpStatusCode.NotFound when isJson => EtcdAnswer.Read(body, source),
                HttpStatusCode.NotFound => throw new StartupException(
                    $"{source}: does not serve the v2 API. Start it with --enable-v2, or import a file with the answer of the old etcd."),
                var status => throw new StartupException($"{source}: answered {(int)status} to GET /v2/keys/commissaire/."),
            };
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException && !ct.IsCancellationRequested)
        {
            throw new StartupException($"{source}: {Reason(e)}");
        }
    }

    private static string Reason(Exception e) => e switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } =>
            $"the answer is larger than {ImportFile.MaxSize} bytes.",
        OperationCanceledException => $"no answer within {Timeout.TotalSeconds:0} s.",
        _ => $"{e.GetBaseException().Message}",
    };
}
