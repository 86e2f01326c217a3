using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Commissaire.Clusters;
using Commissaire.Completion;
using Commissaire.ContainerManagers;
using Commissaire.Events;
using Commissaire.Explain;
using Commissaire.Hosts;
using Commissaire.Hosts.Ssh;
using Commissaire.Networks;
using Commissaire.Output;
using Commissaire.Passwords;
using Commissaire.Processes;
using Commissaire.Runs;
using Commissaire.Tokens;
using Commissaire.UserData;

namespace Commissaire.Invocation;

/// <summary>The program: parses the command line, runs the command, and reports errors in one line.</summary>
internal static class Commctl
{
    private const int BrokenPipe = 32;

    /// <summary>Runs the command that the arguments name.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> Run(string[] arguments, CliEnvironment environment, CancellationToken ct)
    {
        var factory = new CommandFactory(environment);
        var root = BuildRootCommand(factory);
        var optionsWithValue = factory.GlobalOptions.All.SelectMany(option => (string[])[option.Name, .. option.Aliases]).ToHashSet();
        var parseResult = root.Parse(
            SshArguments.InsertSeparator(arguments, optionsWithValue), new ParserConfiguration { ResponseFileTokenReplacer = null });
        try
        {
            if (Misuse(parseResult, factory.GlobalOptions) is { } misuse)
            {
                throw new CommandException($"{misuse} See '{string.Join(' ', CommandNames(parseResult))} --help'.");
            }

            ShortOptions.RejectAmbiguous(parseResult, factory.GlobalOptions);

            var configuration = new InvocationConfiguration { Output = environment.Output, Error = environment.Error };
            (configuration.EnableDefaultExceptionHandler, configuration.ProcessTerminationTimeout) = (false, null);
            return await parseResult.InvokeAsync(configuration, ct);
        }
        catch (CommandException e)
        {
            return WriteError(parseResult, environment, e.Message, e.ExitCode);
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.SignalBase + Signals.Received;
        }
        catch (IOException e) when (e.HResult == BrokenPipe)
        {
            // The reader of the output closed the pipe, as 'head' does.
            return ExitCodes.Success;
        }
        catch (Exception e)
        {
            return WriteError(parseResult, environment, $"Internal error, please report: {e.GetType().Name}: {e.Message}", ExitCodes.Error);
        }
    }

    /// <summary>Builds the root command with every sub-command.</summary>
    internal static RootCommand BuildRootCommand(CommandFactory factory)
    {
        var root = new RootCommand("Manage the Linux hosts of Kubernetes and OpenShift clusters through a Commissaire server.")
        {
            ClusterCommands.Build(factory),
            HostCommands.Build(factory),
            NetworkCommands.Build(factory),
            ContainerManagerCommands.Build(factory),
            TokenCommands.Build(factory),
            OperationsCommand.BuildShow(factory),
            EventsCommand.Build(factory),
            ExplainCommand.Build(factory),
            ProcessesCommand.Build(factory),
            PasshashCommand.Build(factory),
            UserDataCommand.Build(factory),
            CompletionCommand.Build(factory),
            VersionCommand.Build(factory),
        };
        foreach (var option in factory.GlobalOptions.All)
        {
            option.Recursive = true;
            root.Options.Add(option);
        }

        HelpPages.Install(root, factory.GlobalOptions);
        NameCompletion.Install(root, factory);
        return root;
    }

    private static string? Misuse(ParseResult parseResult, GlobalOptions global)
    {
        var isError = parseResult.Action is ParseErrorAction;
        return !isError && parseResult.Action != parseResult.CommandResult.Command.Action ? null
            : Typos.UnknownOption(parseResult, global) is { } unknown ? unknown
            : !isError ? null
            : parseResult.UnmatchedTokens is [var token, ..]
            ? $"Unexpected argument '{token}'.{Typos.Suggest(token, parseResult.CommandResult.Command, global)}"
            : $"{parseResult.Errors[0].Message.TrimEnd('.')}.";
    }

    // The prefix is "commctl" and the first sub-command, as in 2017.
    private static int WriteError(ParseResult parseResult, CliEnvironment environment, string message, int exitCode)
    {
        environment.Error.WriteLine($"{string.Join(' ', CommandNames(parseResult).Take(2))}: error: {TerminalText.OneLine(message)}");
        return exitCode;
    }

    private static Stack<string> CommandNames(ParseResult parseResult)
    {
        var names = new Stack<string>();
        for (SymbolResult? symbol = parseResult.CommandResult; symbol is CommandResult { Command: var command }; symbol = symbol.Parent)
        {
            names.Push(command is RootCommand ? "commctl" : command.Name);
        }

        return names;
    }
}
