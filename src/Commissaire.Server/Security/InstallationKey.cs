using System.Data.Common;
using Commissaire.Storage;

namespace Commissaire.Security;

/// <summary>Ensures that all processes use the same key: the first process records a digest of its key, the others compare.</summary>
internal static class InstallationKey
{
    /// <summary>Records the key of this process if none is recorded, else compares it with the recorded key.</summary>
    /// <exception cref="StartupException">The recorded key is not in the key file.</exception>
    public static void RecordOrVerify(Database database, SecretKeys keys, string path)
    {
        using var connection = database.Source.OpenConnection();
        RecordOrVerify(connection, keys, path);
    }

    /// <summary>Does the same within the current transaction of a connection.</summary>
    /// <exception cref="StartupException">The recorded key is not in the key file.</exception>
    public static void RecordOrVerify(DbConnection connection, SecretKeys keys, string path)
    {
        using var command = connection.CreateCommand();
        var digests = keys.Digests("key in use");
        command.CommandText =
            """
            INSERT INTO key_in_use (id, digest) VALUES ('first', @digest) ON CONFLICT DO NOTHING;
            SELECT digest FROM key_in_use WHERE id = 'first'
            """;
        if (!digests.Contains(command.With(("@digest", digests[0])).ExecuteScalar() as string ?? ""))
        {
            throw new StartupException(
                $"key_file: '{path}' does not contain the key of this installation: the secrets in the database are encrypted with another "
                + "key. Give every process the key file of the first process.");
        }
    }
}
