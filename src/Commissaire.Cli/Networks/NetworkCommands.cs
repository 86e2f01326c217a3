using System.Text.Json.Nodes;
using Commissaire.ContainerManagers;
using Commissaire.Contracts.Networks;
using Commissaire.Output;

namespace Commissaire.Networks;

/// <summary><c>commctl network</c>.</summary>
internal static class NetworkCommands
{
    public static Command Build(CommandFactory factory) => new("network", "Manage the networks that connect the hosts of a cluster.")
    {
        Create(factory),
        factory.Delete("Delete networks that no cluster uses.", "Name of a network.", Routes.Network),
        factory.Get("Show a network.", Name(), Routes.Network),
        List(factory),
    };

    private static Argument<string> Name() => new("NAME") { Description = "Name of the network." };

    private static DocumentedCommand Create(CommandFactory factory)
    {
        var name = Name();
        var type = Options.Choice(["--type", "-t"], "Type of the network.", ["flannel_etcd", "flannel_server"], "flannel_etcd");
        var options = Options.Text(["--options", "-o"], "JSON", "Options of the type, as a JSON object.", "{}");
        return factory.WithSession(
            new DocumentedCommand("create", "Create a network.", """
                Note: -o is --options here. Use --output for the output format.

                Example:
                  commctl network create --type flannel_server --options '{"address": "192.168.152.100:8080"}' my_network
                """) { name, type, options },
            async (session, parseResult, ct) =>
            {
                var body = new PutNetworkRequest
                {
                    Type = parseResult.GetValue(type),
                    Options = FreeFormOptions.ParseJson(parseResult.GetRequiredValue(options)!),
                };
                return session.PrintResult(await session.Api.Put(
                    Routes.Network(parseResult.GetRequiredValue(name)), body, ApiClient.Json.PutNetworkRequest, ct));
            });
    }

    private static DocumentedCommand List(CommandFactory factory)
    {
        // Accepted for scripts of 2017, which may pass it.
        var ignored = new Argument<string?>("IGNORED") { Arity = ArgumentArity.ZeroOrOne, Hidden = true };
        var list = factory.ListNames(
            "networks", Routes.Networks, new Columns("name") { Terminal = ["name", "type", "address"] }, async (session, name, ct) =>
            {
                var network = await session.Api.Get(Routes.Network(name), ct);
                return new JsonObject
                {
                    ["type"] = network.Json?["type"]?.DeepClone(),
                    ["address"] = network.Json?["options"]?["address"]?.DeepClone(),
                };
            });
        list.Arguments.Add(ignored);
        return list;
    }
}
