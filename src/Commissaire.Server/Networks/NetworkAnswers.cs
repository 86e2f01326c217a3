using Commissaire.Contracts;
using Commissaire.Contracts.Networks;

namespace Commissaire.Networks;

/// <summary>Turns the replies of networks into HTTP.</summary>
internal static class NetworkAnswers
{
    public static IResult Of(string name, NetworkReply reply, int status = 200) => reply switch
    {
        NetworkReply.Described(var n) => Answers.Json(
            new NetworkResource(name, n.Type.ToWireName(), OptionSetJson.Write(n.Options)), ContractsJson.Default.NetworkResource, status),
        NetworkReply.Different(var n) => Answers.Problem(
            409, $"Network '{name}' exists with type {n.Type.ToWireName()} and options {n.Options}. Delete it first to replace it."),
        _ => Unknown(name),
    };

    public static IResult Unknown(string name) => Answers.Problem(404, $"There is no network '{name}'.");

    public static IResult InvalidName(string name) =>
        Answers.Problem(404, $"'{name}' is not a valid name for a network; expected {ResourceName.Expectation}.");

    public static IResult InUse(string name, string cluster) =>
        Answers.Problem(409, $"Network '{name}' is used by cluster '{cluster}'. Give that cluster another network first.");

    private static string ToWireName(this NetworkType type) => type == NetworkType.FlannelEtcd ? "flannel_etcd" : "flannel_server";
}
