using System.Runtime.InteropServices;

namespace Commissaire.Invocation;

/// <summary>Signals that end the program: what it has begun is tidied up first.</summary>
internal static class Signals
{
    /// <summary>Runs until the end, or until a signal: then the exit code is 128 and the signal's number, as a shell would say.</summary>
    public static async Task<int> Until(Func<CancellationToken, Task<int>> run)
    {
        using var stop = new CancellationTokenSource();
        using var interrupt = On(PosixSignal.SIGINT, stop);
        using var terminate = On(PosixSignal.SIGTERM, stop);
        using var hangUp = On(PosixSignal.SIGHUP, stop);
        return await run(stop.Token);
    }

    /// <summary>Which signal came; 0 for none.</summary>
    public static int Came { get; private set; }

    private static PosixSignalRegistration On(PosixSignal signal, CancellationTokenSource stop) => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        Came = signal switch { PosixSignal.SIGHUP => 1, PosixSignal.SIGINT => 2, _ => 15 };
        stop.Cancel();
    });
}
