using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Commissaire.Clusters;
using Commissaire.Completion;
using Commissaire.ContainerManagers;
using Commissaire.Hosts;
using Commissaire.Hosts.Ssh;
using Commissaire.Http;
using Commissaire.Networks;
using Commissaire.Output;
using Commissaire.Passwords;
using Commissaire.Tokens;
using Commissaire.UserData;

namespace Commissaire.Invocation;

/// <summary>The program.</summary>
internal static class Commctl
{
    /// <summary>Does what the arguments say, and says in one line what went wrong.</summary>
    public static async Task<int> Run(string[] arguments, Surroundings world, CancellationToken ct)
    {
        var cli = new Cli(world);
        var root = Build(cli);
        var takeValues = cli.Options.All.SelectMany(option => (string[])[option.Name, .. option.Aliases]).ToHashSet(StringComparer.Ordinal);
        var line = root.Parse(SshWords.Separate(arguments, takeValues), new ParserConfiguration { ResponseFileTokenReplacer = null });
        try
        {
            if (line.Action is ParseErrorAction)
            {
                var wrong = line.UnmatchedTokens is [var first, ..] ? $"'{first}' is not expected here" : line.Errors[0].Message.TrimEnd('.');
                return Fail(line, world, $"{wrong}. See: {Path(line)} --help", ExitCodes.Refused);
            }

            return await line.InvokeAsync(new InvocationConfiguration { Output = world.Output, Error = world.Error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, ct);
        }
        catch (CommandFailure e)
        {
            return Fail(line, world, e.Message, e.ExitCode);
        }
        catch (Unreachable e)
        {
            return Fail(line, world, e.Message, ExitCodes.Unreachable);
        }
        catch (OperationCanceledException)
        {
            return ExitCodes.Signal + Signals.Came;
        }
        catch (Exception e) when (e is IOException { HResult: BrokenPipe })
        {
            // Whoever read the output has heard enough.
            return ExitCodes.Done;
        }
        catch (Exception e)
        {
            return Fail(line, world, $"This should not happen: {e.GetType().Name}: {e.Message}", ExitCodes.Refused);
        }
    }

    private const int BrokenPipe = 32;

    /// <summary>The command line as a whole.</summary>
    internal static RootCommand Build(Cli cli)
    {
        var root = new RootCommand("The command line of Commissaire, which looks after the Linux hosts of Kubernetes and OpenShift clusters.")
        {
            ClusterCommands.Build(cli),
            HostCommands.Build(cli),
            NetworkCommands.Build(cli),
            ContainerManagerCommands.Build(cli),
            TokenCommands.Build(cli),
            PasshashCommand.Build(cli),
            UserDataCommand.Build(cli),
            CompletionCommand.Build(cli),
            VersionCommand.Build(cli),
        };
        foreach (var option in cli.Options.All)
        {
            root.Options.Add(option);
        }

        Manual.WriteInto(root);
        return root;
    }

    private static int Fail(ParseResult line, Surroundings world, string message, int exitCode)
    {
        world.Error.WriteLine($"{Program(line)}: error: {Words.OneLine(message)}");
        return exitCode;
    }

    // "commctl" and the noun, as in 2017.
    private static string Program(ParseResult line) => string.Join(' ', Names(line).Take(2));

    private static string Path(ParseResult line) => string.Join(' ', Names(line));

    private static Stack<string> Names(ParseResult line)
    {
        var words = new Stack<string>();
        for (SymbolResult? at = line.CommandResult; at is CommandResult command; at = at.Parent)
        {
            words.Push(command.Command is RootCommand ? "commctl" : command.Command.Name);
        }

        return words;
    }
}
