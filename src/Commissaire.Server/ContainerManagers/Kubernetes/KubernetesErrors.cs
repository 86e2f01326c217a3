using System.Data.Common;
using System.Net;
using System.Security.Authentication;
using System.Text.Json;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace Commissaire.ContainerManagers.Kubernetes;

/// <summary>Thrown when a client cannot be opened because of Commissaire itself: the API was not asked.</summary>
internal sealed class ClientNotOpenedException(string message, Exception inner) : Exception(message, inner);

/// <summary>Classifies and explains errors of a Kubernetes API.</summary>
internal static class KubernetesErrors
{
    /// <summary>Whether a new client, which reads credentials and certificate authorities from their files again, may succeed.</summary>
    public static bool NeedsNewClient(Exception e) =>
        e is HttpOperationException { Response.StatusCode: HttpStatusCode.Unauthorized } || IsUntrustedCertificate(e);

    public static bool IsUntrustedCertificate(Exception e) =>
        e is AuthenticationException || (e.InnerException is { } inner && IsUntrustedCertificate(inner));

    /// <summary>The error of a server that is not the API; null for all other errors.</summary>
    public static UntrustedServerException? Untrusted(Exception e) =>
        e as UntrustedServerException ?? (e.InnerException is { } inner ? Untrusted(inner) : null);

    /// <summary>Whether an exception is a failure of the API or of the connection, not a bug.</summary>
    public static bool IsExpected(Exception e) =>
        e is HttpOperationException or HttpRequestException or OperationCanceledException or IOException or JsonException or FormatException
        or System.Security.Cryptography.CryptographicException;

    /// <summary>Explains an error to an operator, without secrets.</summary>
    public static string Explain(Exception e) => e switch
    {
        HttpOperationException { Response.StatusCode: HttpStatusCode.Unauthorized } =>
            "the API rejects the credentials (401): the token or certificate is wrong or has expired",
        HttpOperationException { Response: { StatusCode: >= HttpStatusCode.Ambiguous and < HttpStatusCode.BadRequest } moved } =>
            $"the API answered {(int)moved.StatusCode}, a redirect. Redirects are not followed: set the URL of the API itself",
        HttpOperationException { Response: { } response } => $"the API answered {(int)response.StatusCode}: {Message(response.Content)}",
        ClientNotOpenedException or FormatException => e.Message,
        DbException => "Commissaire cannot use its own database, and tries again",
        _ when Untrusted(e) is { } untrusted => untrusted.Message,
        _ when IsUntrustedCertificate(e) => $"the API cannot be reached: TLS failed: {(e.InnerException ?? e).Message}",
        OperationCanceledException => $"the API did not answer within {KubernetesSettings.RequestTimeout.TotalSeconds:0} s",
        HttpRequestException { InnerException: { } inner } => $"the API cannot be reached: {inner.Message}",
        _ => $"the API cannot be reached: {e.Message}",
    };

    /// <summary>Returns the message of a Kubernetes Status object; returns other content as it is.</summary>
    public static string Message(string? content)
    {
        if (string.IsNullOrWhiteSpace(content))
        {
            return "no details";
        }

        // The causes name the disruption budget that blocks an eviction.
        var text = Parse(content) is { Message.Length: > 0 } status
            ? string.Join(' ', (status.Details?.Causes ?? []).Select(c => c.Message).Distinct().Prepend(status.Message)).TrimEnd()
            : content.ReplaceLineEndings(" ");
        return text.Length <= 500 ? text : text[..500] + "…";
    }

    /// <summary>Whether retrying is useless: several disruption budgets select one pod. Only this error has no reason.</summary>
    public static bool IsPermanent(string? content) => Parse(content) is { Message: not null, Reason: null };

    // Returns null if a proxy answered instead of the API.
    private static V1Status? Parse(string? content)
    {
        try
        {
            return string.IsNullOrEmpty(content) ? null : KubernetesJson.Deserialize<V1Status>(content);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
