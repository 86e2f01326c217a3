using System.Net.Sockets;
using System.Reflection;
using System.Runtime.CompilerServices;
using Renci.SshNet;

namespace Commissaire.Shell;

/// <summary>
/// The private members of SSH.NET that a hostile host makes necessary: its own streams buffer output without bound, and its connections
/// wait for the host to close. A test checks that the members exist.
/// </summary>
internal static partial class SshInternals
{
    private const string Session = "Renci.SshNet.Session, Renci.SshNet";
    private const string Channel = "Renci.SshNet.Channels.Channel, Renci.SshNet";
    private const string SessionInterface = "Renci.SshNet.ISession, Renci.SshNet";

    // An unsafe accessor cannot return a field whose type is not public.
    private static readonly FieldInfo ChannelOfCommand =
        typeof(SshCommand).GetField("_channel", BindingFlags.Instance | BindingFlags.NonPublic)!;

    /// <summary>Writes the output of a command that has not started into other streams, on the thread that reads the connection.</summary>
    public static void WriteTo(this SshCommand command, Stream output, Stream error)
    {
        SetOutputStream(command, output);
        SetExtendedOutputStream(command, error);
    }

    /// <summary>
    /// Ends the input of a command that started. SSH.NET ends only an input that received something, and a command that asks a question
    /// would wait for the answer.
    /// </summary>
    public static void EndInput(this SshCommand command)
    {
        if (ChannelOfCommand.GetValue(command) is { } channel)
        {
            SendEof(channel);
        }
    }

    /// <summary>The socket of a connected client; null without a connection.</summary>
    public static Socket? Socket(this BaseClient client) => GetSession(client) is { } session ? GetSocket(session) : null;

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_OutputStream")]
    private static extern void SetOutputStream(SshCommand command, Stream stream);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "set_ExtendedOutputStream")]
    private static extern void SetExtendedOutputStream(SshCommand command, Stream stream);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "SendEof")]
    private static extern void SendEof([UnsafeAccessorType(Channel)] object channel);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Session")]
    [return: UnsafeAccessorType(SessionInterface)]
    private static extern object? GetSession(BaseClient client);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_socket")]
    private static extern ref Socket? GetSocket([UnsafeAccessorType(Session)] object session);
}
