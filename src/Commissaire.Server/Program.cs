using Commissaire;
using Commissaire.Configuration;

return await CommandLine.Command(async (settings, ct) =>
{
    await using var app = ServerHost.Build(settings, Console.Out);
    await app.RunAsync(ct);
    return 0;
}).Parse(args).InvokeAsync();
