using System.CommandLine;
using Commissaire;
using Commissaire.Configuration;

return await CommandLine.Command(async (settings, ct) =>
{
    await using var app = ServerHost.Build(settings, Console.Out);
    await ServerHost.Run(app, settings, ct);
    return 0;
}).Parse(args).InvokeAsync(new InvocationConfiguration
{
    // The host itself heeds SIGTERM and SIGINT, and takes the time it needs; the command line would give up after two seconds with 143.
    ProcessTerminationTimeout = null,
});
