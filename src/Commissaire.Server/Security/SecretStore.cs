using System.Collections.Immutable;
using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using Commissaire.Storage;

namespace Commissaire.Security;

/// <summary>Stores secrets as encrypted rows in the database. No other component keeps a secret longer than it uses it.</summary>
internal sealed class SecretStore(Database database, GroupCommit writes, SecretKeys keys)
{
    private const char AfterSlash = (char)('/' + 1);

    /// <summary>Encrypts a secret, under a new ID that starts with the owner. It is not stored yet.</summary>
    public EncryptedSecret Encrypt(string owner, ReadOnlyMemory<byte> secret)
    {
        var id = $"{owner}/{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12))}";
        return new EncryptedSecret(id, keys.Encrypt(id, secret.Span));
    }

    /// <summary>
    /// Stores an encrypted secret. The entity that owns it calls this: only it knows whether the secret is in use, and removes it
    /// otherwise.
    /// </summary>
    /// <exception cref="DbException">The secret was not stored.</exception>
    public Task Add(EncryptedSecret secret) => writes.Execute(
        "INSERT INTO secret (id, envelope) VALUES (@id, @envelope)", ("@id", secret.Id), ("@envelope", secret.Envelope.ToArray()));

    /// <summary>Encrypts and stores a secret, and returns its new ID, which starts with the owner.</summary>
    /// <exception cref="DbException">The secret was not stored.</exception>
    public async Task<string> Add(string owner, ReadOnlyMemory<byte> secret)
    {
        var encrypted = Encrypt(owner, secret);
        await Add(encrypted);
        return encrypted.Id;
    }

    /// <summary>Reads a secret; returns null if no secret has that ID.</summary>
    /// <exception cref="CryptographicException">The secret cannot be decrypted.</exception>
    public async Task<byte[]?> Read(string id, CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand("SELECT envelope FROM secret WHERE id = @id").With(("@id", id));
        return await command.ExecuteScalarAsync(ct) is byte[] envelope ? keys.Decrypt(id, envelope) : null;
    }

    public Task Remove(string id) => writes.Execute("DELETE FROM secret WHERE id = @id", ("@id", id));

    /// <summary>Removes all secrets of an owner.</summary>
    public Task RemoveAll(string owner) => RemoveOthers(owner, "");

    /// <summary>Removes the secrets of an owner but one. A process that died between storing a secret and recording it leaves it.</summary>
    public async Task RemoveOthers(string owner, string kept)
    {
        if (await HasOthers(owner, kept))
        {
            await writes.Execute(
                "DELETE FROM secret WHERE id > @from AND id < @to AND id <> @kept",
                ("@from", owner + "/"), ("@to", owner + AfterSlash), ("@kept", kept));
        }
    }

    /// <summary>Returns the owners of all secrets whose name starts with a prefix.</summary>
    public async Task<IReadOnlySet<string>> Owners(string prefix, CancellationToken ct)
    {
        await using var command = database.Source.CreateCommand("SELECT id FROM secret WHERE id > @from AND id < @to")
            .With(("@from", prefix + "/"), ("@to", prefix + AfterSlash));
        await using var row = await command.ExecuteReaderAsync(ct);
        var owners = new HashSet<string>(StringComparer.Ordinal);
        while (await row.ReadAsync(ct))
        {
            var id = row.GetString(0);
            owners.Add(id[..id.LastIndexOf('/')]);
        }

        return owners;
    }

    // Most owners have no other secret, and reads do not wait for writes.
    private async Task<bool> HasOthers(string owner, string kept)
    {
        await using var command = database.Source.CreateCommand(
            "SELECT EXISTS (SELECT 1 FROM secret WHERE id > @from AND id < @to AND id <> @kept)")
            .With(("@from", owner + "/"), ("@to", owner + AfterSlash), ("@kept", kept));
        return IsTrue(await command.ExecuteScalarAsync());
    }

    /// <inheritdoc cref="SecretKeys.Digests" />
    public ImmutableArray<string> Digests(string text) => keys.Digests(text);

    /// <summary>Whether a database contains any secret.</summary>
    public static bool HasAny(Database database)
    {
        using var command = database.Source.CreateCommand("SELECT EXISTS (SELECT 1 FROM secret)");
        return IsTrue(command.ExecuteScalar());
    }

    // SQLite has no booleans.
    private static bool IsTrue(object? value) => Convert.ToInt64(value, CultureInfo.InvariantCulture) != 0;
}
