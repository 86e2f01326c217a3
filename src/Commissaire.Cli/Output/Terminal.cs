using System.Diagnostics;
using System.Text;

namespace Commissaire.Output;

/// <summary>The controlling terminal of the process, even when its standard streams are redirected.</summary>
internal static class Terminal
{
    private const string Device = "/dev/tty";

    /// <summary>Prompts the user for a line. Returns null without a terminal.</summary>
    public static async Task<string?> Prompt(string prompt, bool secret, CancellationToken ct)
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

        Task SetEcho(string setting) => secret ? Stty(setting) : Task.CompletedTask;
        await using (terminal)
        {
            await SetEcho("-echo");
            try
            {
                terminal.Write(Encoding.UTF8.GetBytes(prompt));
                // A pending read from a terminal cannot be cancelled. After cancellation it ends with the process.
                var line = await Task.Run(new StreamReader(terminal).ReadLine, CancellationToken.None).WaitAsync(ct);
                terminal.Write(secret ? "\n"u8 : []);
                return line;
            }
            finally
            {
                await SetEcho("echo");
            }
        }
    }

    private static async Task Stty(string setting)
    {
        using var stty = Process.Start(new ProcessStartInfo("stty", ["-F", Device, setting]));
        await (stty?.WaitForExitAsync(CancellationToken.None) ?? Task.CompletedTask);
    }
}
