using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Commissaire.Configuration;

/// <summary>Reads the credentials of the current context of a kubeconfig.</summary>
internal static class KubeConfig
{
    /// <summary>Reads the token, the password or the client certificate of the user.</summary>
    /// <exception cref="CommandException">The file cannot be read, or contains no usable credentials.</exception>
    public static Credentials ReadCredentials(string path)
    {
        try
        {
            var yaml = new YamlStream();
            using (var reader = new StreamReader(Files.OpenRead(path)))
            {
                yaml.Load(reader);
            }

            var root = yaml.Documents.FirstOrDefault()?.RootNode;
            var current = Text(root, "current-context") ?? throw Invalid(path, "has no current-context");
            var context = Child(FindByName(root, "contexts", current), "context") ?? throw Invalid(path, $"has no context '{current}'");
            var user = Text(context, "user") ?? throw Invalid(path, $"has no user in context '{current}'");
            return UserCredentials(path, user, Child(FindByName(root, "users", user), "user"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"Cannot read kubeconfig {path}: {e.Message}");
        }
        catch (YamlException e)
        {
            throw Invalid(path, $"is not valid YAML in line {e.Start.Line}");
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            throw Invalid(path, $"has an invalid client certificate or key: {e.Message.TrimEnd('.')}");
        }
    }

    private static Credentials UserCredentials(string path, string name, YamlNode? user)
    {
        // Paths in a kubeconfig are relative to its directory.
        string? File(string key)
        {
            if (Text(user, key) is not { } file)
            {
                return null;
            }

            using var reader = new StreamReader(Files.OpenRead(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, file)));
            return reader.ReadToEnd();
        }

        string? Data(string key) => Text(user, key) is { } data ? Encoding.UTF8.GetString(Convert.FromBase64String(data)) : null;

        if ((Text(user, "token") ?? File("tokenFile")?.Trim()) is { } token)
        {
            return new Credentials(new AuthenticationHeaderValue("Bearer", token), null);
        }

        if (Text(user, "username") is { } username && Text(user, "password") is { } password)
        {
            return Credentials.Basic(username, password);
        }

        if ((Data("client-certificate-data") ?? File("client-certificate")) is { } certificate
            && (Data("client-key-data") ?? File("client-key")) is { } key)
        {
            return new Credentials(null, X509Certificate2.CreateFromPem(certificate, key));
        }

        throw Invalid(path, $"has no token, password or client certificate for user '{name}'");
    }

    private static YamlNode? FindByName(YamlNode? root, string list, string name) =>
        Child(root, list) is YamlSequenceNode items ? items.FirstOrDefault(item => Text(item, "name") == name) : null;

    private static YamlNode? Child(YamlNode? node, string key) =>
        node is YamlMappingNode mapping && mapping.Children.TryGetValue(new YamlScalarNode(key), out var child) ? child : null;

    private static string? Text(YamlNode? node, string key) =>
        Child(node, key) is YamlScalarNode { Value: { Length: > 0 } text } ? text : null;

    private static CommandException Invalid(string path, string problem) => new($"The kubeconfig {path} {problem}.");
}
