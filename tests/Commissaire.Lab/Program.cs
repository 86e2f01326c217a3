using System.CommandLine;
using Commissaire.Lab;
using Commissaire.Lab.Cli;

var root = new RootCommand("Disposable SSH hosts on this machine, to try Commissaire out safely.")
{
    UpCommand.Create(),
    LogCommand.Create(),
};

// The default of two seconds is too short to stop all hosts.
return await root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = WaitLimit.Value });
