using System.Security.Cryptography;
using k8s;
using k8s.Exceptions;
using k8s.KubeConfigModels;
using YamlDotNet.Core;

namespace Commissaire.ContainerManagers.Kubernetes;

/// <summary>Reads the client configuration of a Kubernetes API from a kubeconfig.</summary>
internal static class Kubeconfig
{
    /// <summary>Reads a kubeconfig. Credentials that need a program are rejected: the server runs no program that a file names.</summary>
    /// <exception cref="FormatException">The file cannot be used; the message starts with the option.</exception>
    public static KubernetesClientConfiguration Read(string path, string? context)
    {
        try
        {
            var file = KubernetesClientConfiguration.LoadKubeConfig(path);
            RejectPrograms(path, file, context ?? file.CurrentContext);
            return KubernetesClientConfiguration.BuildConfigFromConfigObject(file, context);
        }
        catch (Exception e) when (e is KubeConfigException or IOException or UnauthorizedAccessException or YamlException
            or CryptographicException)
        {
            // The YAML parser's message may contain secrets from the file.
            var reason = e is YamlException yaml ? $"line {yaml.Start.Line} is not valid YAML" : e.Message;
            throw new FormatException($"kubeconfig: cannot use '{path}': {reason}", e);
        }
    }

    private static void RejectPrograms(string path, K8SConfiguration file, string? context)
    {
        var user = Named(file.Contexts, c => c.Name, context)?.ContextDetails?.User;
        var problem = Named(file.Users, u => u.Name, user)?.UserCredentials switch
        {
            { ExternalExecution: { } exec } => $"runs the program '{exec.Command}' (exec)",
            { AuthProvider: { } provider } => $"needs the plug-in '{provider.Name}' (auth-provider)",
            _ => null,
        };
        if (problem is not null)
        {
            throw new FormatException(
                $"kubeconfig: user '{user}' in '{path}' {problem}. Use a kubeconfig with a token or a client certificate.");
        }
    }

    // The client compares these names in the same way.
    private static T? Named<T>(IEnumerable<T>? all, Func<T, string> name, string? wanted) where T : class =>
        all?.FirstOrDefault(each => string.Equals(name(each), wanted, StringComparison.OrdinalIgnoreCase));
}
