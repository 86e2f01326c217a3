namespace Commissaire.Invocation;

/// <summary>Builds commands that share the global options and the environment.</summary>
internal sealed class CommandFactory(CliEnvironment environment)
{
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

    /// <summary>Builds a command that prints all objects of a kind.</summary>
    public DocumentedCommand List(string description, string path) =>
        WithSession(new DocumentedCommand("list", description), async (session, _, ct) =>
            session.PrintResource(await session.Api.Get(path, ct)));

    /// <summary>Builds a command that deletes objects by name.</summary>
    public DocumentedCommand Delete(string description, string nameDescription, Func<string, string> path)
    {
        var names = new Argument<string[]>("NAME") { Description = nameDescription, Arity = ArgumentArity.OneOrMore };
        return WithSession(new DocumentedCommand("delete", description) { names }, (session, parseResult, ct) =>
            session.DeleteAll(parseResult.GetRequiredValue(names).Select(path), ct));
    }
}
