using System.Collections.Immutable;
using System.Data.Common;
using System.Security.Cryptography;
using Commissaire.Storage;

namespace Commissaire.Security;

/// <summary>Stores secrets as encrypted rows in the database. No other component keeps a secret longer than it uses it.</summary>
internal sealed class SecretStore(Database database, GroupCommit writes, SecretKeys keys)
{
    /// <summary>Stores a secret, and returns its new ID, which starts with the owner.</summary>
    /// <exception cref="DbException">The secret was not stored.</exception>
    public async Task<string> Add(string owner, ReadOnlyMemory<byte> secret)
    {
        var id = $"{owner}/{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12))}";
        var envelope = keys.Encrypt(id, secret.Span);
        await writes.Execute("INSERT INTO secret (id, envelope) VALUES (@id, @envelope)", ("@id", id), ("@envelope", envelope));
        return id;
    }

    /// <summary>Reads a secret; returns null if no secret has that ID.</summary>
    /// <exception cref="CryptographicException">The secret cannot be decrypted.</exception>
    public async Task<byte[]?> Read(string id, CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand("SELECT envelope FROM secret WHERE id = @id").With(("@id", id));
        return await command.ExecuteScalarAsync(ct) is byte[] envelope ? keys.Decrypt(id, envelope) : null;
    }

    public Task Remove(string id) => writes.Execute("DELETE FROM secret WHERE id = @id", ("@id", id));

    public Task RemoveAll(string owner) =>
        writes.Execute("DELETE FROM secret WHERE substr(id, 1, length(@owner)) = @owner", ("@owner", owner + "/"));

    /// <inheritdoc cref="SecretKeys.Digests" />
    public ImmutableArray<string> Digests(string text) => keys.Digests(text);

    /// <summary>Whether a database contains any secret.</summary>
    public static bool HasAny(Database database)
    {
        using var command = database.Source.CreateCommand("SELECT EXISTS (SELECT 1 FROM secret)");
        return Convert.ToInt64(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture) != 0;
    }
}
