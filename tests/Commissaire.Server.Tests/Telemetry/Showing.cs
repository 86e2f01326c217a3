using System.Globalization;
using Commissaire.Server.Tests.Running;

namespace Commissaire.Server.Tests.Telemetry;

/// <summary>The contents of /metrics: dashboards and alerts depend on these names, labels and values.</summary>
[Collection(OneServer.Name)]
public sealed class Showing(SharedServer shared)
{
    private static readonly string[] Current =
        ["commissaire_ssh_connections_waiting", "commissaire_ssh_commands_running", "commissaire_storage_writes_waiting"];

    private readonly RunningServer _server = shared.Server;

    [Fact]
    public async Task Every_status_is_exported_even_at_zero()
    {
        var scraped = await Scraped.From(_server);
        string[] verbs = ["restart", "upgrade", "deploy"];
        string[] expected =
        [
            .. Each("commissaire_hosts", "status", "investigating", "bootstrapping", "disassociated", "active", "failed"),
            .. Each("commissaire_clusters", "status", "ok", "degraded", "failed"),
            .. from verb in verbs
               from status in new[] { "in_process", "finished", "failed" }
               select $"commissaire_operations{{status=\"{status}\",verb=\"{verb}\"}}",
            .. Each("commissaire_processes", "status", "joining", "weaklyup", "up", "leaving", "exiting", "down"),
            .. Each("commissaire_entities", "kind", "host", "cluster", "run", "network", "container-manager", "token"),
            .. Each("commissaire_health_checks_total", "outcome", "passed", "missed"),
            .. Each(
                "commissaire_bootstrap_steps_total", "outcome", "completed", "failed", "unreachable", "authentication_failed",
                "host_key_changed", "interrupted", "timed_out", "no_credentials", "too_much_output", "not_tried"),
            .. from verb in verbs
               from outcome in new[] { "succeeded", "skipped", "failed" }
               select $"commissaire_turns_total{{outcome=\"{outcome}\",verb=\"{verb}\"}}",
            "commissaire_processes_unreachable", "commissaire_process_member", .. Current,
        ];
        Assert.Empty(expected.Except(scraped.Series));
        Assert.Equal((1, 0), (scraped["commissaire_process_member"], scraped["commissaire_processes_unreachable"]));
        Assert.Equal(1, scraped["commissaire_processes{status=\"up\"}"]);
        Assert.All([.. Current, "commissaire_entities"], name => Assert.Equal("gauge", scraped.Types[name]));
        Assert.Equal(1, scraped[$"commissaire_build_info{{version=\"{typeof(ServerHost).Assembly.GetName().Version!.ToString(3)}\"}}"]);
    }

    [Fact]
    public async Task Work_is_counted_and_timed()
    {
        var cluster = shared.Name("c");
        await _server.Expect("PUT /containermanager/measured", """{"type": "trivial"}""", 201);
        await _server.Expect($"PUT /cluster/{cluster}", """{"container_manager": "measured"}""", 201);
        var host = await shared.Host("active", cluster);
        await _server.Expect($"PUT /cluster/{cluster}/upgrade", null, 201);
        await Eventually.Is(() => _server.Send($"GET /cluster/{cluster}/upgrade"), run => run["status"] == "finished", "the run is over");

        // Counts are a few seconds old: other tests may have finished an upgrade before this host was active.
        var scraped = await Eventually.Is(
            () => Scraped.From(_server),
            s => s["commissaire_operations{status=\"finished\",verb=\"upgrade\"}"] >= 1 && s["commissaire_hosts{status=\"active\"}"] >= 1,
            "the run and its host are counted");

        Assert.True(scraped["commissaire_bootstrap_steps_total{outcome=\"completed\"}"] >= 1, scraped.Text);
        Assert.True(scraped["commissaire_turns_total{outcome=\"succeeded\",verb=\"upgrade\"}"] >= 1, scraped.Text);
        Assert.True(scraped["commissaire_clusters{status=\"ok\"}"] >= 1, scraped.Text);
        Assert.True(scraped["commissaire_entities{kind=\"host\"}"] >= 1, scraped.Text);
        foreach (var name in new[] { "commissaire_journal_write_duration_seconds", "commissaire_storage_commit_duration_seconds" })
        {
            Assert.Equal("histogram", scraped.Types[name]);
            Assert.True(scraped[$"{name}_count"] >= 1, scraped.Text);
            Assert.Equal(("0.0005", "+Inf"), (scraped.Buckets(name)[0], scraped.Buckets(name)[^1]));
        }

        Assert.All(
            ["commissaire_turns_total", "commissaire_bootstrap_steps_total"], name => Assert.Equal("counter", scraped.Types[name]));
        Assert.Equal("gauge", scraped.Types["commissaire_hosts"]);
        Assert.Contains(
            scraped.Series.Where(s => s.StartsWith("http_server_request_duration_seconds_count{", StringComparison.Ordinal)),
            s => s.Contains("http_route=\"/api/v0/host/{address}\"", StringComparison.Ordinal));
        Assert.True(scraped["dotnet_process_memory_working_set_bytes"] > 0, scraped.Text);

        // Names and addresses would make too many series, and secrets are secret.
        Assert.DoesNotContain(host, scraped.Text);
        Assert.DoesNotContain($"\"{cluster}\"", scraped.Text);
        Assert.All(Keys.Body(Keys.One).Append("10.1.").Append("SHA256:"), secret => Assert.DoesNotContain(secret, scraped.Text));
    }

    [Fact]
    public async Task Head_has_no_body_and_a_wrong_method_gets_the_allowed_ones()
    {
        var head = await _server.Send("HEAD ~/metrics");
        Assert.Equal(("200 ", "text/plain"), (head.ToString(), head.Type));
        Assert.Equal(["GET", "HEAD"], (await _server.Expect("PUT ~/metrics", null, 405)).Allow.Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> Each(string name, string label, params string[] values) =>
        values.Select(value => string.Create(CultureInfo.InvariantCulture, $"{name}{{{label}=\"{value}\"}}"));
}
