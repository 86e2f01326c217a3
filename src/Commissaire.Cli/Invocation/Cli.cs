using System.CommandLine;
using Commissaire.Http;

namespace Commissaire.Invocation;

/// <summary>What the commands are built with.</summary>
internal sealed class Cli(Surroundings world)
{
    /// <summary>The options that every command has.</summary>
    public GlobalOptions Options { get; } = new();

    /// <summary>What commands find around them.</summary>
    public Surroundings World => world;

    /// <summary>A command that talks to a server.</summary>
    public Verb Asks(Verb verb, Func<Session, ParseResult, CancellationToken, Task<int>> act)
    {
        verb.SetAction(async (line, ct) =>
        {
            using var session = await Session.Open(line, Options, world, ct);
            return await act(session, line, ct);
        });
        return verb;
    }

    /// <summary>A command that shows one thing by its name.</summary>
    public Verb Shows(string name, string description, Argument<string> of, Func<string, string> path) =>
        Asks(new Verb(name, description) { of }, async (session, line, ct) => session.Show(await session.Api.Get(path(line.GetRequiredValue(of)), ct)));

    /// <summary>A command that shows all things of a kind.</summary>
    public Verb Lists(string description, string path) =>
        Asks(new Verb("list", description), async (session, _, ct) => session.Show(await session.Api.Get(path, ct)));

    /// <summary>A command that removes things by their names.</summary>
    public Verb Deletes(string description, Func<string, string> path)
    {
        var names = new Argument<string[]>("NAME") { Description = "Which; one or more.", Arity = ArgumentArity.OneOrMore };
        return Asks(new Verb("delete", description) { names }, (session, line, ct) => session.DeleteAll(line.GetRequiredValue(names).Select(path), ct));
    }
}
