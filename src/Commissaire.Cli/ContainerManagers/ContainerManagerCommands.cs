using System.Text.Json;
using System.Text.Json.Nodes;
using Commissaire.Contracts.ContainerManagers;
using Commissaire.Output;

namespace Commissaire.ContainerManagers;

/// <summary><c>commctl container_manager</c>.</summary>
internal static class ContainerManagerCommands
{
    public static Command Build(CommandFactory factory)
    {
        var command = new Command("container_manager", "Manage the Kubernetes and OpenShift clusters that hosts join as nodes.")
        {
            Create(factory),
            factory.Delete("Delete container managers that no cluster uses.", "Name of a container manager.", Routes.ContainerManager),
            factory.Get("Show a container manager. Secret options are shown as ***.", Name(), Routes.ContainerManager),
            factory.ListNames(
                "container managers", Routes.ContainerManagers,
                new Columns("name") { Terminal = ["name", "type", "reachable", "server_url", "last_error"], Optional = ["server_url"] },
                Summarize),
        };
        command.Aliases.Add("container-manager");
        return command;
    }

    private static async Task<JsonObject> Summarize(Session session, string name, CancellationToken ct)
    {
        var manager = (await session.Api.Get(Routes.ContainerManager(name), ct)).Json as JsonObject;
        var row = new JsonObject();
        foreach (var field in (string[])["type", "reachable", "last_error"])
        {
            row[field] = manager?[field]?.DeepClone();
        }

        row["server_url"] = manager?["options"]?["server_url"]?.DeepClone();
        return row;
    }

    private static Argument<string> Name() => new("NAME") { Description = "Name of the container manager." };

    private static DocumentedCommand Create(CommandFactory factory)
    {
        var name = Name();
        var type = Options.Text(["--type", "-t"], "TYPE", "Type: openshift, kubernetes or trivial.", "openshift");
        var options = new Option<string[]>("--options", "-o")
        {
            Description = "Option of the type: KEY=VALUE, or a JSON object. Repeat it for more options; the last value of a key wins.",
            HelpName = "KEY=VALUE|JSON",
        };
        var file = Options.Text(
            ["--options-file"], "FILE", "File with options as a JSON object; - for standard input. --options take precedence.");
        return factory.WithSession(
            new DocumentedCommand("create", "Create a container manager.", """
                Note: -o is --options here. Use --output for the output format. Other users can see --options in the process list: put
                a token or a password into a file that only you can read, as {"token": "…"}, and name it with --options-file.

                Examples:
                  commctl container_manager create --type trivial trial
                  commctl container_manager create --options-file openshift.json ocp
                  commctl container_manager create --type kubernetes -o server_url=https://10.0.0.1:6443 --options-file secrets.json k8s
                """) { name, type, options, file },
            async (session, parseResult, ct) =>
            {
                var defaults = parseResult.GetValue(file) is { } path
                    ? FreeFormOptions.ReadFile("--options-file", path, session.Environment)
                    : new Dictionary<string, JsonElement>();
                var body = new PutContainerManagerRequest
                {
                    Type = parseResult.GetValue(type),
                    Options = FreeFormOptions.Merge(defaults, parseResult.GetValue(options) ?? []),
                };
                return session.PrintResult(await session.Api.Put(
                    Routes.ContainerManager(parseResult.GetRequiredValue(name)), body, ApiClient.Json.PutContainerManagerRequest, ct));
            });
    }
}
