using System.Text.Json;
using Akka.Serialization;

namespace Commissaire.Wire;

/// <summary>Writes and reads every type in <see cref="WireNames"/> as JSON that a person can read in the database.</summary>
internal sealed class ProtocolSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <summary>The serializer ID in every journal row: never change it.</summary>
    public const int Id = 4201;

    public override int Identifier => Id;

    public override string Manifest(object o) => o is Status.Failure
        ? EntityFailure.Name
        : WireNames.Names.GetValueOrDefault(o.GetType())
            ?? throw new ArgumentException($"{o.GetType()} has no name on the wire: declare one with JsonDerivedType on its base type.",
                nameof(o));

    public override byte[] ToBinary(object obj)
    {
        var written = obj is Status.Failure failure ? EntityFailure.Of(failure) : obj;
        return JsonSerializer.SerializeToUtf8Bytes(written, WireJson.Options.GetTypeInfo(written.GetType()));
    }

    public override object FromBinary(byte[] bytes, string manifest)
    {
        var read = WireNames.Types.TryGetValue(manifest, out var type)
            ? JsonSerializer.Deserialize(bytes, WireJson.Options.GetTypeInfo(type))
                ?? throw new InvalidDataException($"'{manifest}' is null.")
            : throw new InvalidDataException($"'{manifest}' is unknown: a newer version wrote it, or the journal is damaged.");
        return read is EntityFailure failure ? failure.ToStatus() : read;
    }
}
