using System.Text.Json;
using Akka.Actor;
using Akka.Serialization;

namespace Commissaire.Wire;

/// <summary>Writes and reads everything in <see cref="Promises"/> as JSON that a person can read in the database.</summary>
/// <param name="system">The actor system it serves.</param>
internal sealed class ProtocolSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <summary>Stands in every journal row; never changes.</summary>
    public const int Id = 4201;

    public override int Identifier => Id;

    public override string Manifest(object o) =>
        Promises.Manifests.GetValueOrDefault(o.GetType()) ?? throw new ArgumentException($"{o.GetType()} has no name on the wire: add a line to {nameof(Promises)}.", nameof(o));

    public override byte[] ToBinary(object obj) => JsonSerializer.SerializeToUtf8Bytes(obj, obj.GetType(), WireJson.Default);

    public override object FromBinary(byte[] bytes, string manifest) =>
        Promises.Types.TryGetValue(manifest, out var type)
            ? JsonSerializer.Deserialize(bytes, type, WireJson.Default) ?? throw new InvalidDataException($"'{manifest}' holds nothing.")
            : throw new InvalidDataException($"'{manifest}' is unknown: it was written by a later version of Commissaire.");
}
