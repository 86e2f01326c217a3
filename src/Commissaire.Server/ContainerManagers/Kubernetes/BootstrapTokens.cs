using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Commissaire.Bootstrap;
using Commissaire.Hosts;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace Commissaire.ContainerManagers.Kubernetes;

/// <summary>What hosts join a cluster with: a bootstrap token for each, short-lived, and gone once its host is a node.</summary>
internal sealed class BootstrapTokens(k8s.Kubernetes api, KubernetesClientConfiguration configuration, TimeProvider clock)
{
    private const string Namespace = "kube-system";
    private const string Characters = "abcdefghijklmnopqrstuvwxyz0123456789";
    private const int Attempts = 5;

    /// <summary>A configuration for a host to join with. What it was handed before is worthless from now on.</summary>
    /// <exception cref="FormatException">The options do not say which authority vouches for the API.</exception>
    public async Task<string> Prepare(HostAddress host, CancellationToken ct)
    {
        var authorities = Authorities(configuration.SslCaCerts);
        await Remove(host, ct);
        var version = await api.Version.GetCodeAsync(ct);
        var token = await Create(host, ct);
        var server = new Uri(configuration.Host);
        return KubeadmJoin.Configuration(Minor(version.Minor), $"{server.Host}:{server.Port}", token, authorities, NodeNames.Of(host));
    }

    /// <summary>Removes the tokens that a host was handed.</summary>
    public async Task Remove(HostAddress host, CancellationToken ct)
    {
        var old = await api.CoreV1.ListNamespacedSecretAsync(Namespace, labelSelector: $"{NodeNames.Joins}={NodeNames.Fingerprint(host)}", cancellationToken: ct);
        foreach (var secret in old.Items)
        {
            try
            {
                await api.CoreV1.DeleteNamespacedSecretAsync(secret.Metadata.Name, Namespace, cancellationToken: ct);
            }
            catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.NotFound)
            {
                // Its time was over.
            }
        }
    }

    /// <summary>The hashes by which kubeadm knows authorities: of their public keys (RFC 7469).</summary>
    /// <exception cref="FormatException">There is none.</exception>
    public static ImmutableArray<string> Authorities(X509Certificate2Collection? certificates) => certificates is { Count: > 0 }
        ? [.. certificates.Select(c => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(c.PublicKey.ExportSubjectPublicKeyInfo())))]
        : throw new FormatException("ca: is missing; hosts that join must know which authority vouches for the API.");

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
            catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.Conflict && attempt < Attempts)
            {
                // Somebody has this id already.
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
            ["expiration"] = (clock.GetUtcNow() + KubeadmJoin.TokenLifetime).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            ["usage-bootstrap-authentication"] = "true",
            ["usage-bootstrap-signing"] = "true",
            ["auth-extra-groups"] = "system:bootstrappers:kubeadm:default-node-token",
            ["description"] = $"Handed by Commissaire to {host} to join with.",
        }.ToDictionary(d => d.Key, d => Encoding.UTF8.GetBytes(d.Value)),
    };

    // Some vendors write "34+".
    private static int Minor(string? minor) =>
        int.TryParse(minor?.TrimEnd('+'), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : int.MaxValue;
}
