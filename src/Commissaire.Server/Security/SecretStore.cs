using System.Collections.Immutable;
using System.Data.Common;
using System.Security.Cryptography;
using Commissaire.Storage;

namespace Commissaire.Security;

/// <summary>Where secrets are: encrypted rows beside the journal. Nothing else holds one for longer than it takes to use it.</summary>
internal sealed class SecretStore(Database database, GroupCommit writes, SecretKeys keys)
{
    /// <summary>Stores a secret under an id of its own.</summary>
    /// <param name="owner">Whose it is; the id begins with it.</param>
    /// <param name="secret">The secret.</param>
    /// <returns>The id.</returns>
    /// <exception cref="DbException">It could not be stored.</exception>
    public async Task<string> Add(string owner, ReadOnlyMemory<byte> secret)
    {
        var id = $"{owner}/{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12))}";
        await writes.Write(
            "INSERT INTO secret (id, envelope) VALUES (@id, @envelope)", ("@id", id), ("@envelope", keys.Seal(id, secret.Span)));
        return id;
    }

    /// <summary>Reads a secret; null when there is none of that id.</summary>
    /// <exception cref="CryptographicException">It cannot be decrypted.</exception>
    public async Task<byte[]?> Read(string id, CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand("SELECT envelope FROM secret WHERE id = @id");
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = ("@id", id);
        command.Parameters.Add(parameter);
        return await command.ExecuteScalarAsync(ct) is byte[] envelope ? keys.Open(id, envelope) : null;
    }

    /// <summary>Removes one secret.</summary>
    public Task Remove(string id) => writes.Write("DELETE FROM secret WHERE id = @id", ("@id", id));

    /// <summary>Removes all secrets of an owner.</summary>
    public Task RemoveAll(string owner) =>
        writes.Write("DELETE FROM secret WHERE substr(id, 1, length(@owner)) = @owner", ("@owner", owner + "/"));

    /// <inheritdoc cref="SecretKeys.Digests" />
    public ImmutableArray<string> Digests(string text) => keys.Digests(text);

    /// <summary>Whether a database holds any secret.</summary>
    public static bool HasAny(Database database)
    {
        using var command = database.Source.CreateCommand("SELECT EXISTS (SELECT 1 FROM secret)");
        return Convert.ToInt64(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture) != 0;
    }
}
