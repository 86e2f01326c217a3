using System.CommandLine;
using Commissaire;
using Commissaire.Configuration;

return await CommandLine.Command(async (settings, ct) =>
{
    bool again;
    do
    {
        await using var app = ServerHost.Build(settings, Console.Out);
        again = await ServerHost.Run(app, settings, ct);
    }
    while (again);

    return 0;
}).Parse(args).InvokeAsync(new InvocationConfiguration
{
    // The host itself heeds SIGTERM and SIGINT, and takes the time it needs; the command line would give up after two seconds with 143.
    ProcessTerminationTimeout = null,
});
