using System.Text.Json;

namespace Commissaire.Contracts.Networks;

/// <summary>A network.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type"><c>flannel_etcd</c> or <c>flannel_server</c>.</param>
/// <param name="Options">Options of the type; <c>address</c> for <c>flannel_server</c>.</param>
public sealed record NetworkResource(string Name, string Type, JsonElement Options);

/// <summary>The body of <c>PUT /api/v0/network/{name}</c>; everything is optional.</summary>
public sealed record PutNetworkRequest
{
    /// <summary>Its name, if it is to stand here too; it must be that of the path.</summary>
    public string? Name { get; init; }

    /// <summary><c>flannel_etcd</c> (the default) or <c>flannel_server</c>.</summary>
    public string? Type { get; init; }

    /// <summary>An object.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Options { get; init; }
}
