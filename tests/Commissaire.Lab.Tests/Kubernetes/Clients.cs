using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Commissaire.Lab.Kubernetes;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace Commissaire.Lab.Tests.Kubernetes;

/// <summary>The real client, and an HTTP client for requests that it cannot send.</summary>
internal static class Clients
{
    public static k8s.Kubernetes Client(this LabKubernetes kubernetes) => kubernetes.Client(kubernetes.Token);

    public static k8s.Kubernetes Client(this LabKubernetes kubernetes, string? token, ClientCertificate? certificate = null) =>
        new(new KubernetesClientConfiguration
        {
            Host = kubernetes.Url,
            AccessToken = token,
            SslCaCerts = kubernetes.Url.StartsWith("https", StringComparison.Ordinal)
                ? [X509Certificate2.CreateFromPem(kubernetes.CaPem)]
                : null,
            ClientCertificateFilePath = certificate?.CertificatePath,
            ClientKeyFilePath = certificate?.KeyPath,
        });

    public static V1Eviction Eviction(string ns, string name, string? uid = null) => new()
    {
        ApiVersion = "policy/v1",
        Kind = "Eviction",
        Metadata = new V1ObjectMeta { Name = name, NamespaceProperty = ns },
        DeleteOptions = uid is null ? null : new V1DeleteOptions { Preconditions = new V1Preconditions { Uid = uid } },
    };

    /// <summary>Evicts a pod and expects 201.</summary>
    public static async Task Evict(this ICoreV1Operations core, string ns, string name, string? uid = null)
    {
        using var answer = await core.CreateNamespacedPodEvictionWithHttpMessagesAsync(Eviction(ns, name, uid), name, ns);
        Assert.Equal(HttpStatusCode.Created, answer.Response.StatusCode);
    }

    /// <summary>Expects a request to fail, and returns the failure.</summary>
    public static async Task<(HttpResponseMessageWrapper Response, V1Status Status)> Refused(Func<Task> asked)
    {
        var refused = await Assert.ThrowsAsync<HttpOperationException>(asked);
        return (refused.Response, KubernetesJson.Deserialize<V1Status>(refused.Response.Content));
    }

    public static async Task<(HttpStatusCode Code, JsonElement Body)> Send(
        this LabKubernetes kubernetes, HttpMethod method, string path, string? body = null, string type = "application/json")
    {
        using var handler = new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, _, _, _) => true };
        using var http = new HttpClient(handler) { BaseAddress = new Uri(kubernetes.Url) };
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", kubernetes.Token);
        if (body is not null)
        {
            request.Content = new StringContent(body, MediaTypeHeaderValue.Parse(type));
        }

        using var response = await http.SendAsync(request);
        return (response.StatusCode, JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement);
    }
}
