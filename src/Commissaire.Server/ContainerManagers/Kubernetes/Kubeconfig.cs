using System.Security.Cryptography;
using Commissaire.Storage;
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
            using var stream = new MemoryStream(OptionFile.Read(path));
            var file = KubernetesClientConfiguration.LoadKubeConfig(stream);
            if (Problem(file, context) is { } problem)
            {
                throw new KubeConfigException(problem);
            }

            // Paths in the file are relative to its directory.
            file.FileName = Path.GetFullPath(path);
            CheckFiles(file, Path.GetDirectoryName(file.FileName)!);
            return KubernetesClientConfiguration.BuildConfigFromConfigObject(file, context);
        }
        catch (Exception e) when (e is KubeConfigException or IOException or UnauthorizedAccessException or YamlException
            or CryptographicException or FormatException)
        {
            // The YAML parser's message may contain secrets from the file.
            var reason = e is YamlException yaml ? $"line {yaml.Start.Line} is not valid YAML" : e.Message;
            throw new FormatException($"kubeconfig: cannot use '{path}': {reason}", e);
        }
    }

    // The library would read an endless file to its end, and wait for the writer of a named pipe. The files of other contexts may be
    // missing.
    private static void CheckFiles(K8SConfiguration file, string directory)
    {
        var paths = file.Clusters.Select(c => c.ClusterEndpoint?.CertificateAuthority)
            .Concat(file.Users.SelectMany(u => new[] { u.UserCredentials?.ClientCertificate, u.UserCredentials?.ClientKey }));
        foreach (var path in paths.OfType<string>().Where(p => p.Length > 0).Select(p => Path.Combine(directory, p)).Where(File.Exists))
        {
            OptionFile.Read(path);
        }
    }

    private static string? Problem(K8SConfiguration? file, string? context)
    {
        if (file is null or { Contexts: null } or { Clusters: null } or { Users: null })
        {
            return "expected contexts, clusters and users.";
        }

        var user = Named(file.Contexts, c => c.Name, context ?? file.CurrentContext)?.ContextDetails?.User;
        const string Instead = "Use a kubeconfig with a token or a client certificate.";
        return Named(file.Users, u => u.Name, user)?.UserCredentials switch
        {
            { ExternalExecution: { } exec } => $"user '{user}' runs the program '{exec.Command}' (exec). {Instead}",
            { AuthProvider: { } provider } => $"user '{user}' needs the plug-in '{provider.Name}' (auth-provider). {Instead}",
            _ => null,
        };
    }

    // The client compares these names in the same way.
    private static T? Named<T>(IEnumerable<T>? all, Func<T, string> name, string? wanted) where T : class =>
        all?.FirstOrDefault(each => string.Equals(name(each), wanted, StringComparison.OrdinalIgnoreCase));
}
