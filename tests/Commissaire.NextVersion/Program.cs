using Commissaire;
using Commissaire.Configuration;
using Commissaire.NextVersion;

// The server as it may be one version from now: whatever it writes to the journal and to other processes says more than this version knows of.
return await CommandLine.Command(async (settings, ct) =>
{
    await using var app = ServerHost.Build(settings, Console.Out, wire: system => new LaterSerializer(system));
    await ServerHost.Run(app, settings, ct);
    return 0;
}).Parse(args).InvokeAsync(new() { ProcessTerminationTimeout = null });
