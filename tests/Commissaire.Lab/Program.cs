using System.CommandLine;
using Commissaire.Lab;
using Commissaire.Lab.Cli;

var root = new RootCommand("Throw-away SSH hosts on this machine, for trying Commissaire out without harming anything.")
{
    UpCommand.Create(),
    LogCommand.Create(),
};

// The default of two seconds is too short to stop all hosts.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = WaitLimit.Value });
