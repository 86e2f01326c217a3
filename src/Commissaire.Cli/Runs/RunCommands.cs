using System.CommandLine;
using Commissaire.Clusters;
using Commissaire.Http;
using Commissaire.Invocation;

namespace Commissaire.Runs;

/// <summary><c>commctl cluster restart</c>, <c>upgrade</c> and <c>deploy</c>.</summary>
internal static class RunCommands
{
    /// <summary>The command of one of them.</summary>
    public static Command Build(Cli cli, string verb) => new(verb, verb switch
    {
        "restart" => "Restart the hosts of a cluster, a few at a time.",
        "upgrade" => "Upgrade the hosts of a cluster, a few at a time.",
        _ => "Deploy a version of the operating system (ostree) to the hosts of a cluster, a few at a time.",
    })
    {
        Start(cli, verb),
        Status(cli, verb),
        Tell(cli, verb, "cancel", "No further host begins; those that have begun finish.", (api, path, ct) => api.Delete(path, ct)),
        Tell(cli, verb, "pause", "No further host begins until the run is resumed.", (api, path, ct) => api.Post($"{path}/pause", ct)),
        Tell(cli, verb, "resume", "Go on with a paused run.", (api, path, ct) => api.Post($"{path}/resume", ct)),
        Tell(cli, verb, "retry", "Give the hosts that failed, or never began, their turn again.", (api, path, ct) => api.Post($"{path}/retry", ct)),
    };

    private static Verb Start(Cli cli, string verb)
    {
        var (name, options, wait) = (ClusterCommands.Name(), new StartOptions(verb), Wait());
        var version = new Argument<string?>("VERSION") { Description = "Version to deploy.", Arity = verb == "deploy" ? ArgumentArity.ExactlyOne : ArgumentArity.Zero };
        var start = new Verb("start", $"Begin a run of {verb} over a cluster.", $"""
            TIME is seconds, or a number with s, m, h or d. One run at a time holds a cluster.

            Examples:
              commctl cluster {verb} start {(verb == "deploy" ? "my_cluster 7.4.1" : "my_cluster")}
              commctl cluster {verb} start --max-unavailable 25% --wait {(verb == "deploy" ? "my_cluster 7.4.1" : "my_cluster")}
            """) { name, wait };
        if (verb == "deploy")
        {
            start.Arguments.Add(version);
        }

        options.AddTo(start);
        return cli.Asks(start, async (session, line, ct) =>
        {
            var cluster = line.GetRequiredValue(name);
            var body = options.Read(line) with { Version = verb == "deploy" ? line.GetValue(version) : null };
            Task<Answer> Put() => session.Api.Put(Routes.Cluster(cluster, verb), body, Api.Json.StartRunRequest, ct);
            return line.GetValue(wait) ? await RunWatch.Follow(session, cluster, Put, ct) : session.Done(await Put());
        });
    }

    private static Verb Status(Cli cli, string verb)
    {
        var name = ClusterCommands.Name();
        var watch = new Option<bool>("--watch", "-w") { Description = "Go on showing it until the run is over; exit 0 only if it finished well." };
        return cli.Asks(new Verb("status", $"Show the latest run of {verb} over a cluster.") { name, watch }, async (session, line, ct) =>
        {
            var cluster = line.GetRequiredValue(name);
            Task<Answer> Get() => session.Api.Get(Routes.Cluster(cluster, verb), ct);
            return line.GetValue(watch) ? await RunWatch.Follow(session, cluster, Get, ct) : session.Show(await Get());
        });
    }

    private static Verb Tell(Cli cli, string verb, string word, string description, Func<Api, string, CancellationToken, Task<Answer>> tell)
    {
        var (name, wait) = (ClusterCommands.Name(), Wait());
        return cli.Asks(new Verb(word, description) { name, wait }, async (session, line, ct) =>
        {
            var cluster = line.GetRequiredValue(name);
            Task<Answer> Send() => tell(session.Api, Routes.Cluster(cluster, verb), ct);
            return line.GetValue(wait) ? await RunWatch.Follow(session, cluster, Send, ct) : session.Done(await Send());
        });
    }

    private static Option<bool> Wait() => new("--wait", "-w") { Description = "Show how the run goes until it is over; exit 0 only if it finished well." };
}
