using System.Collections.Concurrent;
using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Hosting;
using Akka.Serialization;

namespace Commissaire.Server.Tests.Running;

/// <summary>
/// Serializes every message to an actor, as if the actor lived in another process. Akka's own local messages have no serializer and pass as
/// they are; a message of Commissaire without a serializer fails.
/// </summary>
internal sealed class SerializedMessages(ExtendedActorSystem system) : Serializer(system)
{
    private static readonly ConcurrentDictionary<Guid, object> Passing = new();

    public override int Identifier => 4299;

    public override bool IncludeManifest => false;

    public static void AddTo(AkkaConfigurationBuilder akka) => akka.AddHocon(
        $$"""
        akka.actor {
          serialize-messages = on
          serialization-settings.allow-unregistered-types = on
          serializers.passing = "{{typeof(SerializedMessages).AssemblyQualifiedName}}"
          serialization-bindings."System.Object" = passing
        }
        """, HoconAddMode.Prepend);

    public override byte[] ToBinary(object obj)
    {
        if (obj.GetType().Namespace?.StartsWith("Akka.", StringComparison.Ordinal) != true)
        {
            throw new SerializationException($"{obj.GetType()} has no serializer, and cannot be sent to another process.");
        }

        var id = Guid.NewGuid();
        Passing[id] = obj;
        return id.ToByteArray();
    }

    public override object FromBinary(byte[] bytes, Type type) =>
        Passing.TryRemove(new Guid(bytes), out var obj)
            ? obj
            : throw new SerializationException("A local object was deserialized twice.");
}
