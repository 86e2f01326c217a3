using Commissaire.Contracts;
using Commissaire.Contracts.Networks;

namespace Commissaire.Networks;

/// <summary>Reads and validates requests about networks.</summary>
internal static class NetworkRequests
{
    private static readonly string[] Options = [.. ContractsJson.Default.NetworkOptions.Properties.Select(p => p.Name)];

    /// <summary>Reads the definition of a network.</summary>
    /// <exception cref="InvalidRequestException">A field is invalid; the message names it.</exception>
    public static NetworkDefinition Definition(ResourceName network, PutNetworkRequest body)
    {
        InvalidRequestException.ThrowIfNamesDiffer(network.Value, body.Name);
        var type = body.Type switch
        {
            null or "flannel_etcd" => NetworkType.FlannelEtcd,
            "flannel_server" => NetworkType.FlannelServer,
            _ => throw new InvalidRequestException(
                $"type: '{body.Type}' is not a type of network; expected flannel_etcd or flannel_server."),
        };
        if (body.Options?.Keys.FirstOrDefault(option => !Options.Contains(option)) is { } unknown)
        {
            throw new InvalidRequestException(UnknownName.Problem(unknown, "an option of a network", Options));
        }

        var definition = new NetworkDefinition(network, type, OptionSetJson.Read(body.Options));
        return definition.Problem is { } problem ? throw new InvalidRequestException($"{problem}.") : definition;
    }
}
