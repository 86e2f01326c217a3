using Akka.Actor.Setup;
using Akka.Hosting;
using Akka.Persistence.Sql.Config;
using Commissaire.Clusters;
using Commissaire.ContainerManagers;
using Commissaire.Hosts;
using Commissaire.Networks;
using Commissaire.Operations;
using Commissaire.Tokens;
using Commissaire.Wire;
using LinqToDB;
using LinqToDB.Data;
using LinqToDB.DataProvider.SQLite;

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
                typeof(OperationCommand), typeof(OperationQuery), typeof(OperationReply), typeof(OperationEvent),
                typeof(TokenCommand), typeof(TokenReply), typeof(TokenEvent),
            ],
            system => new ProtocolSerializer(system));

    /// <summary>How the journal opens the database: taking turns with whoever else writes.</summary>
    public static Setup Options(Database database) => new DataOptionsSetup(
        new DataOptions(new ConnectionOptions(ProviderName: ProviderName.SQLiteMS)).UseConnectionFactory(SQLiteTools.GetDataProvider(SQLiteProvider.Microsoft), _ => database.Connect()));
}
