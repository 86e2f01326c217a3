using System.CommandLine;
using System.Runtime.InteropServices;
using Commissaire;
using Commissaire.Configuration;

var command = CommandLine.Command(async (settings, _) =>
{
    // While a server runs it heeds the signals itself; this is for when one has ended and the next one has not begun.
    using var stop = new CancellationTokenSource();
    using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
    using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
    void Stop(PosixSignalContext signal)
    {
        signal.Cancel = true;
        stop.Cancel();
    }

    var again = false;
    var said = "";
    do
    {
        try
        {
            await using var app = ServerHost.Build(settings, Console.Out);
            again = await ServerHost.Run(app, settings, stop.Token);
            said = "";
        }
        catch (DatabaseUnavailableException e) when (again)
        {
            if (e.Message != said)
            {
                said = e.Message;
                await Console.Error.WriteLineAsync($"commissaire-server: {said} Trying again.");
            }

            await Task.WhenAny(Task.Delay(TimeSpan.FromSeconds(1), stop.Token));
        }
    }
    while (again && !stop.IsCancellationRequested);

    return 0;
});
return await CommandLine.Run(command, args, new InvocationConfiguration
{
    // The server takes the time it needs to stop; the command line would give up after two seconds with 143.
    ProcessTerminationTimeout = null,
});
