using System.Net;
using System.Text.Json.Nodes;
using Commissaire.Configuration;
using Commissaire.Output;

namespace Commissaire.Http;

/// <summary>The API client and the output of one command.</summary>
internal sealed class Session : IDisposable
{
    private readonly Func<string[], string> _commandLine;

    private Session(ApiClient api, Printer printer, CliEnvironment environment, Func<string[], string> commandLine) =>
        (Api, Printer, Environment, _commandLine) = (api, printer, environment, commandLine);

    public ApiClient Api { get; }

    public Printer Printer { get; }

    public CliEnvironment Environment { get; }

    /// <summary>Opens a session with the options of the command line, the configuration, and the answers to prompts.</summary>
    /// <exception cref="CommandException">An option or setting is missing or invalid.</exception>
    public static async Task<Session> Open(ParseResult parseResult, GlobalOptions options, CliEnvironment environment, CancellationToken ct)
    {
        var config = ClientConfig.Read(parseResult.GetValue(options.Config), environment);
        var endpoints = parseResult.GetValue(options.Endpoint) is { Length: > 0 } named ? named : config.Endpoints;
        if (endpoints.Count == 0)
        {
            endpoints = await environment.Prompt("Endpoint: ", false, ct) is { Length: > 0 } typed
                ? [typed]
                : throw new CommandException($"No endpoint. Use --endpoint http://HOST:8000, or set \"endpoint\" in {config.Path}.");
        }

        Uri[] urls = [.. endpoints.Select(Endpoint.Parse)];
        var ca = parseResult.GetValue(options.Ca);
        if (ca is not null && urls.FirstOrDefault(url => url.Scheme == "http") is { } plain)
        {
            throw new CommandException($"argument --ca: the endpoint {plain} does not use TLS. Use an https URL, or omit --ca.");
        }

        var authorities = ca is not null ? CertificateAuthorities.Read("--ca", ca, environment)
            : config.Ca is { } file ? CertificateAuthorities.Read($"ca in {config.Path}", Files.Expand(file, environment), environment)
            : null;
        var credentials = await Credentials.Find(
            config, parseResult.GetValue(options.Username), parseResult.GetValue(options.PasswordFile), environment, ct);
        var format = parseResult.GetValue(options.Output) ?? (environment.OutputIsTerminal ? OutputFormat.Table : OutputFormat.Yaml);
        return new Session(
            new ApiClient(urls, credentials, authorities, environment.Error, environment.Clock),
            new Printer(environment.Output, format, environment.TerminalView), environment,
            words => Invocation.CommandLine.With(parseResult, options, words));
    }

    /// <summary>Writes a command for the user to copy: it uses the same server and credentials.</summary>
    public string CommandLine(params string[] words) => _commandLine(words);

    /// <summary>Prints the body of a response to a GET request, even an empty list. A missing object is not an error.</summary>
    public int PrintResource(ApiResponse response, Columns? columns = null)
    {
        Printer.Print(response.IsSuccess ? response.Json : Result(response), columns);
        return ExitCodes.Success;
    }

    /// <summary>Prints the result of a change. What is to be deleted may be missing.</summary>
    /// <exception cref="CommandException">The object to change does not exist, or the server rejected the request.</exception>
    public int PrintResult(ApiResponse response)
    {
        if (response.IsNotFound && response.Method != HttpMethod.Delete)
        {
            throw response.ToException();
        }

        Printer.Print(Result(response));
        return ExitCodes.Success;
    }

    /// <summary>Deletes objects in order and prints each result. A rejected request does not stop the others.</summary>
    public async Task<int> DeleteAll(IEnumerable<string> paths, CancellationToken ct)
    {
        var (results, rejected) = (new JsonArray(), (CommandException?)null);
        foreach (var path in paths)
        {
            try
            {
                results.Add(Result(await Api.SendEmpty(HttpMethod.Delete, path, ct)));
            }
            catch (CommandException e) when (e.ExitCode == ExitCodes.Error)
            {
                if (rejected is not null)
                {
                    await Environment.Error.WriteLineAsync($"commctl: {TerminalText.OneLine(rejected.Message)}");
                }

                results.Add((JsonNode)"Refused");
                rejected = e;
            }
        }

        Printer.Print(results);
        return rejected is null ? ExitCodes.Success : throw rejected;
    }

    public void Dispose() => Api.Dispose();

    // Scripts of 2017 parse these texts.
    private JsonNode Result(ApiResponse response)
    {
        if (response.IsNotFound)
        {
            if (response.Detail.Length > 0)
            {
                Environment.Error.WriteLine($"commctl: {response.Detail}");
            }

            return JsonValue.Create("No object found.");
        }

        return response.EnsureSuccess().Json switch
        {
            JsonArray { Count: > 0 } nodes when response.Method == HttpMethod.Delete && TellNodes(nodes) => JsonValue.Create("Success"),
            JsonObject { Count: > 0 } or JsonArray { Count: > 0 } or JsonValue when response.Json is { } body => body,
            _ when response.Status == HttpStatusCode.NoContent => JsonValue.Create("No instance"),
            _ when response.Status == HttpStatusCode.Created => new JsonArray(
                JsonValue.Create($"Created {response.Path[(response.Path.LastIndexOf('/') + 1)..]}")),
            _ => JsonValue.Create("Success"),
        };
    }

    // What became of the nodes of hosts that left is for the person; scripts read "Success".
    private bool TellNodes(JsonArray nodes)
    {
        if (nodes.Any(node => node is not JsonObject fields || !fields.ContainsKey("node")))
        {
            return false;
        }

        foreach (var node in nodes)
        {
            var (host, manager, outcome) = (node!["address"], node["container_manager"], node["node"]);
            Environment.Error.WriteLine(TerminalText.OneLine($"The node of host {host} in container manager '{manager}' is {outcome}."));
        }

        return true;
    }
}
