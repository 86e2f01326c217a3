using System.Data.Common;
using System.Globalization;
using Commissaire.Storage;

namespace Commissaire.Security;

/// <summary>All processes that share a database encrypt with the same key: the first one writes down which it is, the others compare.</summary>
internal static class KeyInUse
{
    /// <summary>Compares a process's keys with that of the installation.</summary>
    /// <exception cref="StartupException">They are different ones.</exception>
    public static void Agree(Database database, SecretKeys keys, string path)
    {
        using var connection = database.Source.OpenConnection();
        Agree(connection, keys, path);
    }

    /// <summary>As part of what goes on in a connection.</summary>
    /// <exception cref="StartupException">They are different ones.</exception>
    public static void Agree(DbConnection connection, SecretKeys keys, string path)
    {
        using var command = connection.CreateCommand();
        var offered = keys.Digests("key in use");
        command.CommandText = "INSERT INTO key_in_use (id, digest) VALUES ('first', @digest) ON CONFLICT DO NOTHING; SELECT digest FROM key_in_use WHERE id = 'first'";
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = ("@digest", offered[0]);
        command.Parameters.Add(parameter);
        if (!offered.Contains(Convert.ToString(command.ExecuteScalar(), CultureInfo.InvariantCulture) ?? ""))
        {
            throw new StartupException(
                $"The key file '{path}' is not that of this installation: the database holds secrets encrypted with another key. Give every process the key file of the first one.");
        }
    }
}
