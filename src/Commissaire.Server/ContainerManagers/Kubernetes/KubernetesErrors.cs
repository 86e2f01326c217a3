using System.Net;
using System.Security.Authentication;
using System.Text.Json;
using k8s.Autorest;

namespace Commissaire.ContainerManagers.Kubernetes;

/// <summary>Says what went wrong with a Kubernetes API.</summary>
internal static class KubernetesErrors
{
    /// <summary>Whether a client that was built anew, with credentials and authorities read again, may do better.</summary>
    public static bool MayBeStale(Exception e) => e is HttpOperationException { Response.StatusCode: HttpStatusCode.Unauthorized } || Untrusted(e);

    /// <summary>Whether the server showed a certificate that is not trusted.</summary>
    public static bool Untrusted(Exception e) => e is AuthenticationException || (e.InnerException is { } inner && Untrusted(inner));

    /// <summary>Whether an exception is one that talking to an API may end with.</summary>
    public static bool Expected(Exception e) => e is HttpOperationException or HttpRequestException or OperationCanceledException or IOException or JsonException or FormatException
        or System.Security.Cryptography.CryptographicException;

    /// <summary>What went wrong, for people, and without anything secret.</summary>
    public static string Explain(Exception e) => e switch
    {
        HttpOperationException { Response.StatusCode: HttpStatusCode.Unauthorized } => "the API does not accept the credentials (401): the token or certificate is wrong or has expired",
        HttpOperationException { Response: { } response } => $"the API answered {(int)response.StatusCode}: {Message(response.Content)}",
        _ when Untrusted(e) => "the API's certificate is not trusted: give its authority as the option ca",
        OperationCanceledException => $"the API did not answer within {KubernetesSettings.RequestTimeout.TotalSeconds:0} s",
        HttpRequestException { InnerException: { } inner } => $"the API cannot be reached: {inner.Message}",
        _ => $"the API cannot be reached: {e.Message}",
    };

    /// <summary>The message of a Status object (Kubernetes API conventions); the text itself when it is none.</summary>
    public static string Message(string? content)
    {
        if (string.IsNullOrWhiteSpace(content))
        {
            return "nothing more";
        }

        try
        {
            using var status = JsonDocument.Parse(content);
            if (status.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty("message", out var message) && message.GetString() is { Length: > 0 } text)
            {
                return Clip(text + string.Concat(Causes(root).Select(cause => " " + cause)));
            }
        }
        catch (JsonException)
        {
            // Something in between answered, not the API.
        }

        return Clip(content.ReplaceLineEndings(" "));
    }

    /// <summary>Whether a failure is one that lasts until somebody changes something: the one failure of the API that carries no reason.</summary>
    public static bool Lasts(string? content)
    {
        try
        {
            using var status = JsonDocument.Parse(content ?? "");
            return status.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty("message", out _) && !root.TryGetProperty("reason", out _);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    // Which budget stands in the way is said by the causes only.
    private static List<string> Causes(JsonElement status) =>
        status.TryGetProperty("details", out var details) && details.ValueKind == JsonValueKind.Object
        && details.TryGetProperty("causes", out var causes) && causes.ValueKind == JsonValueKind.Array
            ? [.. causes.EnumerateArray().Select(c => c.ValueKind == JsonValueKind.Object && c.TryGetProperty("message", out var m) ? m.ToString() : "").Where(m => m.Length > 0).Distinct()]
            : [];

    private static string Clip(string text) => text.Length <= 500 ? text : text[..500] + "…";
}
