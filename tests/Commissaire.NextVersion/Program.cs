using Commissaire;
using Commissaire.Configuration;
using Commissaire.NextVersion;

// A later version of the server: its journal entries and messages have fields that this version does not know.
return await CommandLine.Command(async (settings, ct) =>
{
    await using var app = ServerHost.Build(settings, Console.Out, wire: system => new LaterSerializer(system));
    await ServerHost.Run(app, settings, ct);
    return 0;
}).Parse(args).InvokeAsync(new() { ProcessTerminationTimeout = null });
