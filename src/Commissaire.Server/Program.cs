using System.CommandLine;
using Commissaire;
using Commissaire.Configuration;

return await CommandLine.Command(async (settings, ct) =>
{
    var again = false;
    do
    {
        try
        {
            await using var app = ServerHost.Build(settings, Console.Out);
            again = await ServerHost.Run(app, settings, ct);
        }
        catch (StartupException e) when (again)
        {
            // It has run before: what keeps it from running now, such as a database that is away, passes.
            await Console.Error.WriteLineAsync($"commissaire-server: {e.Message} Trying again.");
            await Task.Delay(TimeSpan.FromSeconds(1), ct);
        }
    }
    while (again);

    return 0;
}).Parse(args).InvokeAsync(new InvocationConfiguration
{
    // The host itself heeds SIGTERM and SIGINT, and takes the time it needs; the command line would give up after two seconds with 143.
    ProcessTerminationTimeout = null,
});
