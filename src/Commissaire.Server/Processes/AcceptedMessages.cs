using System.Collections.Frozen;
using System.Runtime.Serialization;
using Akka.Cluster.Serialization;
using Akka.Configuration;
using Akka.Dispatch.SysMsg;
using Akka.Hosting;
using Akka.Remote.Serialization;
using Akka.Serialization;

namespace Commissaire.Processes;

/// <summary>
/// Limits what this process reads from other processes to Commissaire's wire forms and to the messages by which Akka's cluster, sharding
/// and replicated data agree. Objects of any type, actors to create here, and messages that stop actors or remove members are refused: Akka
/// logs them and drops them.
/// </summary>
internal static class AcceptedMessages
{
    /// <summary>Replaces Akka's serializers that read more than processes send each other.</summary>
    public static AkkaConfigurationBuilder WithAcceptedMessages(this AkkaConfigurationBuilder akka) => akka.AddHocon(
        $$"""
        akka.actor.serializers {
          json = "{{typeof(NoMessages).AssemblyQualifiedName}}"
          proto = "{{typeof(NoMessages).AssemblyQualifiedName}}"
          daemon-create = "{{typeof(NoMessages).AssemblyQualifiedName}}"
          reliable-delivery = "{{typeof(NoMessages).AssemblyQualifiedName}}"
          akka-misc = "{{typeof(MiscMessages).AssemblyQualifiedName}}"
          akka-system-msg = "{{typeof(SystemMessages).AssemblyQualifiedName}}"
          akka-cluster = "{{typeof(ClusterMessages).AssemblyQualifiedName}}"
        }
        akka.actor.serialization-bindings { "Akka.Actor.Status+Failure, Akka" = commissaire }
        """, HoconAddMode.Prepend);

    private static SerializationException Refused(string manifest) =>
        new($"'{manifest}' is refused: no process of Commissaire sends it to another.");

    // Akka finds a serializer by its ID. With this one in their place, nothing has the IDs of the serializers that it replaces.
    private sealed class NoMessages(ExtendedActorSystem system) : Serializer(system)
    {
        // Akka has settings for its JSON serializer, and passes them.
        public NoMessages(ExtendedActorSystem system, Config settings)
            : this(system) => _ = settings;

        public override int Identifier => 4200;

        public override bool IncludeManifest => false;

        public override byte[] ToBinary(object obj) => throw new SerializationException($"{obj.GetType()} has no wire form.");

        public override object FromBinary(byte[] bytes, Type type) => throw Refused($"{type}");
    }

    // The heartbeats of death watch between processes, and references to actors.
    private sealed class MiscMessages(ExtendedActorSystem system) : SerializerWithStringManifest(system)
    {
        private static readonly FrozenSet<string> Accepted = ["AR", "RWHB", "RWHR"];

        private readonly MiscMessageSerializer _akka = new(system);

        public override int Identifier => 16;

        public override string Manifest(object o) => _akka.Manifest(o);

        public override byte[] ToBinary(object obj) => _akka.ToBinary(obj);

        public override object FromBinary(byte[] bytes, string manifest) =>
            Accepted.Contains(manifest) ? _akka.FromBinary(bytes, manifest) : throw Refused(manifest);
    }

    // Death watch alone: other system messages stop, create and restart actors.
    private sealed class SystemMessages(ExtendedActorSystem system) : Serializer(system)
    {
        private readonly SystemMessageSerializer _akka = new(system);

        public override int Identifier => 22;

        public override bool IncludeManifest => _akka.IncludeManifest;

        public override byte[] ToBinary(object obj) => _akka.ToBinary(obj);

        public override object FromBinary(byte[] bytes, Type type) =>
            type == typeof(Watch) || type == typeof(Unwatch) || type == typeof(DeathWatchNotification)
                ? _akka.FromBinary(bytes, type)
                : throw Refused($"{type}");
    }

    // A process leaves and downs members by its own daemon, which tells the others by gossip.
    private sealed class ClusterMessages(ExtendedActorSystem system) : ClusterMessageSerializer(system)
    {
        public override int Identifier => 5;

        public override object FromBinary(byte[] bytes, string manifest) =>
            manifest.Contains("ClusterUserAction", StringComparison.Ordinal)
            || manifest.Contains("Routing", StringComparison.Ordinal)
                ? throw Refused(manifest)
                : base.FromBinary(bytes, manifest);
    }
}
