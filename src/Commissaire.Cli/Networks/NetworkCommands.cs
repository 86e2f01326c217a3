using System.CommandLine;
using Commissaire.ContainerManagers;
using Commissaire.Contracts.Networks;
using Commissaire.Http;
using Commissaire.Invocation;

namespace Commissaire.Networks;

/// <summary><c>commctl network</c>.</summary>
internal static class NetworkCommands
{
    /// <summary>The command.</summary>
    public static Command Build(Cli cli) => new("network", "Networks that connect the hosts of clusters.")
    {
        Create(cli),
        cli.Deletes("Delete networks that no cluster uses.", Routes.Network),
        cli.Shows("get", "Show a network.", Name(), Routes.Network),
        List(cli),
    };

    private static Argument<string> Name() => new("NAME") { Description = "Name of the network." };

    private static Verb Create(Cli cli)
    {
        var name = Name();
        var type = new Option<string>("--type", "-t") { Description = "flannel_etcd or flannel_server.", HelpName = "TYPE", DefaultValueFactory = _ => "flannel_etcd" };
        type.AcceptOnlyFromAmong("flannel_etcd", "flannel_server");
        var options = new Option<string>("--options", "-o") { Description = "Options of the type, a JSON object.", HelpName = "JSON", DefaultValueFactory = _ => "{}" };
        return cli.Asks(
            new Verb("create", "Create a network.", """
                Here -o is short for --options; the form of the output is --output.

                Example:
                  commctl network create --type flannel_server --options '{"address": "192.168.152.100:8080"}' my_network
                """) { name, type, options },
            async (session, line, ct) =>
            {
                var body = new PutNetworkRequest { Type = line.GetValue(type), Options = OptionTexts.Json(line.GetValue(options)!) };
                return session.Done(await session.Api.Put(Routes.Network(line.GetRequiredValue(name)), body, Api.Json.PutNetworkRequest, ct));
            });
    }

    private static Verb List(Cli cli)
    {
        // Taken since 2017, and never looked at.
        var ignored = new Argument<string?>("IGNORED") { Arity = ArgumentArity.ZeroOrOne, Hidden = true };
        return cli.Asks(new Verb("list", "List the names of all networks.") { ignored }, async (session, _, ct) => session.Show(await session.Api.Get(Routes.Networks, ct)));
    }
}
