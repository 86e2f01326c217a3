using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Commissaire.Bootstrap;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace Commissaire.ContainerManagers.Kubernetes;

/// <summary>Creates and revokes the bootstrap tokens with which hosts join a cluster: one short-lived token for each host.</summary>
internal sealed class BootstrapTokens(k8s.Kubernetes api, KubernetesClientConfiguration configuration, TimeProvider clock)
{
    private const string Namespace = "kube-system";
    private const string Characters = "abcdefghijklmnopqrstuvwxyz0123456789";
    private const int MaxAttempts = 5;

    /// <summary>Returns a kubeadm configuration with a new token for a host, and revokes the host's earlier tokens.</summary>
    /// <exception cref="FormatException">The options do not name the certificate authority of the API.</exception>
    public async Task<string> Prepare(HostAddress host, CancellationToken ct)
    {
        var authorities = Authorities(configuration.SslCaCerts);
        await Remove(host, ct);
        var version = await api.Version.GetCodeAsync(ct);
        var token = await Create(host, ct);
        var server = new Uri(configuration.Host);
        return KubeadmJoin.Configuration(Minor(version.Minor), $"{server.Host}:{server.Port}", token, authorities, NodeNames.Of(host));
    }

    public async Task Remove(HostAddress host, CancellationToken ct)
    {
        var selector = $"{NodeNames.Joins}={NodeNames.Fingerprint(host)}";
        var tokens = await api.CoreV1.ListNamespacedSecretAsync(Namespace, labelSelector: selector, cancellationToken: ct);
        foreach (var secret in tokens.Items)
        {
            try
            {
                await api.CoreV1.DeleteNamespacedSecretAsync(secret.Metadata.Name, Namespace, cancellationToken: ct);
            }
            catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.NotFound)
            {
                // It expired, and Kubernetes removed it.
            }
        }
    }

    /// <summary>Returns the public key hashes (RFC 7469) with which kubeadm verifies the certificate authorities of the API.</summary>
    /// <exception cref="FormatException">There is no certificate.</exception>
    public static ImmutableArray<string> Authorities(X509Certificate2Collection? certificates) => certificates is { Count: > 0 }
        ? [.. certificates.Select(c => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(c.PublicKey.ExportSubjectPublicKeyInfo())))]
        : throw new FormatException("ca: is missing. Hosts that join need the certificate authority of the API to verify it.");

    private async Task<string> Create(HostAddress host, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            var (id, secret) = (RandomNumberGenerator.GetString(Characters, 6), RandomNumberGenerator.GetString(Characters, 16));
            try
            {
                await api.CoreV1.CreateNamespacedSecretAsync(Secret(host, id, secret), Namespace, cancellationToken: ct);
                return $"{id}.{secret}";
            }
            catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.Conflict && attempt < MaxAttempts)
            {
                // A token with this ID exists already: try another ID.
            }
        }
    }

    private V1Secret Secret(HostAddress host, string id, string secret) => new()
    {
        ApiVersion = "v1",
        Kind = "Secret",
        Metadata = new V1ObjectMeta
        {
            Name = $"bootstrap-token-{id}",
            NamespaceProperty = Namespace,
            Labels = new Dictionary<string, string> { [NodeNames.Joins] = NodeNames.Fingerprint(host) },
        },
        Type = "bootstrap.kubernetes.io/token",
        Data = new Dictionary<string, string>
        {
            ["token-id"] = id,
            ["token-secret"] = secret,
            ["expiration"] = (clock.GetUtcNow() + KubeadmJoin.TokenLifetime)
                .ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            ["usage-bootstrap-authentication"] = "true",
            ["usage-bootstrap-signing"] = "true",
            ["auth-extra-groups"] = "system:bootstrappers:kubeadm:default-node-token",
            ["description"] = $"Created by Commissaire for host {host} to join the cluster.",
        }.ToDictionary(d => d.Key, d => Encoding.UTF8.GetBytes(d.Value)),
    };

    // Some vendors report a minor version such as "34+".
    private static int Minor(string? minor) =>
        int.TryParse(minor?.TrimEnd('+'), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : int.MaxValue;
}
