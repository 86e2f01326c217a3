using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Commissaire.Invocation;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Commissaire.Configuration;

/// <summary>The credentials of the current context of a kubeconfig.</summary>
internal static class KubeConfig
{
    /// <summary>What it says of the user of its current context.</summary>
    /// <exception cref="CommandFailure">It cannot be read, or names no credentials that can be used.</exception>
    public static Identity Identity(string path)
    {
        try
        {
            var yaml = new YamlStream();
            using (var reader = new StreamReader(path))
            {
                yaml.Load(reader);
            }

            var root = yaml.Documents.FirstOrDefault()?.RootNode;
            var current = Text(root, "current-context") ?? throw Unusable(path, "has no current-context");
            var context = Child(Named(root, "contexts", current), "context") ?? throw Unusable(path, $"has no context '{current}'");
            var user = Text(context, "user") ?? throw Unusable(path, $"names no user in context '{current}'");
            return OfUser(path, user, Child(Named(root, "users", user), "user"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure($"The kubeconfig {path} cannot be read: {e.Message}");
        }
        catch (YamlException e)
        {
            throw Unusable(path, $"is not YAML, line {e.Start.Line}");
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            throw Unusable(path, $"has a client certificate or key that cannot be used: {e.Message}");
        }
    }

    private static Identity OfUser(string path, string name, YamlNode? user)
    {
        string? File(string key) => Text(user, key) is { } file ? System.IO.File.ReadAllText(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, file)) : null;
        string? Data(string key) => Text(user, key) is { } data ? Encoding.UTF8.GetString(Convert.FromBase64String(data)) : null;

        if ((Text(user, "token") ?? File("tokenFile")?.Trim()) is { } token)
        {
            return new Identity(new AuthenticationHeaderValue("Bearer", token), null);
        }

        if (Text(user, "username") is { } username && Text(user, "password") is { } password)
        {
            return Configuration.Identity.Basic(username, password);
        }

        if ((Data("client-certificate-data") ?? File("client-certificate")) is { } certificate && (Data("client-key-data") ?? File("client-key")) is { } key)
        {
            return new Identity(null, X509Certificate2.CreateFromPem(certificate, key));
        }

        throw Unusable(path, $"has no token, no username with password and no client certificate with key for user '{name}'");
    }

    private static YamlNode? Named(YamlNode? root, string list, string name) =>
        Child(root, list) is YamlSequenceNode items ? items.FirstOrDefault(item => Text(item, "name") == name) : null;

    private static YamlNode? Child(YamlNode? node, string key) =>
        node is YamlMappingNode mapping && mapping.Children.TryGetValue(new YamlScalarNode(key), out var child) ? child : null;

    private static string? Text(YamlNode? node, string key) => Child(node, key) is YamlScalarNode { Value: { Length: > 0 } text } ? text : null;

    private static CommandFailure Unusable(string path, string why) => new($"The kubeconfig {path} {why}.");
}
