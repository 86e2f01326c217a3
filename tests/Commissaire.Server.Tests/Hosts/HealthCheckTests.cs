using System.Text.Json.Nodes;
using Commissaire.Server.Tests.Running;
using Commissaire.Shell;

namespace Commissaire.Server.Tests.Hosts;

/// <summary>Health checks and retries of hosts, with a server that checks several times a second.</summary>
public sealed class HealthCheckTests : IAsyncLifetime
{
    private readonly ScriptedShell _shell = new();
    private RunningServer _server = null!;

    public async Task InitializeAsync() => _server = await RunningServer.Start(
        RunningServer.NewDataDirectory(), _shell, new JsonObject { ["watch_interval"] = "0.2", ["watch_retry"] = "0.2" });

    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    [Fact]
    public async Task A_host_that_misses_two_checks_fails_and_recovers_when_it_answers()
    {
        var host = _shell.Host("10.3.0.1");
        await _server.Register("10.3.0.1");
        await _server.Becomes("10.3.0.1", "disassociated");
        host.On(ScriptedShell.Check, new ShellOutcome.Unreachable("connection refused"));
        Assert.Contains("connection refused", (await _server.Becomes("10.3.0.1", "failed"))["reason"]);
        host.BeHealthy();
        await _server.Becomes("10.3.0.1", "disassociated");
        var events = await Events("10.3.0.1");
        Assert.Equal(["failed", "recovered"], events.SkipWhile(e => e != "bootstrapped").Skip(1));
    }

    [Fact]
    public async Task One_missed_check_does_not_fail_the_host()
    {
        var host = _shell.Host("10.3.0.2");
        await _server.Register("10.3.0.2");
        await _server.Becomes("10.3.0.2", "disassociated");
        var missed = host.Hang(ScriptedShell.Check);
        await Eventually.True(() => host.Begun[^1] == ScriptedShell.Check, "a check was started");
        host.BeHealthy();
        missed.SetResult(new ShellOutcome.Unreachable("connection reset"));
        var checks = host.Begun.Count;
        await Eventually.True(() => host.Begun.Count > checks + 1, "two more checks were started");
        Assert.DoesNotContain("failed", await Events("10.3.0.2"));
    }

    [Fact]
    public async Task A_new_boot_id_is_recorded()
    {
        var host = _shell.Host("10.3.0.3");
        await _server.Register("10.3.0.3");
        await _server.Becomes("10.3.0.3", "disassociated");
        host.On(ScriptedShell.Check, host.Done("11111111-2222-3333-4444-555555555555\n"));
        await Eventually.Is(() => _server.Send("GET /host/10.3.0.3"), h => h["boot_id"] == "11111111-2222-3333-4444-555555555555",
            "the other boot is shown");
        Assert.Single(await Events("10.3.0.3"), "rebooted");
    }

    [Fact]
    public async Task A_failed_step_is_retried_until_it_succeeds()
    {
        var host = _shell.Host("10.3.0.4");
        host.On("install-docker", new ShellOutcome.Completed(1, "", "No package docker available.", host.Key));
        await _server.Register("10.3.0.4");
        var failed = await _server.Becomes("10.3.0.4", "failed");
        Assert.Contains("install-docker", failed["reason"]);
        Assert.Contains("No package docker available.", failed["reason"]);
        await Eventually.True(() => host.Begun.Count(b => b == "install-docker") > 2, "it was tried again");
        host.BeHealthy();
        await _server.Becomes("10.3.0.4", "disassociated");
        Assert.Single(await Events("10.3.0.4"), "failed");
        Assert.Single(host.Begun, "install-flannel");
    }

    [Fact]
    public async Task A_healthy_host_is_investigated_and_bootstrapped_once_one_command_at_a_time()
    {
        var host = _shell.Host("10.3.0.5");
        await _server.Register("10.3.0.5");
        await _server.Becomes("10.3.0.5", "disassociated");
        await Eventually.True(() => host.Begun.Count(b => b == ScriptedShell.Check) > 3, "it was checked");
        Assert.Equal(
            [ScriptedShell.Investigate, "install-flannel", "install-docker", "configure-flannel", "configure-docker", "start-flannel",
                "start-docker"],
            host.Begun.Where(b => b != ScriptedShell.Check));
        Assert.Equal(1, host.MostAtOnce);
    }

    [Fact]
    public async Task Deleting_a_host_cancels_its_command_and_deletes_its_key()
    {
        var host = _shell.Host("10.3.0.6");
        host.Hang("install-docker");
        await _server.Register("10.3.0.6");
        await Eventually.True(() => host.Begun.Contains("install-docker"), "the step was started");
        await _server.Expect("DELETE /host/10.3.0.6", null, 200);
        await Eventually.True(() => host.Cancelled.Contains("install-docker"), "the step was cancelled");
        await Eventually.True(() => !_server.Secrets().Any(), "the key is deleted");
        Assert.Equal("deleted", (await Events("10.3.0.6"))[^1]);
        host.BeHealthy();
        var begun = host.Begun.Count;
        await _server.Register("10.3.0.6");
        await _server.Becomes("10.3.0.6", "disassociated");
        Assert.Equal(ScriptedShell.Investigate, host.Begun[begun]);
        Assert.Equal(1, host.MostAtOnce);
    }

    [Fact]
    public async Task A_list_contains_a_host_right_after_its_registration()
    {
        for (var i = 0; i < 50; i++)
        {
            var host = $"10.4.0.{i}";
            await _server.Register(host);
            Assert.Contains($"\"{host}\"", (await _server.Send("GET /hosts")).Text);
            await _server.Expect($"PUT /cluster/c{i}", null, 201);
            Assert.Contains($"\"c{i}\"", (await _server.Send("GET /clusters")).Text);
        }

        for (var i = 0; i < 50; i++)
        {
            await _server.Expect($"DELETE /host/10.4.0.{i}", null, 200);
            Assert.DoesNotContain($"\"10.4.0.{i}\"", (await _server.Send("GET /hosts")).Text);
        }
    }

    [Fact]
    public async Task Concurrent_registrations_of_a_host_register_it_once()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 20)
            .Select(i => _server.Send("PUT /host/10.3.0.7", Client.Registration(i % 2 == 0 ? Keys.One : Keys.Other))));
        Assert.All(answers, a => Assert.True((int)a.Status is 201 or 409, a.ToString()));
        Assert.Equal(10, answers.Count(a => (int)a.Status == 201));
        Assert.Single(await Events("10.3.0.7"), "registered");
        await Eventually.True(() => _server.Secrets().Count == 1, "one key is kept");
        await _server.Becomes("10.3.0.7", "disassociated");
    }

    private async Task<IReadOnlyList<string>> Events(string host) =>
        [.. (await _server.Expect($"GET /host/{host}/history", null, 200)).Json!.AsArray().Select(h => h!["event"]!.ToString())];
}
