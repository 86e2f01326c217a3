using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Commissaire.Invocation;
using Commissaire.Output;

namespace Commissaire.UserData;

/// <summary>User-data as plain cloud-config: files, and a script that registers the machine with curl. For where no part handler is wanted.</summary>
internal static class CloudConfigDocument
{
    private const string Folder = "/var/lib/commissaire";

    /// <summary>Writes it.</summary>
    public static string Write(HostSettings settings)
    {
        using var text = new StringWriter { NewLine = "\n" };
        text.WriteLine("#cloud-config");
        Yaml.Write(new JsonObject
        {
            ["final_message"] = "Finished booting",
            ["runcmd"] = new JsonArray(new JsonArray(JsonValue.Create("sh"), JsonValue.Create($"{Folder}/enrol.sh"))),
            ["write_files"] = new JsonArray(
                WrittenFile("enrol.conf", "0600", Settings(settings)), WrittenFile("enrol.curl", "0600", Curl(settings)), WrittenFile("enrol.sh", "0700", Resources.Text("enrol.sh"))),
        }, text);
        return text.ToString();
    }

    private static JsonObject WrittenFile(string name, string mode, string content) => new()
    {
        ["path"] = $"{Folder}/{name}",
        ["owner"] = "root:root",
        ["permissions"] = mode,
        ["encoding"] = "b64",
        ["content"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(content)),
    };

    private static string Settings(HostSettings settings) => string.Concat(new (string Name, string? Value)[]
    {
        ("remote_user", settings.RemoteUser), ("cluster", settings.Cluster), ("ssh_key_path", settings.SshKeyPath), ("authorized_keys_path", settings.AuthorizedKeysPath),
        ("port", settings.Port?.ToString(CultureInfo.InvariantCulture)), ("patience", "900"),
    }.Select(setting => $"{setting.Name}='{setting.Value?.Replace("'", "'\"'\"'", StringComparison.Ordinal)}'\n"));

    private static string Curl(HostSettings settings)
    {
        var text = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"url = \"{Quoted(settings.Endpoint)}/api/v0/host\"\n")
            .Append("request = \"PUT\"\nsilent\nmax-time = 60\nwrite-out = \"%{http_code}\"\nheader = \"Content-Type: application/json\"\n");
        if (settings.Token is { } token)
        {
            text.Append(CultureInfo.InvariantCulture, $"header = \"Authorization: Bearer {Quoted(token)}\"\n");
        }
        else if (settings is { Username: { } user, Password: { } password })
        {
            text.Append(CultureInfo.InvariantCulture, $"user = \"{Quoted(user)}:{Quoted(password)}\"\n");
        }

        return text.ToString();
    }

    private static string Quoted(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
}
