using System.Collections.Concurrent;
using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Hosting;
using Akka.Serialization;

namespace Commissaire.Server.Tests.Running;

/// <summary>
/// Has every message serialized on its way to an actor, as if each lived in another process. Akka's own messages that never leave a process have
/// no serializer and are handed on as they are; one of ours without a serializer fails.
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
        Passing.TryRemove(new Guid(bytes), out var obj) ? obj : throw new SerializationException("An object that is handed on within the process was read twice.");
}
