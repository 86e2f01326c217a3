using System.Text.Json;
using System.Text.Json.Nodes;
using Akka.Actor;
using Akka.Serialization;
using Commissaire.Wire;

namespace Commissaire.NextVersion;

/// <summary>Writes as this version does, and adds fields that this version does not know.</summary>
/// <param name="system">The actor system.</param>
internal sealed class LaterSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private readonly ProtocolSerializer _now = new(system);

    public override int Identifier => ProtocolSerializer.Id;

    public override string Manifest(object o) => _now.Manifest(o);

    public override byte[] ToBinary(object obj)
    {
        var message = JsonNode.Parse(_now.ToBinary(obj))!.AsObject();
        message["sinceNextVersion"] = new JsonObject { ["text"] = "new", ["list"] = new JsonArray(1, 2) };
        return JsonSerializer.SerializeToUtf8Bytes(message);
    }

    public override object FromBinary(byte[] bytes, string manifest) => _now.FromBinary(bytes, manifest);
}
