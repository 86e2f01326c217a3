using Commissaire.Contracts;
using Commissaire.Contracts.ContainerManagers;

namespace Commissaire.ContainerManagers;

/// <summary>Turns the replies of container managers into HTTP.</summary>
internal static class ContainerManagerAnswers
{
    public static IResult Of(string name, ContainerManagerReply reply, int status = 200) => reply switch
    {
        ContainerManagerReply.Created(var view) => Json(Resource(view), 201),
        ContainerManagerReply.Renewed(var view) => Json(Resource(view), status),
        ContainerManagerReply.Described(var view) => Json(Resource(view), status),
        ContainerManagerReply.Reached reached => Json(
            Resource(reached.View) with { Reachable = reached.Reachable, LastError = reached.LastError }, status),
        ContainerManagerReply.Different => Answers.Problem(
            409, $"Container manager '{name}' exists with another type or other options. Delete it first to replace it."),
        _ => Unknown(name),
    };

    public static IResult Unknown(string name) => Answers.Problem(404, $"There is no container manager '{name}'.");

    public static IResult InvalidName(string name) =>
        Answers.Problem(404, $"'{name}' is not a valid name for a container manager; expected {ResourceName.Expectation}.");

    /// <summary>The body names a container manager that does not exist.</summary>
    public static IResult Missing(string name) =>
        Answers.Problem(409, $"container_manager: there is no container manager '{name}'. Create it first.");

    public static IResult InUse(string name, string cluster) => Answers.Problem(
        409, $"Container manager '{name}' is used by cluster '{cluster}'. Give that cluster another container manager, or none, first.");

    public static string ToWireName(this ContainerManagerType type) => type switch
    {
        ContainerManagerType.OpenShift => "openshift",
        ContainerManagerType.Kubernetes => "kubernetes",
        _ => "trivial",
    };

    private static ContainerManagerResource Resource(ContainerManagerView view) =>
        new(view.Name.Value, view.Type.ToWireName(), OptionSetJson.Write(view.Options));

    private static IResult Json(ContainerManagerResource manager, int status) =>
        Answers.Json(manager, ContractsJson.Default.ContainerManagerResource, status);
}
