using System.Collections.Frozen;
using System.Formats.Asn1;
using System.Security.Cryptography;
using Renci.SshNet.Security;

namespace Commissaire.Shell;

/// <summary>
/// Reads a private key in DER, which is also the content of PEM files: PKCS#1 (RFC 8017), SEC 1 (RFC 5915) and PKCS#8 (RFC 5958). The
/// structure decides, not the label of the PEM file.
/// </summary>
internal static class DerKey
{
    /// <summary>Why a DSA key is refused.</summary>
    public const string Dsa = "is a DSA key, which sshd rejects. Create another key with 'ssh-keygen -t ed25519'";

    private const string Rsa = "1.2.840.113549.1.1.1";
    private const string Ec = "1.2.840.10045.2.1";
    private const string Ed25519 = "1.3.101.112";
    private const string DsaAlgorithm = "1.2.840.10040.4.1";

    private static readonly FrozenDictionary<string, int> CurveBytes = new Dictionary<string, int>
    {
        ["1.2.840.10045.3.1.7"] = 32,
        ["1.3.132.0.34"] = 48,
        ["1.3.132.0.35"] = 66,
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, string> Useless = new Dictionary<string, string>
    {
        ["1.2.840.113549.1.1.10"] = "an RSA-PSS key",
        ["1.2.840.113549.1.3.1"] = "a Diffie-Hellman key",
        ["1.3.101.110"] = "an X25519 key",
        ["1.3.101.111"] = "an X448 key",
        ["1.3.101.113"] = "an Ed448 key",
    }.ToFrozenDictionary();

    // PBES1 with RC2, RC4 or single DES, which OpenSSL 3 has in a provider that is not loaded by default.
    private static readonly FrozenSet<string> Legacy = new[]
    {
        "1.2.840.113549.1.5.1", "1.2.840.113549.1.5.3", "1.2.840.113549.1.5.4", "1.2.840.113549.1.5.6", "1.2.840.113549.1.5.10",
        "1.2.840.113549.1.5.11", "1.2.840.113549.1.12.1.1", "1.2.840.113549.1.12.1.2", "1.2.840.113549.1.12.1.5",
        "1.2.840.113549.1.12.1.6",
    }.ToFrozenSet();

    /// <summary>Whether a file is one sequence in DER.</summary>
    public static bool IsDer(ReadOnlyMemory<byte> file) =>
        AsnDecoder.TryReadEncodedValue(file.Span, AsnEncodingRules.BER, out var tag, out _, out _, out _) && tag == Asn1Tag.Sequence;

    /// <summary>Returns the key. The option of openssl tells it the form of the file.</summary>
    /// <exception cref="UnusableKeyException">The key cannot log in.</exception>
    public static LoginKey Read(ReadOnlyMemory<byte> der, string formOption)
    {
        var file = new AsnReader(der, AsnEncodingRules.BER);
        var content = file.PeekEncodedValue();
        var fields = file.ReadSequence();
        if (fields.PeekTag() == Asn1Tag.Sequence)
        {
            throw new UnusableKeyException(EncryptedOrPublic(fields, formOption));
        }

        var version = fields.ReadInteger();
        if (fields.PeekTag() == Asn1Tag.PrimitiveOctetString)
        {
            return ReadEc(content, null, formOption);
        }

        if (fields.PeekTag() == Asn1Tag.Integer)
        {
            return ReadIntegers(content, fields);
        }

        return version == 3
            ? throw new UnusableKeyException(
                "is not a private key but a PKCS#12 archive. Take the key out with 'openssl pkcs12 -nodes -nocerts -in FILE -out NEW'")
            : ReadPkcs8(fields, formOption);
    }

    private static LoginKey ReadPkcs8(AsnReader fields, string formOption)
    {
        var algorithm = fields.ReadSequence();
        var key = fields.ReadOctetString();
        switch (algorithm.ReadObjectIdentifier())
        {
            case Rsa:
                return ReadRsa(key);
            case Ec:
                return ReadEc(key, algorithm, formOption);
            case Ed25519:
                var seed = new AsnReader(key, AsnEncodingRules.BER).ReadOctetString();
                return seed.Length == 32 ? new LoginKey(new ED25519Key(seed)) : throw new CryptographicException();
            case DsaAlgorithm:
                throw new UnusableKeyException(Dsa);
            case var other:
                throw new UnusableKeyException(
                    $"is {Useless.GetValueOrDefault(other, $"a key of algorithm {other}")}, which cannot log in over SSH. "
                    + "Create another key with 'ssh-keygen -t ed25519'");
        }
    }

    // PKCS#1 has nine integers, DSA six, and the public key of PKCS#1 two.
    private static LoginKey ReadIntegers(ReadOnlyMemory<byte> content, AsnReader fields)
    {
        var count = 1;
        for (; fields.HasData && fields.PeekTag() == Asn1Tag.Integer; count++)
        {
            fields.ReadInteger();
        }

        return count switch
        {
            2 => throw new UnusableKeyException("is not a private key but a public key. Set the private key file"),
            6 => throw new UnusableKeyException(Dsa),
            _ => ReadRsa(content),
        };
    }

    private static LoginKey ReadRsa(ReadOnlyMemory<byte> pkcs1)
    {
        // The version is 1 if there are more than two primes.
        if (!new AsnReader(pkcs1, AsnEncodingRules.BER).ReadSequence().ReadInteger().IsZero)
        {
            throw new UnusableKeyException(
                "is an RSA key with more than two primes, which SSH cannot use. Create another key with 'ssh-keygen -t ed25519'");
        }

        using var rsa = RSA.Create();
        rsa.ImportRSAPrivateKey(pkcs1.Span, out _);
        return new LoginKey(new RsaKey(rsa.ExportRSAPrivateKey()));
    }

    // Only the secret number is read. The public point, which may be compressed or missing, follows from it.
    private static LoginKey ReadEc(ReadOnlyMemory<byte> sec1, AsnReader? curveBefore, string formOption)
    {
        var fields = new AsnReader(sec1, AsnEncodingRules.BER).ReadSequence();
        fields.ReadInteger();
        var secret = fields.ReadOctetString();
        var curve = curveBefore ?? fields.ReadSequence(new Asn1Tag(TagClass.ContextSpecific, 0));
        if (curve.PeekTag() != Asn1Tag.ObjectIdentifier)
        {
            throw new UnusableKeyException(
                "is an EC key with explicit parameters instead of the name of its curve. Convert it with "
                + $"'openssl ec {formOption}-param_enc named_curve -in FILE -out NEW'");
        }

        var oid = curve.ReadObjectIdentifier();
        if (!CurveBytes.TryGetValue(oid, out var size))
        {
            throw new UnusableKeyException(
                $"is a key on the curve {new Oid(oid).FriendlyName ?? oid}, which SSH does not have. Create another key with "
                + "'ssh-keygen -t ed25519'");
        }

        var number = secret.AsSpan().TrimStart((byte)0);
        var padded = new byte[size];
        number.CopyTo(padded.AsSpan(size - number.Length));
        using var ec = ECDsa.Create(new ECParameters { Curve = ECCurve.CreateFromValue(oid), D = padded });
        var point = ec.ExportParameters(includePrivateParameters: false).Q;
        return new LoginKey(new EcdsaKey(oid, [4, .. point.X!, .. point.Y!], padded));
    }

    private static string EncryptedOrPublic(AsnReader fields, string formOption)
    {
        var algorithm = fields.ReadSequence();
        if (fields.PeekTag() == Asn1Tag.PrimitiveBitString)
        {
            return "is not a private key but a public key. Set the private key file";
        }

        if (fields.PeekTag() != Asn1Tag.PrimitiveOctetString)
        {
            return "is not a private key but an X.509 certificate. Set the private key file";
        }

        var legacy = Legacy.Contains(algorithm.ReadObjectIdentifier()) ? "-provider legacy -provider default " : "";
        return "is protected by a passphrase, which Commissaire cannot enter. Remove it with "
            + $"'openssl pkcs8 {legacy}{formOption}-in FILE -out NEW'";
    }
}
