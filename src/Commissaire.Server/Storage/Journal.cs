using Akka.Hosting;
using Akka.Persistence;
using Akka.Serialization;
using Commissaire.Clusters;
using Commissaire.ContainerManagers;
using Commissaire.Networks;
using Commissaire.Runs;
using Commissaire.Tokens;
using Commissaire.Wire;

namespace Commissaire.Storage;

/// <summary>Configures the event journal and the serialization of events and messages.</summary>
internal static class Journal
{
    /// <summary>Stores events in the installation's database, whose journal starts with the server.</summary>
    public static AkkaConfigurationBuilder WithJournal(this AkkaConfigurationBuilder akka, Database database)
    {
        var escaped = database.ConnectionString.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal);
        var connection = $$"""{ connection-string = "{{escaped}}", provider-name = "{{database.JournalProvider}}" }""";
        akka.AddHocon($"akka.persistence.journal.sql {connection}\nakka.persistence.query.journal.sql {connection}", HoconAddMode.Prepend);

        // Otherwise the first entity starts it, and a new SQLite database has no table of events until then.
        akka.AddStartup((system, _) => Persistence.Instance.Apply(system).JournalFor(""));
        return database.JournalSetup is { } setup ? akka.AddSetup(setup) : akka;
    }

    /// <summary>Serializes all events and remote messages with one serializer, which tests may replace, and rejects other types.</summary>
    public static AkkaConfigurationBuilder WithWireSerializer(
        this AkkaConfigurationBuilder akka, Func<ExtendedActorSystem, Serializer>? serializer = null) =>
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
