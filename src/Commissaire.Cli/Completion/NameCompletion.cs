using System.CommandLine.Completions;
using System.CommandLine.Invocation;
using System.Text.Json.Nodes;
using Commissaire.Output;

namespace Commissaire.Completion;

/// <summary>
/// Completes the names of objects, which it asks the server for. It never prompts, prints nothing but names, and gives up soon: without
/// configured credentials, or without a server, there are no names.
/// </summary>
internal sealed class NameCompletion(CommandFactory factory)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(1.5);

    private readonly Dictionary<Symbol, IReadOnlyList<string>> _names = [];

    /// <summary>Adds names to the completions of every command.</summary>
    public static void Install(RootCommand root, CommandFactory factory)
    {
        var names = new NameCompletion(factory);
        names.AddSources(root);
        var suggest = root.Directives.OfType<SuggestDirective>().Single();
        suggest.Action = new Action(names, root, (SynchronousCommandLineAction)suggest.Action!);
    }

    private void AddSources(Command command)
    {
        foreach (var argument in command.Arguments)
        {
            argument.CompletionSources.Add(context => IsNext(command, argument, context) ? _names.GetValueOrDefault(argument) ?? [] : []);
        }

        foreach (var option in command.Options)
        {
            option.CompletionSources.Add(_ => _names.GetValueOrDefault(option) ?? []);
        }

        foreach (var child in command.Subcommands)
        {
            AddSources(child);
        }
    }

    // Whether the word at the cursor belongs to the argument.
    private static bool IsNext(Command command, Argument argument, CompletionContext context)
    {
        foreach (var candidate in command.Arguments)
        {
            var tokens = context.ParseResult.GetResult(candidate)?.Tokens ?? [];
            var complete = tokens.Count - (tokens.Count > 0 && tokens[^1].Value == context.WordToComplete ? 1 : 0);
            if (complete < candidate.Arity.MaximumNumberOfValues)
            {
                return candidate == argument;
            }
        }

        return false;
    }

    private async Task Load(ParseResult line, CancellationToken ct)
    {
        var command = line.CommandResult.Command;
        var symbols = ((IEnumerable<Symbol>)[.. command.Arguments, .. command.Options])
            .Select(symbol => (Symbol: symbol, Path: ListOf(command, symbol, line))).Where(item => item.Path is not null).ToList();
        if (symbols.Count == 0)
        {
            return;
        }

        try
        {
            using var timeout = new CancellationTokenSource(Deadline, factory.Environment.Clock);
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
            var silent = factory.Environment with
            {
                Error = TextWriter.Null,
                OpenInput = () => Stream.Null,
                Prompt = (_, _, _) => Task.FromResult<string?>(null),
            };
            using var session = await Session.Open(line, factory.GlobalOptions, silent, linked.Token);
            foreach (var (symbol, path) in symbols)
            {
                _names[symbol] = Names(await session.Api.Get(path!, linked.Token));
            }
        }
        catch (Exception)
        {
            // The shell shows no errors while a user types.
        }
    }

    private static IReadOnlyList<string> Names(ApiResponse response) => response is { IsSuccess: true, Json: JsonArray list }
        ? [.. list.Select(item => (item is JsonObject obj ? obj["address"] ?? obj["id"] : item)?.ToString() ?? "")
            .Where(name => name.Length > 0 && !name.Any(char.IsWhiteSpace) && !UnsafeText.IsIn(name))]
        : [];

    // The path of the list that contains the values of an argument or option; null for other values.
    private static string? ListOf(Command command, Symbol symbol, ParseResult line) =>
        (Path(command).LastOrDefault(""), command.Name, symbol.Name) switch
        {
            (_, _, "--cluster" or "CLUSTER") or ("cluster", _, "NAME") => Routes.Clusters,
            (_, _, "--container-manager") or ("container_manager", _, "NAME") => Routes.ContainerManagers,
            (_, _, "--network") or ("network", _, "NAME") => Routes.Networks,
            ("host", "ssh", "HOSTNAME") or ("host", not "create", "ADDRESS") => Routes.Hosts,
            ("token", _, "ID") => Routes.Tokens,
            ("cluster", "operations", "RUN") when line.GetResult(command.Arguments[0])?.Tokens is [var cluster, ..] =>
                Routes.Cluster(cluster.Value, "operations"),
            _ => null,
        };

    // From the command to the group below the root.
    private static IEnumerable<string> Path(Command command)
    {
        for (var current = command; current is not null and not RootCommand; current = current.Parents.OfType<Command>().FirstOrDefault())
        {
            yield return current.Name;
        }
    }

    private sealed class Action(NameCompletion names, RootCommand root, SynchronousCommandLineAction suggest)
        : AsynchronousCommandLineAction
    {
        public override async Task<int> InvokeAsync(ParseResult parseResult, CancellationToken cancellationToken = default)
        {
            if (parseResult.Tokens is [.., { } line])
            {
                await names.Load(root.Parse(line.Value, parseResult.Configuration), cancellationToken);
            }

            return suggest.Invoke(parseResult);
        }
    }
}
