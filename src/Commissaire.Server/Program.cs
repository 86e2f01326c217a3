using System.CommandLine;
using System.Runtime.InteropServices;
using Commissaire;
using Commissaire.Configuration;

var command = CommandLine.Command(async (settings, _) =>
{
    // A running server handles the signals itself. These handlers are for the time between two servers.
    using var stop = new CancellationTokenSource();
    using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
    using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
    void Stop(PosixSignalContext signal)
    {
        signal.Cancel = true;
        stop.Cancel();
    }

    var restart = false;
    var printed = "";
    do
    {
        try
        {
            await using var app = ServerHost.Build(settings, Console.Out);
            restart = await ServerHost.Run(app, settings, stop.Token);
            printed = "";
        }
        catch (DatabaseUnavailableException e) when (restart)
        {
            if (e.Message != printed)
            {
                printed = e.Message;
                await Console.Error.WriteLineAsync($"commissaire-server: {e.Message} Retrying every second.");
            }

            await Task.WhenAny(Task.Delay(TimeSpan.FromSeconds(1), stop.Token));
        }
    }
    while (restart && !stop.IsCancellationRequested);

    return 0;
});
return await CommandLine.Run(command, args, new InvocationConfiguration
{
    // Without a timeout: System.CommandLine would exit with 143 after two seconds, while the server still stops.
    ProcessTerminationTimeout = null,
});
