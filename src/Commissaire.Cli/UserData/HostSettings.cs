using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Commissaire.UserData;

/// <summary>What a machine needs to know to register itself.</summary>
internal sealed record HostSettings
{
    /// <summary>The default place of the key, and what stands for it below any other home.</summary>
    public const string DefaultKey = "/root/.ssh/id_rsa";

    /// <summary>The default place of the keys that are let in.</summary>
    public const string DefaultAuthorizedKeys = "/root/.ssh/authorized_keys";

    /// <summary>Base URL of the server.</summary>
    public required string Endpoint { get; init; }

    /// <summary>Who registers it; null for nobody, or with a token.</summary>
    public string? Username { get; init; }

    /// <summary>How they prove it.</summary>
    public string? Password { get; init; }

    /// <summary>An enrolment token.</summary>
    public string? Token { get; init; }

    /// <summary>The cluster to join.</summary>
    public string? Cluster { get; init; }

    /// <summary>Whom Commissaire logs in as.</summary>
    public required string RemoteUser { get; init; }

    /// <summary>Where that user's private key is, or will be; null for the usual place below their home.</summary>
    public string? SshKeyPath { get; init; }

    /// <summary>Where the keys are that let that user in; null for the usual place.</summary>
    public string? AuthorizedKeysPath { get; init; }

    /// <summary>The port of sshd; null for 22.</summary>
    public int? Port { get; init; }

    /// <summary>As the part that the handler reads.</summary>
    public string ToJson()
    {
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json, new JsonWriterOptions { Indented = true, IndentSize = 1, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in ((string, string?)[])
            [
                ("endpoint", Endpoint), ("username", Username), ("password", Password), ("token", Token), ("cluster", Cluster),
                ("remote_user", RemoteUser), ("ssh_key_path", SshKeyPath), ("authorized_keys_path", AuthorizedKeysPath),
            ])
            {
                if (value is not null)
                {
                    writer.WriteString(name, value);
                }
            }

            if (Port is { } port)
            {
                writer.WriteNumber("port", port);
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(json.ToArray());
    }
}
