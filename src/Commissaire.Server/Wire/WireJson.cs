using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Commissaire.Clusters;
using Commissaire.ContainerManagers;
using Commissaire.Networks;
using Commissaire.Runs;
using Commissaire.Tokens;

namespace Commissaire.Wire;

/// <summary>The JSON of everything that goes to the journal or to another process.</summary>
internal static class WireJson
{
    /// <summary>Camel case, enums as strings, nulls left out, and values that parse themselves as strings.</summary>
    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        TypeInfoResolver = JsonTypeInfoResolver.Combine(
            HostJson.Default, ClusterJson.Default, RunJson.Default, NetworkJson.Default, ContainerManagerJson.Default, TokenJson.Default,
            FailureJson.Default),
        Converters =
        {
            new JsonStringEnumConverter(),
            new ParsableConverter<HostAddress>(),
            new ParsableConverter<ResourceName>(),
            new ParsableConverter<RunId>(),
            new ParsableConverter<Limit>(),
            new OptionSetConverter(),
        },
    };
}

// Each base type brings the derived types that it declares. Where an entity uses one name twice, the second needs a property name.
[JsonSerializable(typeof(HostEvent))]
[JsonSerializable(typeof(HostCommand))]
[JsonSerializable(typeof(HostQuery))]
[JsonSerializable(typeof(HostReply))]
[JsonSerializable(typeof(HostReply.Registered), TypeInfoPropertyName = "RegisteredReply")]
[JsonSerializable(typeof(HostReply.Released), TypeInfoPropertyName = "ReleasedReply")]
[JsonSerializable(typeof(HostCommand.TurnAcknowledged), TypeInfoPropertyName = "TurnAcknowledgedCommand")]
internal sealed partial class HostJson : JsonSerializerContext;

[JsonSerializable(typeof(ClusterEvent))]
[JsonSerializable(typeof(ClusterCommand))]
[JsonSerializable(typeof(ClusterQuery))]
[JsonSerializable(typeof(ClusterReply))]
[JsonSerializable(typeof(ClusterReply.Runs), TypeInfoPropertyName = "RunsReply")]
internal sealed partial class ClusterJson : JsonSerializerContext;

[JsonSerializable(typeof(RunEvent))]
[JsonSerializable(typeof(RunCommand))]
[JsonSerializable(typeof(RunQuery))]
[JsonSerializable(typeof(RunReply))]
internal sealed partial class RunJson : JsonSerializerContext;

[JsonSerializable(typeof(NetworkEvent))]
[JsonSerializable(typeof(NetworkCommand))]
[JsonSerializable(typeof(NetworkReply))]
internal sealed partial class NetworkJson : JsonSerializerContext;

[JsonSerializable(typeof(ContainerManagerEvent))]
[JsonSerializable(typeof(ContainerManagerCommand))]
[JsonSerializable(typeof(ContainerManagerReply))]
[JsonSerializable(typeof(ContainerManagerReply.Created), TypeInfoPropertyName = "CreatedReply")]
internal sealed partial class ContainerManagerJson : JsonSerializerContext;

[JsonSerializable(typeof(TokenEvent))]
[JsonSerializable(typeof(TokenCommand))]
[JsonSerializable(typeof(TokenReply))]
internal sealed partial class TokenJson : JsonSerializerContext;

[JsonSerializable(typeof(EntityFailure))]
internal sealed partial class FailureJson : JsonSerializerContext;
