using System.CommandLine;
using System.Text.Json;
using Commissaire.Contracts.ContainerManagers;
using Commissaire.Http;
using Commissaire.Invocation;

namespace Commissaire.ContainerManagers;

/// <summary><c>commctl container_manager</c>.</summary>
internal static class ContainerManagerCommands
{
    /// <summary>The command.</summary>
    public static Command Build(Cli cli)
    {
        var command = new Command("container_manager", "Container managers: the Kubernetes or OpenShift that hosts are nodes of.")
        {
            Create(cli),
            cli.Deletes("Delete container managers that no cluster uses.", Routes.ContainerManager),
            cli.Shows("get", "Show a container manager; secrets among its options are shown as ***.", Name(), Routes.ContainerManager),
            cli.Lists("List the names of all container managers.", Routes.ContainerManagers),
        };
        command.Aliases.Add("container-manager");
        return command;
    }

    private static Argument<string> Name() => new("NAME") { Description = "Name of the container manager." };

    private static Verb Create(Cli cli)
    {
        var name = Name();
        var type = new Option<string>("--type", "-t") { Description = "openshift, kubernetes or trivial.", HelpName = "TYPE", DefaultValueFactory = _ => "openshift" };
        var options = new Option<string[]>("--options", "-o") { Description = "Option of the type: KEY=VALUE, or a JSON object. Repeatable; the last of a key holds.", HelpName = "KEY=VALUE|JSON" };
        var file = new Option<string?>("--options-file") { Description = "File with a JSON object of options, for secrets; - for standard input. --options come after it.", HelpName = "FILE" };
        return cli.Asks(
            new Verb("create", "Create a container manager.", """
                Here -o is short for --options; the form of the output is --output.

                Examples:
                  commctl container_manager create -o server_url=https://openshift.example.com -o token=aaa ocp
                  commctl container_manager create --type kubernetes --options-file kubernetes.json k8s
                """) { name, type, options, file },
            async (session, line, ct) =>
            {
                var kept = line.GetValue(file) is { } path ? OptionTexts.Read("--options-file", path, session.World) : new Dictionary<string, JsonElement>();
                var body = new PutContainerManagerRequest { Type = line.GetValue(type), Options = OptionTexts.Items(kept, line.GetValue(options) ?? []) };
                return session.Done(await session.Api.Put(Routes.ContainerManager(line.GetRequiredValue(name)), body, Api.Json.PutContainerManagerRequest, ct));
            });
    }
}
