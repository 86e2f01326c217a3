using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Commissaire.Security;

/// <summary>
/// The keys that protect the secret store, from a file that only its owner may read. The first key encrypts; the others are kept so that what
/// they encrypted can still be read.
/// </summary>
internal sealed class SecretKeys
{
    private const int KeySize = 32;

    private readonly ImmutableArray<SecretKey> _keys;

    private SecretKeys(ImmutableArray<SecretKey> keys) => _keys = keys;

    /// <summary>Reads the key file, or makes one.</summary>
    /// <param name="path">Where it stands.</param>
    /// <param name="mayCreate">Whether there is nothing yet that a missing file would make unreadable.</param>
    /// <exception cref="StartupException">The file is missing although there are secrets, or cannot be read.</exception>
    public static SecretKeys Load(string path, bool mayCreate)
    {
        if (!File.Exists(path))
        {
            if (!mayCreate)
            {
                throw new StartupException(
                    $"The key file '{path}' is missing, but the database holds secrets encrypted with it. Put the file back from a backup; without it the hosts' private keys cannot be read.");
            }

            var fresh = new SecretKey("k1", RandomNumberGenerator.GetBytes(KeySize));
            PrivateFile.Create(path, JsonSerializer.SerializeToUtf8Bytes(new SecretKeyFile([fresh]), SecretKeyJson.Default.SecretKeyFile));
            return new SecretKeys([fresh]);
        }

        try
        {
            using var file = File.OpenRead(path);
            var keys = JsonSerializer.Deserialize(file, SecretKeyJson.Default.SecretKeyFile)?.Keys ?? [];
            return keys.Length > 0 && keys.All(k => k is { Key.Length: KeySize, Id.Length: > 0 and < 256 })
                ? new SecretKeys([.. keys])
                : throw new StartupException($"The key file '{path}' holds no usable key: expected keys of {KeySize} bytes.");
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The key file '{path}' cannot be read: {e.Message}");
        }
    }

    /// <summary>
    /// Encrypts. The envelope says its version, the key's id, the nonce and the tag; <paramref name="context"/> is bound to it, so that an
    /// envelope moved to another row does not open.
    /// </summary>
    public byte[] Seal(string context, ReadOnlySpan<byte> secret)
    {
        var key = _keys[0];
        var id = Encoding.UTF8.GetBytes(key.Id);
        var envelope = new byte[2 + id.Length + 12 + 16 + secret.Length];
        (envelope[0], envelope[1]) = (1, (byte)id.Length);
        id.CopyTo(envelope, 2);
        var nonce = envelope.AsSpan(2 + id.Length, 12);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(key.Key, 16);
        aes.Encrypt(nonce, secret, envelope.AsSpan(2 + id.Length + 28), envelope.AsSpan(2 + id.Length + 12, 16), Encoding.UTF8.GetBytes(context));
        return envelope;
    }

    /// <summary>Decrypts.</summary>
    /// <exception cref="CryptographicException">The envelope was changed, or its key is not in the key file.</exception>
    public byte[] Open(string context, ReadOnlySpan<byte> envelope)
    {
        if (envelope.Length < 2 || envelope[0] != 1 || envelope.Length < 2 + envelope[1] + 28)
        {
            throw new CryptographicException("The envelope is of an unknown form.");
        }

        var id = Encoding.UTF8.GetString(envelope.Slice(2, envelope[1]));
        var key = _keys.FirstOrDefault(k => k.Id == id) ?? throw new CryptographicException($"The key file has no key '{id}'.");
        var rest = envelope[(2 + envelope[1])..];
        var secret = new byte[rest.Length - 28];
        using var aes = new AesGcm(key.Key, 16);
        aes.Decrypt(rest[..12], rest[28..], rest[12..28], secret, Encoding.UTF8.GetBytes(context));
        return secret;
    }

    /// <summary>Keyed digests of a text, one for each key: they tell whether two texts are the same, and nothing to one without the key file.</summary>
    public ImmutableArray<string> Digests(string text) =>
        [.. _keys.Select(k => $"{k.Id}:{Convert.ToBase64String(HMACSHA256.HashData(HKDF.DeriveKey(HashAlgorithmName.SHA256, k.Key, KeySize, info: "digest"u8.ToArray()), Encoding.UTF8.GetBytes(text)))}")];
}

/// <summary>One key.</summary>
internal sealed record SecretKey(string Id, byte[] Key);

/// <summary>The key file.</summary>
internal sealed record SecretKeyFile(SecretKey[] Keys);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(SecretKeyFile))]
internal sealed partial class SecretKeyJson : JsonSerializerContext;
