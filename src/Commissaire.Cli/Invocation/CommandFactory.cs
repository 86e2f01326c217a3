using System.Text.Json;
using System.Text.Json.Nodes;
using Commissaire.Output;

namespace Commissaire.Invocation;

/// <summary>Builds commands that share the global options and the environment.</summary>
internal sealed class CommandFactory(CliEnvironment environment)
{
    private const int ParallelRequests = 8;

    public GlobalOptions GlobalOptions { get; } = new();

    public CliEnvironment Environment => environment;

    /// <summary>Opens a session with the server before the action of a command runs.</summary>
    public DocumentedCommand WithSession(DocumentedCommand command, Func<Session, ParseResult, CancellationToken, Task<int>> action)
    {
        RejectEmptyArguments(command);
        command.SetAction(async (parseResult, ct) =>
        {
            using var session = await Session.Open(parseResult, GlobalOptions, environment, ct);
            return await action(session, parseResult, ct);
        });
        return command;
    }

    // A variable that is not set would name all objects, or this machine.
    private static void RejectEmptyArguments(DocumentedCommand command)
    {
        foreach (var argument in command.Arguments)
        {
            argument.Validators.Add(result =>
            {
                if (result.Tokens.Any(token => string.IsNullOrWhiteSpace(token.Value)))
                {
                    result.AddError($"argument {argument.Name}: is empty, as if a variable were not set");
                }
            });
        }
    }

    /// <summary>Builds a command that prints one object.</summary>
    public DocumentedCommand Get(string description, Argument<string> name, Func<string, string> path) =>
        WithSession(new DocumentedCommand("get", description) { name }, async (session, parseResult, ct) =>
            session.PrintResource(await session.Api.Get(path(parseResult.GetRequiredValue(name)), ct)));

    /// <summary>
    /// Builds a command that lists names. On a terminal, a table adds what <paramref name="summarize"/> reads of each object.
    /// </summary>
    public DocumentedCommand ListNames(
        string kind, string path, Columns columns, Func<Session, string, CancellationToken, Task<JsonObject>> summarize) =>
        WithSession(new DocumentedCommand("list", $"List all {kind}: a table on a terminal, else their names."), async (session, _, ct) =>
        {
            var response = await session.Api.Get(path, ct);
            if (!session.Printer.IsForPeople || !response.IsSuccess || response.Json is not JsonArray { Count: > 0 } names
                || names.Any(name => name?.GetValueKind() != JsonValueKind.String))
            {
                return session.PrintResource(response, columns);
            }

            var rows = new JsonObject[names.Count];
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = ParallelRequests, CancellationToken = ct };
            await Parallel.ForAsync(0, rows.Length, parallel, async (index, cancel) =>
            {
                var name = names[index]!.GetValue<string>();
                rows[index] = await summarize(session, name, cancel);
                rows[index]["name"] = name;
            });
            session.Printer.Print(new JsonArray([.. rows]), columns);
            return ExitCodes.Success;
        });

    /// <summary>Builds a command that deletes objects by name.</summary>
    public DocumentedCommand Delete(string description, string nameDescription, Func<string, string> path)
    {
        var names = new Argument<string[]>("NAME") { Description = nameDescription, Arity = ArgumentArity.OneOrMore };
        var (command, deletion) = (new DocumentedCommand("delete", description) { names }, new Deletion());
        deletion.AddTo(command);
        return WithSession(command, async (session, parseResult, ct) =>
        {
            var all = parseResult.GetRequiredValue(names);
            await deletion.Confirm(session, parseResult, () => Task.FromResult<IReadOnlyList<string>>(
                [$"To be deleted: {string.Join(", ", all)}"]), ct);
            return await session.DeleteAll(all.Select(path), ct);
        });
    }
}
