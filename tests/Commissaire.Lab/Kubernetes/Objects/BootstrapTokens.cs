using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Commissaire.Lab.Kubernetes.Objects;

/// <summary>Bootstrap tokens, which let a machine join.</summary>
internal static class BootstrapTokens
{
    public const string Type = "bootstrap.kubernetes.io/token";

    public static bool Expired(JsonNode secret, DateTime now) =>
        secret.Text("data", "expiration") is { } written
        && (!DateTime.TryParse(
                Encoding.UTF8.GetString(Convert.FromBase64String(written)),
                CultureInfo.InvariantCulture,
                DateTimeStyles.AdjustToUniversal,
                out var expires)
            || expires <= now);
}
