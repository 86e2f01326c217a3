using System.Text.Json;

namespace Commissaire.Contracts.Networks;

/// <summary>A network.</summary>
/// <param name="Name">The name of the network.</param>
/// <param name="Type"><c>flannel_etcd</c> or <c>flannel_server</c>.</param>
/// <param name="Options">The options of the type: <c>address</c> for <c>flannel_server</c>.</param>
public sealed record NetworkResource(string Name, string Type, JsonElement Options);

/// <summary>The body of <c>PUT /api/v0/network/{name}</c>. Every field is optional.</summary>
public sealed record PutNetworkRequest
{
    /// <summary>The name of the network. Must equal the name in the path.</summary>
    public string? Name { get; init; }

    /// <summary><c>flannel_etcd</c> (default) or <c>flannel_server</c>.</summary>
    public string? Type { get; init; }

    /// <summary>The options of the type. Default: none.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Options { get; init; }
}
