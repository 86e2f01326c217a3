using System.Collections.Immutable;
using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using Commissaire.Storage;

namespace Commissaire.Security;

/// <summary>Stores secrets as encrypted rows in the database. No other component keeps a secret longer than it uses it.</summary>
internal sealed class SecretStore(Database database, GroupCommit writes, SecretKeys keys) : IDisposable
{
    private readonly SemaphoreSlim _erasing = new(1);
    private int _removed;

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

    /// <summary>Removes a secret, and its bytes from the files of the database.</summary>
    /// <exception cref="DbException">The secret was not removed.</exception>
    public async Task Remove(string id)
    {
        await writes.Execute("DELETE FROM secret WHERE id = @id", ("@id", id));
        Interlocked.Increment(ref _removed);
        await _erasing.WaitAsync();
        try
        {
            // One pass erases all that were removed until it began.
            if (Interlocked.Exchange(ref _removed, 0) > 0)
            {
                await database.EraseDeleted();
            }
        }
        catch (DbException)
        {
            // The secret is removed. The next pass erases its bytes too.
            Interlocked.Increment(ref _removed);
        }
        finally
        {
            _erasing.Release();
        }
    }

    /// <summary>Removes all secrets of an owner.</summary>
    public async Task RemoveAll(string owner)
    {
        foreach (var id in await Ids(owner))
        {
            await Remove(id);
        }
    }

    /// <summary>Returns the IDs of all secrets whose owner is, or starts with, a path.</summary>
    public async Task<IReadOnlyList<string>> Ids(string owner)
    {
        const char AfterSlash = (char)('/' + 1);
        await using var command = database.Source.CreateCommand("SELECT id FROM secret WHERE id > @from AND id < @to")
            .With(("@from", owner + "/"), ("@to", owner + AfterSlash));
        await using var row = await command.ExecuteReaderAsync();
        var ids = new List<string>();
        while (await row.ReadAsync())
        {
            ids.Add(row.GetString(0));
        }

        return ids;
    }

    public void Dispose() => _erasing.Dispose();

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
