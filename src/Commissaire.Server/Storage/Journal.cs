using Akka.Actor;
using Akka.Hosting;
using Akka.Serialization;
using Commissaire.Clusters;
using Commissaire.ContainerManagers;
using Commissaire.Hosts;
using Commissaire.Networks;
using Commissaire.Runs;
using Commissaire.Tokens;
using Commissaire.Wire;

namespace Commissaire.Storage;

/// <summary>Where events live, and how they and messages are written.</summary>
internal static class Journal
{
    /// <summary>Keeps events in the installation's database.</summary>
    public static AkkaConfigurationBuilder WithJournal(this AkkaConfigurationBuilder akka, Database database)
    {
        var connection = $$"""{ connection-string = "{{database.ConnectionString.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}}", provider-name = "{{database.JournalProvider}}" }""";
        akka.AddHocon($"akka.persistence.journal.sql {connection}\nakka.persistence.query.journal.sql {connection}", HoconAddMode.Prepend);
        return database.JournalOptions is { } options ? akka.AddSetup(options) : akka;
    }

    /// <summary>Everything that goes to the journal or to another process goes through one serializer, and nothing past it.</summary>
    /// <param name="akka">Where it is set up.</param>
    /// <param name="serializer">How another version would write; this version's way if null.</param>
    public static AkkaConfigurationBuilder WithWire(this AkkaConfigurationBuilder akka, Func<ExtendedActorSystem, Serializer>? serializer = null) =>
        akka.WithStrictSerialization().WithCustomSerializer(
            "commissaire",
            [
                typeof(HostCommand), typeof(HostQuery), typeof(HostReply), typeof(HostEvent),
                typeof(ClusterCommand), typeof(ClusterQuery), typeof(ClusterReply), typeof(ClusterEvent),
                typeof(NetworkCommand), typeof(NetworkReply), typeof(NetworkEvent),
                typeof(ContainerManagerCommand), typeof(ContainerManagerReply), typeof(ContainerManagerEvent),
                typeof(RunCommand), typeof(RunQuery), typeof(RunReply), typeof(RunEvent),
                typeof(TokenCommand), typeof(TokenReply), typeof(TokenEvent),
            ],
            serializer ?? (system => new ProtocolSerializer(system)));
}
