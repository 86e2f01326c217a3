using System.Diagnostics;
using System.Text;

namespace Commissaire.Output;

/// <summary>The terminal of the process, whatever its standard streams are.</summary>
internal static class Terminal
{
    private const string Device = "/dev/tty";

    /// <summary>Asks for a line; null when there is no terminal.</summary>
    /// <param name="prompt">What for.</param>
    /// <param name="secret">Whether what is typed stays hidden.</param>
    /// <param name="ct">Gives up.</param>
    public static async Task<string?> Ask(string prompt, bool secret, CancellationToken ct)
    {
        FileStream terminal;
        try
        {
            terminal = new FileStream(Device, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        await using (terminal)
        {
            if (secret)
            {
                await Stty("-echo");
            }

            try
            {
                terminal.Write(Encoding.UTF8.GetBytes(prompt));
                // A read from a terminal cannot be taken back: it is left alone when the user gives up, and ends with the process.
                var line = await Task.Run(() => ReadLine(terminal), CancellationToken.None).WaitAsync(ct);
                if (secret)
                {
                    terminal.Write("\n"u8);
                }

                return line;
            }
            finally
            {
                if (secret)
                {
                    await Stty("echo");
                }
            }
        }
    }

    private static string? ReadLine(FileStream terminal)
    {
        var line = new List<byte>();
        for (var next = terminal.ReadByte(); next != '\n'; next = terminal.ReadByte())
        {
            if (next < 0)
            {
                return line.Count == 0 ? null : Encoding.UTF8.GetString([.. line]);
            }

            line.Add((byte)next);
        }

        return Encoding.UTF8.GetString([.. line]);
    }

    private static async Task Stty(string setting)
    {
        using var stty = Process.Start(new ProcessStartInfo("stty", ["-F", Device, setting]));
        await (stty?.WaitForExitAsync(CancellationToken.None) ?? Task.CompletedTask);
    }
}
