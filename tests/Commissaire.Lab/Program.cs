using System.CommandLine;
using Commissaire.Lab.Cli;

var root = new RootCommand("Throw-away SSH hosts on this machine, for trying Commissaire out without harming anything.")
{
    UpCommand.Create(),
    LogCommand.Create(),
};

// Taking the hosts down again is worth more patience than the usual two seconds.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(30) });
