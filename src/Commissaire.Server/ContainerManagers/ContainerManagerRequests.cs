using Commissaire.Contracts.ContainerManagers;

namespace Commissaire.ContainerManagers;

/// <summary>Reads and validates requests about container managers.</summary>
internal static class ContainerManagerRequests
{
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
        return (type, OptionSetJson.Read(body.Options));
    }
}
