using Commissaire.Server.Tests.Running;

namespace Commissaire.Server.Tests.Hosts;

/// <summary>The state and the activity of a server after a restart.</summary>
public sealed class ServerRestartTests
{
    private static readonly string[] Paths =
        ["/hosts", "/clusters", "/networks", "/containermanagers", "/cluster/c", "/cluster/c/hosts", "/cluster/c/history", "/network/n",
            "/containermanager/m", "/host/10.5.0.1", "/host/10.5.0.1/creds", "/host/10.5.0.1/status", "/host/10.5.0.2"];

    private readonly string _data = RunningServer.NewDataDirectory();
    private readonly ScriptedShell _shell = new();

    [Fact]
    public async Task A_restart_preserves_all_resources()
    {
        var before = new Dictionary<string, string>();
        await using (var server = await RunningServer.Start(_data, _shell))
        {
            await server.Expect("PUT /network/n", """{"type": "flannel_server", "options": {"address": "10.0.0.1:8080"}}""", 201);
            await server.Expect("PUT /containermanager/m", """{"type": "trivial", "options": {"drain_seconds": 1}}""", 201);
            await server.Expect("PUT /cluster/c", """{"network": "n", "container_manager": "m"}""", 201);
            await server.Register("10.5.0.1", "c");
            await server.Register("10.5.0.2");
            await server.Becomes("10.5.0.1", "active");
            await server.Becomes("10.5.0.2", "disassociated");
            await Eventually.Is(() => server.Send("GET /cluster/c"), c => c["status"] == "ok", "the cluster is ok");
            foreach (var path in Paths)
            {
                before[path] = WithoutLastCheck((await server.Expect($"GET {path}", null, 200)).Text);
            }
        }

        await using var restarted = await RunningServer.Start(_data, _shell);
        foreach (var path in Paths)
        {
            Assert.Equal($"{path} {before[path]}", $"{path} {WithoutLastCheck((await restarted.Expect($"GET {path}", null, 200)).Text)}");
        }

        Assert.Equal(1, _shell.Host("10.5.0.1").Begun.Count(b => b == ScriptedShell.Investigate));
        await restarted.Expect("PUT /host/10.5.0.1", Client.Registration(), 201);
        await restarted.Expect("PUT /host/10.5.0.1", Client.Registration(Keys.Other), 409);
        await restarted.Expect("PUT /containermanager/m", """{"type": "trivial", "options": {"drain_seconds": 1}}""", 201);
        await restarted.Expect("PUT /containermanager/m", """{"type": "trivial", "options": {"drain_seconds": 2}}""", 409);
    }

    [Theory]
    [InlineData("investigate")]
    [InlineData("install-docker")]
    public async Task A_restart_repeats_the_interrupted_command_and_continues(string command)
    {
        var host = _shell.Host("10.5.0.3");
        await using (var server = await RunningServer.Start(_data, _shell))
        {
            host.Hang(command);
            await server.Register("10.5.0.3");
            await Eventually.True(() => host.Begun.Contains(command), $"{command} was started");
        }

        Assert.Contains(command, host.Cancelled);
        host.BeHealthy();
        await using var restarted = await RunningServer.Start(_data, _shell);
        await restarted.Becomes("10.5.0.3", "disassociated");
        Assert.Equal(2, host.Begun.Count(b => b == command));
        Assert.Equal(1, host.Begun.Count(b => b == "install-flannel"));
        Assert.Equal(1, host.MostAtOnce);
        var history = (await restarted.Expect("GET /host/10.5.0.3/history", null, 200)).Json!.AsArray()
            .Select(h => h!["event"]!.ToString()).ToList();
        Assert.DoesNotContain("failed", history);
        Assert.Equal("bootstrapped", history[^1]);
    }

    [Fact]
    public async Task A_deleted_host_stays_deleted_after_a_restart()
    {
        await using (var server = await RunningServer.Start(_data, _shell))
        {
            await server.Register("10.5.0.4");
            await server.Expect("DELETE /host/10.5.0.4", null, 200);
        }

        await using var restarted = await RunningServer.Start(_data, _shell);
        await restarted.Expect("GET /host/10.5.0.4", null, 404);
        await restarted.Expect("GET /hosts", null, 200, "[]");
        await Eventually.True(() => restarted.Secrets().Count == 0, "the key is deleted");
    }

    // The time of the last contact is not stored.
    private static string WithoutLastCheck(string text) =>
        System.Text.RegularExpressions.Regex.Replace(text, "\"last_check\":\"[^\"]*\"", "");
}
