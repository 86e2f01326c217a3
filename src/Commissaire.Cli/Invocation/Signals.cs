using System.Runtime.InteropServices;

namespace Commissaire.Invocation;

/// <summary>Turns SIGHUP, SIGINT, SIGQUIT and SIGTERM into cancellation, so that commands clean up before they exit.</summary>
internal static class Signals
{
    /// <summary>The number of the received signal; 0 for none.</summary>
    public static int Received { get; private set; }

    /// <summary>Runs the program; a signal cancels its token.</summary>
    public static async Task<int> Run(Func<CancellationToken, Task<int>> program)
    {
        using var signal = new CancellationTokenSource();
        using var hangUp = CancelOn(PosixSignal.SIGHUP, 1, signal);
        using var interrupt = CancelOn(PosixSignal.SIGINT, 2, signal);
        using var quit = CancelOn(PosixSignal.SIGQUIT, 3, signal);
        using var terminate = CancelOn(PosixSignal.SIGTERM, 15, signal);
        return await program(signal.Token);
    }

    private static PosixSignalRegistration CancelOn(PosixSignal signal, int number, CancellationTokenSource cancellation) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            Received = number;
            cancellation.Cancel();
        });
}
