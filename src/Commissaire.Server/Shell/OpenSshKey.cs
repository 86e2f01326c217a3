using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using Renci.SshNet.Security;

namespace Commissaire.Shell;

/// <summary>Reads the format of ssh-keygen: <c>openssh-key-v1</c> (PROTOCOL.key of OpenSSH).</summary>
internal static class OpenSshKey
{
    private static ReadOnlySpan<byte> Magic => "openssh-key-v1\0"u8;

    /// <summary>Returns the key in the decoded content of the file.</summary>
    /// <exception cref="UnusableKeyException">The key cannot log in.</exception>
    public static LoginKey Read(ReadOnlyMemory<byte> content, string passphraseProblem)
    {
        if (!content.Span.StartsWith(Magic))
        {
            throw new UnusableKeyException("is not a private key of OpenSSH, although its BEGIN line says so. Check the file");
        }

        var file = new Fields(content[Magic.Length..]);
        var cipher = file.Text();
        file.Skip(2);
        if (file.Number() != 1)
        {
            throw new UnusableKeyException("contains several keys. Set a file with one private key");
        }

        // The type is readable even if the key is encrypted: conversion would be in vain for these.
        var publicKey = file.Bytes();
        RefuseType(new Fields(publicKey).Text());
        if (cipher != "none")
        {
            throw new UnusableKeyException(passphraseProblem);
        }

        var secret = new Fields(file.Bytes());
        var intact = secret.Number() == secret.Number();
        var key = new LoginKey(ReadKey(secret.Text(), secret));
        return intact && key.PublicKey.AsSpan().SequenceEqual(publicKey.Span)
            ? key
            : throw new UnusableKeyException(
                "is not a private key: its private part does not belong to its public part. Check it with 'ssh-keygen -y -f FILE'");
    }

    private static void RefuseType(string type)
    {
        switch (type)
        {
            case "ssh-ed25519" or "ssh-rsa" or "ecdsa-sha2-nistp256" or "ecdsa-sha2-nistp384" or "ecdsa-sha2-nistp521":
                return;
            case "ssh-dss":
                throw new UnusableKeyException(DerKey.Dsa);
            case var _ when type.StartsWith("sk-", StringComparison.Ordinal):
                throw new UnusableKeyException(
                    "is a key of a security key (sk-), which must be touched at each login. Create another key with "
                    + "'ssh-keygen -t ed25519'");
            default:
                throw new UnusableKeyException("is of a type that is not supported. Create another key with 'ssh-keygen -t ed25519'");
        }
    }

    private static Key ReadKey(string type, Fields secret)
    {
        switch (type)
        {
            case "ssh-ed25519":
                secret.Skip(1);
                return new ED25519Key(secret.Bytes()[..32].ToArray());
            case "ssh-rsa":
                var (n, e, d, q1) = (secret.Integer(), secret.Integer(), secret.Integer(), secret.Integer());
                var (p, q) = (secret.Integer(), secret.Integer());
                return new RsaKey(n, e, d, p, q, q1);
            default:
                var curve = secret.Text();
                var point = secret.Bytes().ToArray();
                return new EcdsaKey(curve, point, secret.Integer().ToByteArray(isUnsigned: true, isBigEndian: true));
        }
    }

    // Numbers of 32 bits, and strings after their length (RFC 4251, section 5).
    private sealed class Fields(ReadOnlyMemory<byte> rest)
    {
        public uint Number()
        {
            var number = BinaryPrimitives.ReadUInt32BigEndian(rest.Span);
            rest = rest[4..];
            return number;
        }

        public ReadOnlyMemory<byte> Bytes()
        {
            var length = checked((int)Number());
            var bytes = rest[..length];
            rest = rest[length..];
            return bytes;
        }

        public string Text() => Encoding.ASCII.GetString(Bytes().Span);

        public BigInteger Integer() => new(Bytes().Span, isUnsigned: false, isBigEndian: true);

        public void Skip(int strings)
        {
            for (; strings > 0; strings--)
            {
                Bytes();
            }
        }
    }
}
