using System.Text.Json.Nodes;
using Commissaire.Output;

namespace Commissaire.Invocation;

/// <summary>What commands that delete have in common: on a terminal, they show what will be deleted, and ask.</summary>
internal sealed class Deletion
{
    private readonly Option<bool> _yes = new("--yes", "-y") { Description = "Ask nothing. Without a terminal there is no question." };
    private readonly Option<string?>? _nodes;

    /// <summary>Creates the options of a command; <paramref name="hasNodes"/> if nodes may go with what it deletes.</summary>
    public Deletion(bool hasNodes = false) => _nodes = hasNodes
        ? Options.Choice(
            ["--nodes"], "What to do with the nodes in the container manager: remove those that Commissaire made and release adopted ones "
                + "(auto), keep all (without labels and annotations of Commissaire), or remove all. Default: auto.",
            ["auto", "keep", "remove"])
        : null;

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_yes);
        if (_nodes is not null)
        {
            command.Options.Add(_nodes);
        }
    }

    /// <summary>The query of the request. Without a terminal it is that of 2017, whose answer is empty.</summary>
    public string Query(Session session, ParseResult parseResult) => _nodes is null ? ""
        : parseResult.GetValue(_nodes) is { } chosen ? $"?nodes={chosen}"
        : session.Environment.IsInteractive ? "?nodes=auto"
        : "";

    /// <summary>Shows what will be deleted and asks, if a person is there.</summary>
    /// <exception cref="CommandException">The person did not agree.</exception>
    public async Task Confirm(
        Session session, ParseResult parseResult, Func<Task<IReadOnlyList<string>>> describe, CancellationToken ct)
    {
        if (parseResult.GetValue(_yes) || !session.Environment.IsInteractive)
        {
            return;
        }

        foreach (var line in await describe())
        {
            await session.Environment.Error.WriteLineAsync(TerminalText.OneLine(line));
        }

        var answer = await session.Environment.Prompt("Continue? [y/N] ", false, ct);
        if (answer?.Trim().ToUpperInvariant() is not ("Y" or "YES"))
        {
            throw new CommandException("Nothing was changed.");
        }
    }

    /// <summary>Describes a host that is to be deleted or to leave its cluster.</summary>
    public string Describe(string name, JsonNode? host, ParseResult parseResult)
    {
        if (host is not JsonObject fields)
        {
            return $"host {name}: not found";
        }

        var cluster = $"{fields["cluster"]}";
        var node = $"{fields["node_if_deleted"]}" is { Length: > 0 } suits
            ? $"; its node in container manager '{fields["container_manager"]}' is {Chosen(parseResult, suits)}"
            : "";
        return $"host {name}: {fields["status"]}{(cluster.Length > 0 ? $", in cluster '{cluster}'" : ", in no cluster")}{node}";
    }

    private string Chosen(ParseResult parseResult, string suits) => _nodes is null ? suits : parseResult.GetValue(_nodes) switch
    {
        "keep" => "released",
        "remove" => "removed",
        _ => suits,
    };
}
