using Commissaire.Clusters;

namespace Commissaire.Runs;

/// <summary><c>commctl cluster restart</c>, <c>upgrade</c> and <c>deploy</c>.</summary>
internal static class RunCommands
{
    public static Command Build(CommandFactory factory, string verb) => new(verb, verb switch
    {
        "restart" => "Restart every host of a cluster, a few at a time.",
        "upgrade" => "Upgrade every host of a cluster, a few at a time.",
        _ => "Deploy an image or ostree version to every host of a cluster, a few at a time.",
    })
    {
        Start(factory, verb),
        Status(factory, verb),
        Control(factory, verb, "cancel", "Cancel the run: no further host starts, and started hosts finish."),
        Control(factory, verb, "pause", "Pause the run: no further host starts until you resume it."),
        Control(factory, verb, "resume", "Resume the paused run."),
        Control(factory, verb, "retry", "Retry the last run for the hosts that failed or did not start."),
    };

    private static DocumentedCommand Start(CommandFactory factory, string verb)
    {
        var deploys = verb == "deploy";
        var (name, options, wait) = (ClusterCommands.Name(), new StartOptions(verb), Wait());
        var version = new Argument<string>("VERSION") { Description = "Version to deploy." };
        var arguments = deploys ? "my_cluster 7.4.1" : "my_cluster";
        var start = new DocumentedCommand("start", $"Start a rolling {verb} over the hosts of a cluster.", $"""
            TIME is in seconds, or a number with s, m, h or d: 90s, 10m. Only one run at a time can use a cluster.

            Examples:
              commctl cluster {verb} start {arguments}
              commctl cluster {verb} start --max-unavailable 25% --dry-run {arguments}
              commctl cluster {verb} start --max-unavailable 25% --wait {arguments}
            """) { name, wait };
        if (deploys)
        {
            start.Arguments.Add(version);
        }

        options.AddTo(start);
        var dryRun = new Option<bool>("--dry-run") { Description = "Start nothing: print how the run would go." };
        start.Options.Add(dryRun);
        return factory.WithSession(start, async (session, parseResult, ct) =>
        {
            var cluster = parseResult.GetRequiredValue(name);
            var request = await options.ToRequest(parseResult, ct);
            var body = request with { Version = deploys ? parseResult.GetRequiredValue(version) : null };
            if (parseResult.GetValue(dryRun))
            {
                return parseResult.GetValue(wait)
                    ? throw new CommandException("--dry-run starts no run to --wait for. Leave one of them out.")
                    : session.PrintResult(await session.Api.Put(
                        Routes.DryRun(Routes.Cluster(cluster, verb)), body, ApiClient.Json.StartRunRequest, ct));
            }

            return await Send(session, cluster, parseResult.GetValue(wait),
                () => session.Api.Put(Routes.Cluster(cluster, verb), body, ApiClient.Json.StartRunRequest, ct), ct);
        });
    }

    private static DocumentedCommand Status(CommandFactory factory, string verb)
    {
        var name = ClusterCommands.Name();
        var watch = new Option<bool>("--watch", "-w") { Description = "Show progress until the run ends. Exit status 3 if it failed." };
        var status = new DocumentedCommand("status", $"Show the last rolling {verb} over the hosts of a cluster.") { name, watch };
        return factory.WithSession(status, async (session, parseResult, ct) =>
        {
            var cluster = parseResult.GetRequiredValue(name);
            Task<ApiResponse> Get() => session.Api.Get(Routes.Cluster(cluster, verb), ct);
            return parseResult.GetValue(watch) ? await RunWatcher.Watch(session, cluster, Get, ct) : session.PrintResource(await Get());
        });
    }

    private static DocumentedCommand Control(CommandFactory factory, string verb, string action, string description)
    {
        var (name, wait) = (ClusterCommands.Name(), Wait());
        return factory.WithSession(new DocumentedCommand(action, description) { name, wait }, (session, parseResult, ct) =>
        {
            var cluster = parseResult.GetRequiredValue(name);
            return Send(session, cluster, parseResult.GetValue(wait), () => action == "cancel"
                ? session.Api.SendEmpty(HttpMethod.Delete, Routes.Cluster(cluster, verb), ct)
                : session.Api.SendEmpty(HttpMethod.Post, Routes.Cluster(cluster, verb, action), ct), ct);
        });
    }

    private static async Task<int> Send(
        Session session, string cluster, bool wait, Func<Task<ApiResponse>> request, CancellationToken ct) =>
        wait ? await RunWatcher.Watch(session, cluster, request, ct) : session.PrintResult((await request()).EnsureSuccess());

    private static Option<bool> Wait() =>
        new("--wait", "-w") { Description = "Show progress until the run ends. Exit status 3 if it failed." };
}
