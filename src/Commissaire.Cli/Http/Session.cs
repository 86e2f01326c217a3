using System.CommandLine;
using System.Text.Json.Nodes;
using Commissaire.Configuration;
using Commissaire.Invocation;
using Commissaire.Output;

namespace Commissaire.Http;

/// <summary>One command's dealings with a server, and what it prints of them.</summary>
internal sealed class Session : IDisposable
{
    private readonly Surroundings _world;

    private Session(Api api, Printer printer, Surroundings world) => (Api, Printer, _world) = (api, printer, world);

    /// <summary>The servers.</summary>
    public Api Api { get; }

    /// <summary>Where answers are printed.</summary>
    public Printer Printer { get; }

    /// <summary>What the command finds around it.</summary>
    public Surroundings World => _world;

    /// <summary>Opens one, as command line and configuration say.</summary>
    /// <exception cref="CommandFailure">They do not say enough.</exception>
    public static async Task<Session> Open(ParseResult line, GlobalOptions options, Surroundings world, CancellationToken ct)
    {
        var config = ClientConfig.Read(line.GetValue(options.Config), world);
        var given = line.GetValue(options.Endpoint) is { Length: > 0 } endpoints ? endpoints : config.Endpoints;
        if (given.Count == 0)
        {
            given = await world.Ask("Endpoint: ", false, ct) is { Length: > 0 } answer
                ? [answer]
                : throw new CommandFailure($"No endpoint: give --endpoint http://HOST:8000, or put \"endpoint\" into {config.Path}.");
        }

        var identity = await IdentityFinder.Find(config, line.GetValue(options.Username), line.GetValue(options.PasswordFile), world, ct);
        return new Session(new Api([.. given.Select(Endpoint)], identity, world.Error, world.Clock), new Printer(world.Output, Form(line, options, world)), world);
    }

    /// <summary>The form in which a command prints.</summary>
    public static OutputForm Form(ParseResult line, GlobalOptions options, Surroundings world) =>
        line.GetValue(options.Output) ?? (world.OutputIsTerminal ? OutputForm.Table : OutputForm.Yaml);

    /// <summary>Prints what a question was answered with. What does not exist is said, and is no failure.</summary>
    public int Show(Answer answer, params IReadOnlyList<string> columns)
    {
        Printer.Print(answer.Ok ? answer.Json : Outcome(answer), columns);
        return ExitCodes.Done;
    }

    /// <summary>Prints what became of a request.</summary>
    public int Done(Answer answer)
    {
        Printer.Print(Outcome(answer));
        return ExitCodes.Done;
    }

    /// <summary>What became of a request, in the words of 2017.</summary>
    /// <exception cref="CommandFailure">The server refused.</exception>
    public JsonNode Outcome(Answer answer)
    {
        if (answer.Missing)
        {
            if (answer.Detail.Length > 0)
            {
                _world.Error.WriteLine($"commctl: {answer.Detail}");
            }

            return JsonValue.Create("No object found.");
        }

        return answer.OrFail().Json switch
        {
            JsonObject { Count: > 0 } or JsonArray { Count: > 0 } or JsonValue when answer.Json is { } said => said,
            _ when answer.Status == System.Net.HttpStatusCode.NoContent => JsonValue.Create("No instance"),
            _ when answer.Status == System.Net.HttpStatusCode.Created => new JsonArray(JsonValue.Create($"Created {answer.Path[(answer.Path.LastIndexOf('/') + 1)..]}")),
            _ => JsonValue.Create("Success"),
        };
    }

    /// <summary>Removes things one after the other, says of each what became of it, and goes on when one is refused.</summary>
    public async Task<int> DeleteAll(IEnumerable<string> paths, CancellationToken ct)
    {
        var (results, refused) = (new JsonArray(), (CommandFailure?)null);
        foreach (var path in paths)
        {
            try
            {
                results.Add(Outcome(await Api.Delete(path, ct)));
            }
            catch (CommandFailure failure) when (failure.ExitCode == ExitCodes.Refused)
            {
                if (refused is not null)
                {
                    await _world.Error.WriteLineAsync($"commctl: {refused.Message}");
                }

                results.Add((JsonNode)"Refused");
                refused = failure;
            }
        }

        Printer.Print(results);
        return refused is null ? ExitCodes.Done : throw refused;
    }

    /// <inheritdoc />
    public void Dispose() => Api.Dispose();

    private static Uri Endpoint(string text) => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is ("http" or "https")
        ? uri
        : throw new CommandFailure($"The endpoint '{text}' is not an http or https URL; expected one such as http://127.0.0.1:8000.");
}
