using System.Text.Json;
using System.Text.Json.Serialization;

namespace Commissaire.Contracts.ContainerManagers;

/// <summary>A container manager.</summary>
/// <param name="Name">The name of the container manager.</param>
/// <param name="Type"><c>openshift</c>, <c>kubernetes</c> or <c>trivial</c>.</param>
/// <param name="Options">The options of the type. Secret options, such as <c>token</c>, read back as <c>***</c>.</param>
public sealed record ContainerManagerResource(string Name, string Type, JsonElement Options)
{
    /// <summary>Whether the API server answered the last request. Absent for type <c>trivial</c> and before the first request.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Reachable { get; init; }

    /// <summary>The error of the last request to the API server; empty if it succeeded. Absent when <c>reachable</c> is absent.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? LastError { get; init; }
}

/// <summary>The body of <c>PUT /api/v0/containermanager/{name}</c>. Every field is optional.</summary>
public sealed record PutContainerManagerRequest
{
    /// <summary>The name of the container manager. Must equal the name in the path.</summary>
    public string? Name { get; init; }

    /// <summary><c>openshift</c> (default), <c>kubernetes</c> or <c>trivial</c>.</summary>
    public string? Type { get; init; }

    /// <summary>The options of the type, such as <c>server_url</c> and <c>token</c>. Default: none.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Options { get; init; }
}
