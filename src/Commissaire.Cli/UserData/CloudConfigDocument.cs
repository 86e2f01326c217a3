using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Commissaire.Output;

namespace Commissaire.UserData;

/// <summary>Renders user-data as a cloud-config: settings, and a script that registers the machine with curl.</summary>
internal static class CloudConfigDocument
{
    private const string Directory = "/var/lib/commissaire";
    private const int RetrySeconds = 900;

    public static string Render(EnrolmentSettings settings)
    {
        using var text = new StringWriter { NewLine = "\n" };
        text.WriteLine("#cloud-config");
        Yaml.Write(new JsonObject
        {
            ["final_message"] = "Finished booting",
            ["runcmd"] = new JsonArray(new JsonArray(JsonValue.Create("sh"), JsonValue.Create($"{Directory}/enrol.sh"))),
            ["write_files"] = new JsonArray(
                FileEntry("enrol.conf", "0600", ShellVariables(settings)),
                FileEntry("enrol.curl", "0600", CurlConfig(settings)),
                FileEntry("enrol.sh", "0700", EmbeddedFiles.ReadText("enrol.sh"))),
        }, text);
        return text.ToString();
    }

    private static JsonObject FileEntry(string name, string mode, string content) => new()
    {
        ["path"] = $"{Directory}/{name}",
        ["owner"] = "root:root",
        ["permissions"] = mode,
        ["encoding"] = "b64",
        ["content"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(content)),
    };

    private static string ShellVariables(EnrolmentSettings settings)
    {
        static string Assignment(string name, object? value) => string.Create(
            CultureInfo.InvariantCulture, $"{name}='{value?.ToString()?.Replace("'", "'\"'\"'", StringComparison.Ordinal)}'\n");

        return Assignment("remote_user", settings.RemoteUser) + Assignment("cluster", settings.Cluster)
            + Assignment("ssh_key_path", settings.SshKeyPath) + Assignment("authorized_keys_path", settings.AuthorizedKeysPath)
            + Assignment("port", settings.Port) + Assignment("bootstrap", settings.Bootstrap) + Assignment("retry_seconds", RetrySeconds);
    }

    private static string CurlConfig(EnrolmentSettings settings)
    {
        var credentials = settings switch
        {
            { Token: { } token } => $"header = \"Authorization: Bearer {Escape(token)}\"\n",
            { Username: { } user, Password: { } password } => $"user = \"{Escape(user)}:{Escape(password)}\"\n",
            _ => "",
        };
        return $"url = \"{Escape(settings.Endpoint)}/api/v0/host\"\nrequest = \"PUT\"\nsilent\nmax-time = 60\n"
            + $"write-out = \"%{{http_code}}\"\nheader = \"Content-Type: application/json\"\n{credentials}";
    }

    private static string Escape(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
}
