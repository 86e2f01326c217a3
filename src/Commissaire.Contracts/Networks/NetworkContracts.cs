using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;

namespace Commissaire.Contracts.Networks;

/// <summary>A network.</summary>
/// <param name="Name">The name of the network.</param>
/// <param name="Type"><c>flannel_etcd</c> or <c>flannel_server</c>.</param>
/// <param name="Options">The options of the type.</param>
/// <example>{"name": "backbone", "type": "flannel_server", "options": {"address": "192.168.152.100:8080"}}</example>
public sealed record NetworkResource(
    string Name, [property: AllowedValues("flannel_etcd", "flannel_server")] string Type, JsonElement Options);

/// <summary>The options of a network. Every option is optional; unknown options are rejected.</summary>
public sealed record NetworkOptions
{
    /// <summary>The flannel server, as <c>HOST</c> or <c>HOST:PORT</c>. Needed for type <c>flannel_server</c>.</summary>
    public string? Address { get; init; }
}

/// <summary>The body of <c>PUT /api/v0/network/{name}</c>. Every field is optional.</summary>
/// <example>{"type": "flannel_server", "options": {"address": "192.168.152.100:8080"}}</example>
public sealed record PutNetworkRequest
{
    /// <summary>The name of the network. Must equal the name in the path.</summary>
    public string? Name { get; init; }

    /// <summary><c>flannel_etcd</c> (default) or <c>flannel_server</c>.</summary>
    [AllowedValues("flannel_etcd", "flannel_server")]
    [DefaultValue("flannel_etcd")]
    public string? Type { get; init; }

    /// <summary>The options of the type. Default: none.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Options { get; init; }
}
