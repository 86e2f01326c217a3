using Commissaire.Contracts;
using Commissaire.Contracts.ContainerManagers;

namespace Commissaire.ContainerManagers;

/// <summary>Reads and validates requests about container managers.</summary>
internal static class ContainerManagerRequests
{
    private static readonly string[] TrivialOptions = ["drain_seconds"];

    private static readonly string[] ServerOptions =
        [.. ContractsJson.Default.ContainerManagerOptions.Properties.Select(p => p.Name).Except(TrivialOptions)];

    /// <summary>Reads the type and the options of a container manager.</summary>
    /// <exception cref="InvalidRequestException">A field is invalid; the message names it.</exception>
    public static (ContainerManagerType Type, OptionSet Options) Definition(string name, PutContainerManagerRequest body)
    {
        InvalidRequestException.ThrowIfNamesDiffer(name, body.Name);
        var type = body.Type switch
        {
            null or "openshift" => ContainerManagerType.OpenShift,
            "kubernetes" => ContainerManagerType.Kubernetes,
            "trivial" => ContainerManagerType.Trivial,
            _ => throw new InvalidRequestException(
                $"type: '{body.Type}' is not a type of container manager; expected openshift, kubernetes or trivial."),
        };
        ThrowIfUnknown(type, body.Options?.Keys ?? []);
        return (type, OptionSetJson.Read(body.Options));
    }

    // Options are stored and shown in clear text, except for the secrets among the known ones.
    private static void ThrowIfUnknown(ContainerManagerType type, IEnumerable<string> options)
    {
        var known = type == ContainerManagerType.Trivial ? TrivialOptions : ServerOptions;
        if (options.Except(known).FirstOrDefault() is { } unknown)
        {
            throw new InvalidRequestException(
                UnknownName.Problem(unknown, $"an option of type {type.ToString().ToLowerInvariant()}", known));
        }
    }
}
