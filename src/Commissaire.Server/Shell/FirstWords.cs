using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Commissaire.Shell;

/// <summary>
/// The exchange of identifications at the start of a connection (RFC 4253, section 4.2). It keeps the text that comes instead of an
/// identification: sshd explains there why it closes the connection, and other servers show what they are.
/// </summary>
internal sealed partial class FirstWords
{
    private const int Kept = 200;

    // OpenSSH accepts 1024 lines before an identification.
    private const int MaxBytes = 64 * 1024;
    private const byte LineFeed = (byte)'\n';

    private readonly List<byte> _said = [];

    /// <summary>Whether the peer has identified itself as an SSH server.</summary>
    public bool Identified { get; private set; }

    /// <summary>Whether the peer closed the connection before that.</summary>
    public bool Closed { get; private set; }

    /// <summary>Whether the peer closed the connection as sshd does while it accepts no more logins, or none from this address.</summary>
    public bool RefusedForNow => Closed && (_said.Count == 0 || Refusal().IsMatch(Text));

    /// <summary>What the peer said before its identification, quoted and with escapes; empty if nothing.</summary>
    public string Said => _said.Count == 0 ? "" : $"'{Escape(Text.TrimEnd())}'";

    /// <summary>What the peer is, if it is no SSH server; null if that is not certain.</summary>
    public string? OtherServer => Identified ? null : _said switch
    {
        // A TLS alert (RFC 8446, section 6).
        [0x15, 0x03, ..] or [0x16, 0x03, ..] => "a TLS server answers there",
        [0xff, >= 0xf0, ..] => "a telnet server answers there",
        _ when Text.StartsWith("HTTP/", StringComparison.Ordinal) => $"an HTTP server answers there: '{Escape(Text.Split('\r', '\n')[0])}'",
        _ => null,
    };

    private string Text => Encoding.Latin1.GetString([.. _said.Take(Kept + 1)]);

    /// <summary>Sends our identification and returns the parts of the peer's: protocol, software and comments.</summary>
    /// <exception cref="IOException">The peer is no SSH server.</exception>
    public async Task<(string Protocol, string Software, string? Comments)> Exchange(string version, Socket socket, CancellationToken ct)
    {
        try
        {
            await Send(Encoding.ASCII.GetBytes(version + "\r\n"), socket, ct);
            while (true)
            {
                if (Identification().Match(await ReadLine(socket, ct)) is { Success: true } match)
                {
                    Identified = true;
                    _said.Clear();
                    return (match.Groups["protocol"].Value, match.Groups["software"].Value, match.Groups["comments"] switch
                    {
                        { Success: true } comments => comments.Value,
                        _ => null,
                    });
                }

                if (OtherServer is { } other)
                {
                    throw new IOException(other);
                }
            }
        }
        catch (SocketException)
        {
            Closed = true;
            throw;
        }
    }

    // A peer that has closed the connection may have said why: its words are read even if ours do not reach it.
    private static async Task Send(byte[] bytes, Socket socket, CancellationToken ct)
    {
        try
        {
            for (ReadOnlyMemory<byte> rest = bytes; rest.Length > 0;)
            {
                rest = rest[await socket.SendAsync(rest, SocketFlags.None, ct)..];
            }
        }
        catch (SocketException)
        {
        }
    }

    // Consumes no byte after the line: those belong to the key exchange.
    private async Task<string> ReadLine(Socket socket, CancellationToken ct)
    {
        var start = _said.Count;
        var buffer = new byte[1024];
        while (true)
        {
            var seen = buffer.AsMemory(0, await socket.ReceiveAsync(buffer, SocketFlags.Peek, ct));
            var end = seen.Span.IndexOf(LineFeed);
            var consumed = await socket.ReceiveAsync(end < 0 ? seen : seen[..(end + 1)], SocketFlags.None, ct);
            if (consumed == 0)
            {
                Closed = true;
                throw new IOException("the connection was closed before an SSH identification");
            }

            _said.AddRange(seen.Span[..consumed]);
            if (end >= 0 && consumed == end + 1)
            {
                return Encoding.Latin1.GetString([.. _said.Skip(start)]).TrimEnd('\r', '\n');
            }

            if (_said.Count > MaxBytes || OtherServer is not null)
            {
                throw new IOException(OtherServer ?? $"more than {MaxBytes / 1024} KiB came before an SSH identification");
            }
        }
    }

    private static string Escape(string text)
    {
        var escaped = new StringBuilder();
        foreach (var c in text.AsSpan(0, Math.Min(text.Length, Kept)))
        {
            escaped.Append(c switch
            {
                '\r' => "\\r",
                '\n' => "\\n",
                '\\' => "\\\\",
                >= ' ' and <= '~' => c.ToString(),
                _ => string.Create(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}"),
            });
        }

        return text.Length > Kept ? escaped.Append('…').ToString() : escaped.ToString();
    }

    [GeneratedRegex(@"\ASSH-(?<protocol>[^-]+)-(?<software>[^ ]+)(?: (?<comments>.+))?\z")]
    private static partial Regex Identification();

    // srclimit.c and sshd.c of OpenSSH.
    [GeneratedRegex("^(Exceeded MaxStartups|Not allowed at this time)")]
    private static partial Regex Refusal();
}
