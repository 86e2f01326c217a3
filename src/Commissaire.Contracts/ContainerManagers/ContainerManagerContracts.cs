using System.Text.Json;
using System.Text.Json.Serialization;

namespace Commissaire.Contracts.ContainerManagers;

/// <summary>A container manager.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type"><c>openshift</c>, <c>kubernetes</c> or <c>trivial</c>.</param>
/// <param name="Options">Options of the type; secret ones read back as <c>***</c>.</param>
public sealed record ContainerManagerResource(string Name, string Type, JsonElement Options)
{
    /// <summary>Whether the server answered when it was last talked to; absent where there is none, or it was not talked to yet.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Reachable { get; init; }

    /// <summary>What went wrong then; empty when nothing did.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? LastError { get; init; }
}

/// <summary>The body of <c>PUT /api/v0/containermanager/{name}</c>; everything is optional.</summary>
public sealed record PutContainerManagerRequest
{
    /// <summary>Its name, if it is to stand here too; it must be that of the path.</summary>
    public string? Name { get; init; }

    /// <summary><c>openshift</c> (the default), <c>kubernetes</c> or <c>trivial</c>.</summary>
    public string? Type { get; init; }

    /// <summary>An object.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Options { get; init; }
}
