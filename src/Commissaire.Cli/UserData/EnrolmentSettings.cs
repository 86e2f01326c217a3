using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Commissaire.UserData;

/// <summary>The settings with which a machine registers itself.</summary>
internal sealed record EnrolmentSettings
{
    /// <summary>The default path of the authorized keys of root. Other users have theirs in their home.</summary>
    public const string DefaultAuthorizedKeys = "/root/.ssh/authorized_keys";

    private static readonly EnrolmentJson Json = new(
        new JsonSerializerOptions(EnrolmentJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public required string Endpoint { get; init; }

    public string? Username { get; init; }

    public string? Password { get; init; }

    /// <summary>The enrolment token, instead of user and password.</summary>
    public string? Token { get; init; }

    public string? Cluster { get; init; }

    /// <summary>The user as which Commissaire logs in.</summary>
    public required string RemoteUser { get; init; }

    /// <summary>The path of the private key; null for id_ed25519, or an existing id_rsa, in the home of the remote user.</summary>
    public string? SshKeyPath { get; init; }

    /// <summary>The path of the authorized keys; null for the default in the home of the remote user.</summary>
    public string? AuthorizedKeysPath { get; init; }

    /// <summary>The port of sshd; null for 22.</summary>
    public int? Port { get; init; }

    /// <summary>Whether the machine is bootstrapped or adopted; null for the policy of the cluster.</summary>
    public string? Bootstrap { get; init; }

    /// <summary>Serializes the settings for the part handler. Null fields are omitted.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json.EnrolmentSettings);
}

/// <summary>The JSON of the settings for the part handler.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true, IndentSize = 1,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(EnrolmentSettings))]
internal sealed partial class EnrolmentJson : JsonSerializerContext;
