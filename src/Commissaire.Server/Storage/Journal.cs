using Akka.Actor.Setup;
using Akka.Hosting;
using Akka.Persistence.Sql.Config;
using Commissaire.Clusters;
using Commissaire.ContainerManagers;
using Commissaire.Hosts;
using Commissaire.Networks;
using Commissaire.Wire;
using LinqToDB;

namespace Commissaire.Storage;

/// <summary>Where events live, and how they and messages are written.</summary>
internal static class Journal
{
    /// <summary>Keeps events in the installation's database.</summary>
    public static AkkaConfigurationBuilder WithJournal(this AkkaConfigurationBuilder akka, Database database) =>
        akka.AddHocon(
            $$"""
            akka.persistence.journal.sql { connection-string = "{{database.ConnectionString}}", provider-name = "SQLite.MS" }
            akka.persistence.query.journal.sql { connection-string = "{{database.ConnectionString}}", provider-name = "SQLite.MS" }
            """, HoconAddMode.Prepend);

    /// <summary>Everything that goes to the journal or to another process goes through one serializer, and nothing past it.</summary>
    public static AkkaConfigurationBuilder WithWire(this AkkaConfigurationBuilder akka) =>
        akka.WithStrictSerialization().WithCustomSerializer(
            "commissaire",
            [
                typeof(HostCommand), typeof(HostQuery), typeof(HostReply), typeof(HostEvent),
                typeof(ClusterCommand), typeof(ClusterQuery), typeof(ClusterReply), typeof(ClusterEvent),
                typeof(NetworkCommand), typeof(NetworkReply), typeof(NetworkEvent),
                typeof(ContainerManagerCommand), typeof(ContainerManagerReply), typeof(ContainerManagerEvent),
            ],
            system => new ProtocolSerializer(system));

    /// <summary>
    /// How the journal opens the database. Two writers of one process meet at SQLite's lock: waiting inside SQLite takes a millisecond or two,
    /// while the driver's own retry sleeps for 150.
    /// </summary>
    public static Setup Options(Database database) => new DataOptionsSetup(
        new DataOptions().UseConnectionString(ProviderName.SQLiteMS, database.ConnectionString).UseAfterConnectionOpened(Database.Prepare));
}
