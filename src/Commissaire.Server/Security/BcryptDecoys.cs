using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Commissaire.Security;

/// <summary>
/// Hashes that no password matches, to verify unknown users against. Hashes may differ in cost, and thereby in time. Each unknown name
/// behaves like one of the users, always the same one, so that time does not tell it from a known name.
/// </summary>
internal sealed class BcryptDecoys(IEnumerable<ImmutableArray<string>> users, byte[] key)
{
    private const int DefaultCost = 12;
    private const int DigestLength = 31;
    private const string Alphabet = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    private readonly ImmutableArray<ImmutableArray<string>> _decoys =
        [.. users.Select(hashes => hashes.Select(h => Decoy(CostOf(h))).ToImmutableArray()).DefaultIfEmpty([Decoy(null)])];

    /// <summary>The cost of a hash: the binary logarithm of its rounds. Null if the text is no bcrypt hash.</summary>
    public static int? CostOf(string hash)
    {
        try
        {
            return int.Parse(BCrypt.Net.BCrypt.InterrogateHash(hash).WorkFactor, CultureInfo.InvariantCulture);
        }
        catch (Exception e) when (e is BCrypt.Net.HashInformationException or BCrypt.Net.SaltParseException or ArgumentException
            or FormatException)
        {
            return null;
        }
    }

    /// <summary>The hashes of a user, with decoys for texts that are no hashes: those would fail in no time.</summary>
    public static ImmutableArray<string> Repaired(ImmutableArray<string> hashes) =>
        [.. hashes.Select(h => CostOf(h) is null ? Decoy(null) : h)];

    /// <summary>The decoys for a user name: one for each hash of the user that it behaves like.</summary>
    public ImmutableArray<string> For(string user)
    {
        var digest = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(user));
        return _decoys[(int)(BinaryPrimitives.ReadUInt32LittleEndian(digest) % (uint)_decoys.Length)];
    }

    private static string Decoy(int? cost) =>
        BCrypt.Net.BCrypt.GenerateSalt(cost ?? DefaultCost) + RandomNumberGenerator.GetString(Alphabet, DigestLength);
}
