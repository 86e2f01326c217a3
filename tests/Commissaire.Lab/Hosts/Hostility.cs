using System.Collections.Immutable;

namespace Commissaire.Lab.Hosts;

/// <summary>How an <see cref="Impostor"/> treats its clients.</summary>
public abstract record Hostility
{
    private Hostility() { }

    /// <summary>Accepts the connection and says nothing.</summary>
    public static Hostility Silence { get; } = new Says([], Repeats: false);

    /// <summary>Identifies itself as an SSH server, and then says nothing.</summary>
    public static Hostility Greeting { get; } = new Says([.. Protocol.Identification], Repeats: false);

    /// <summary>Sends lines before its identification, without end.</summary>
    public static Hostility EndlessLines { get; } = new Says([.. "Welcome. Please wait.\r\n"u8], Repeats: true);

    /// <summary>Sends one line before its identification, without end.</summary>
    public static Hostility EndlessLine { get; } = new Says([.. "Welcome. Please wait. "u8], Repeats: true);

    /// <summary>Announces a packet of 2 GiB, and sends it.</summary>
    public static Hostility HugePacket { get; } =
        new Says([.. Protocol.Identification, 0x7f, 0xff, 0xff, 0xff, .. new byte[4096]], Repeats: true);

    /// <summary>Sends SSH_MSG_IGNORE in place of a key exchange, without end.</summary>
    public static Hostility EndlessIgnores { get; } = new Says(Protocol.Ignore, Repeats: true) { First = [.. Protocol.Identification] };

    /// <summary>Sends random bytes, without end.</summary>
    public static Hostility Noise { get; } = new Says(Protocol.Noise, Repeats: true) { First = [.. Protocol.Identification] };

    /// <summary>Passes the bytes of a real host on, and stops for ever after a number of them, at any stage of the protocol.</summary>
    public sealed record StallsAfter(LabHost Host, long Bytes) : Hostility;

    /// <summary>Passes the bytes of a real host on, one at a time with a pause after each.</summary>
    public sealed record Drips(LabHost Host, TimeSpan Pause) : Hostility;

    /// <summary>Sends the given bytes, once or without end.</summary>
    internal sealed record Says(ImmutableArray<byte> Bytes, bool Repeats) : Hostility
    {
        /// <summary>What it sends once before.</summary>
        public ImmutableArray<byte> First { get; init; } = [];
    }

    private static class Protocol
    {
        public static byte[] Identification => "SSH-2.0-OpenSSH_9.9\r\n"u8.ToArray();

        /// <summary>An unencrypted packet (RFC 4253, section 6): length, padding length, SSH_MSG_IGNORE with a string, padding.</summary>
        public static ImmutableArray<byte> Ignore { get; } =
            [0, 0, 0, 28, 6, 2, 0, 0, 0, 16, .. "0123456789abcdef"u8, .. new byte[6]];

        public static ImmutableArray<byte> Noise { get; } = NewNoise();

        private static ImmutableArray<byte> NewNoise()
        {
            var bytes = new byte[4096];
            new Random(1).NextBytes(bytes);
            return [.. bytes];
        }
    }
}
