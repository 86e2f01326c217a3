using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Commissaire.Storage;

namespace Commissaire.Security;

/// <summary>The keys of the secret store, from a private file. The first key encrypts; all keys decrypt.</summary>
internal sealed class SecretKeys
{
    private const int KeySize = 32;

    private readonly ImmutableArray<SecretKey> _keys;

    private SecretKeys(ImmutableArray<SecretKey> keys) => _keys = keys;

    /// <summary>Loads the key file. A missing file may be created only if the database contains no secrets yet.</summary>
    /// <exception cref="StartupException">The file cannot be read, or is missing and may not be created.</exception>
    public static SecretKeys Load(string path, bool createIfMissing)
    {
        if (!File.Exists(path))
        {
            if (!createIfMissing)
            {
                throw new StartupException(
                    $"key_file: '{path}' is missing, but the database contains secrets encrypted with it. Restore the file from a backup: "
                    + "the private keys of the hosts cannot be read without it.");
            }

            var fresh = new SecretKey("k1", RandomNumberGenerator.GetBytes(KeySize));
            PrivateFile.Create(path, JsonSerializer.SerializeToUtf8Bytes(new SecretKeyFile([fresh]), SecretKeyJson.Default.SecretKeyFile));
            return new SecretKeys([fresh]);
        }

        try
        {
            var keys = JsonSerializer.Deserialize(OptionFile.Read(path), SecretKeyJson.Default.SecretKeyFile)?.Keys ?? [];
            return keys.Length > 0 && keys.All(k => k is { Key.Length: KeySize, Id.Length: > 0 and < 256 })
                ? new SecretKeys([.. keys])
                : throw new StartupException($"key_file: '{path}' has no usable key: expected {KeySize} bytes. Restore it from a backup.");
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"key_file: cannot read '{path}': {e.Message}");
        }
    }

    /// <summary>
    /// Encrypts a secret with AES-256-GCM. The envelope holds its version, the key ID, the nonce and the tag. <paramref name="context"/> is
    /// authenticated, so that an envelope copied to another row cannot be decrypted.
    /// </summary>
    public byte[] Encrypt(string context, ReadOnlySpan<byte> secret)
    {
        var key = _keys[0];
        var id = Encoding.UTF8.GetBytes(key.Id);
        var envelope = new byte[2 + id.Length + 12 + 16 + secret.Length];
        (envelope[0], envelope[1]) = (1, (byte)id.Length);
        id.CopyTo(envelope, 2);
        var nonce = envelope.AsSpan(2 + id.Length, 12);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key.Key, 16);
        var (tag, ciphertext) = (2 + id.Length + 12, 2 + id.Length + 28);
        aes.Encrypt(nonce, secret, envelope.AsSpan(ciphertext), envelope.AsSpan(tag, 16), Encoding.UTF8.GetBytes(context));
        return envelope;
    }

    /// <summary>Decrypts an envelope.</summary>
    /// <exception cref="CryptographicException">The envelope was modified, or its key is not in the key file.</exception>
    public byte[] Decrypt(string context, ReadOnlySpan<byte> envelope)
    {
        if (envelope.Length < 2 || envelope[0] != 1 || envelope.Length < 2 + envelope[1] + 28)
        {
            throw new CryptographicException("The envelope has an unknown format.");
        }

        var id = Encoding.UTF8.GetString(envelope.Slice(2, envelope[1]));
        var key = _keys.FirstOrDefault(k => k.Id == id) ?? throw new CryptographicException($"The key file has no key '{id}'.");
        var rest = envelope[(2 + envelope[1])..];
        var secret = new byte[rest.Length - 28];
        using var aes = new AesGcm(key.Key, 16);
        aes.Decrypt(rest[..12], rest[28..], rest[12..28], secret, Encoding.UTF8.GetBytes(context));
        return secret;
    }

    /// <summary>Returns a digest of a text for each key, to compare texts. It reveals nothing without the key file.</summary>
    public ImmutableArray<string> Digests(string text) =>
        [.. _keys.Select(k => $"{k.Id}:{Convert.ToBase64String(HMACSHA256.HashData(DigestKey(k), Encoding.UTF8.GetBytes(text)))}")];

    /// <summary>Derives bytes for another purpose from each key (HKDF, RFC 5869). They reveal nothing about the key.</summary>
    public ImmutableArray<byte[]> Derive(string purpose, int size) => [.. _keys.Select(k => Derive(k, purpose, size))];

    private static byte[] DigestKey(SecretKey key) => Derive(key, "digest", KeySize);

    private static byte[] Derive(SecretKey key, string purpose, int size) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, key.Key, size, info: Encoding.UTF8.GetBytes(purpose));
}

internal sealed record SecretKey(string Id, byte[] Key);

internal sealed record SecretKeyFile(SecretKey[] Keys);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(SecretKeyFile))]
internal sealed partial class SecretKeyJson : JsonSerializerContext;
