using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Commissaire.Acceptance.Tests.Telemetry;

/// <summary>Traces follow a request to its hosts, and metrics count the work.</summary>
public sealed partial class TelemetryTests(TelemetryTests.Observed fixture) : IClassFixture<TelemetryTests.Observed>
{
    private Server Server => fixture.Server;

    [Fact]
    public async Task A_restart_is_one_trace_from_the_request_to_the_hosts_also_when_the_server_is_killed_in_the_middle()
    {
        var fleet = await Fleet.Create(fixture, 1);
        var host = fleet.Hosts[0];
        using var away = host.HoldReboot();
        var (trace, caller) = ($"{ActivityTraceId.CreateRandom()}", $"{ActivitySpanId.CreateRandom()}");

        await fleet.Start("restart", traceparent: $"00-{trace}-{caller}-01");
        await fleet.WaitForStep(host, "wait-for-reboot");
        await Sees(trace, "ssh reboot", "PUT /api/v0/cluster/{name}/restart", "manager drain");
        await Server.KillAndStart();
        away.Dispose();
        Assert.Equal("finished", (await fleet.WaitForEnd())["status"]);
        var spans = await Sees(trace, "turn restart", "manager uncordon");

        var request = Assert.Single(spans, span => span.Name.StartsWith("PUT ", StringComparison.Ordinal));
        Assert.Equal(caller, request.Parent);
        Assert.All(spans, span => Assert.Equal($"{fleet.Name}/1", span.Attributes["commissaire.run"]));
        foreach (var step in (string[])["ssh preflight", "ssh reboot", "ssh wait-for-reboot"])
        {
            var span = spans.Last(s => s.Name == step);
            Assert.Equal(
                ($"{host.Address}", fleet.Name, step["ssh ".Length..], host.Port.ToString(CultureInfo.InvariantCulture)),
                (span.Attributes["commissaire.host"], span.Attributes["commissaire.cluster"], span.Attributes["commissaire.step"],
                    span.Attributes["server.port"]));
            Assert.False(span.Failed, $"{span}");
        }

        // The turn span starts before the kill, and later spans are its children.
        var turn = Assert.Single(spans, span => span.Name == "turn restart");
        Assert.Equal((request.Id, "succeeded"), (turn.Parent, turn.Attributes["commissaire.outcome"]));
        Assert.True(turn.Began < spans.First(span => span.Name == "ssh preflight").Began + 1_000_000_000, "the turn began when it began");
        Assert.Equal(turn.Id, spans.Last(span => span.Name == "ssh wait-for-reboot").Parent);
        Assert.Contains($"\"TraceId\":\"{trace}\"", Server.Output, StringComparison.Ordinal);
        AssertNoSecrets(fleet);
    }

    [Fact]
    public async Task What_was_done_is_shown_to_those_who_may_see_it()
    {
        var fleet = await Fleet.Create(fixture, 1);
        await fleet.Run("restart");
        var scraped = await Eventually.Matches(
            () => Server.Scrape(), seen => Value(seen, "commissaire_hosts{status=\"active\"}") >= 1
                && Value(seen, "commissaire_operations{status=\"finished\",verb=\"restart\"}") >= 1, "the fleet is counted");

        Assert.Equal(403, (await Server.ScrapeWithoutCredentials()).Code);
        foreach (var series in (string[])
        [
            "commissaire_ssh_command_duration_seconds_count{outcome=\"completed\"}",
                "commissaire_ssh_connect_duration_seconds_count{outcome=\"connected\"}",
            "commissaire_health_checks_total{outcome=\"passed\"}", "commissaire_bootstrap_steps_total{outcome=\"completed\"}",
            "commissaire_turns_total{outcome=\"succeeded\",verb=\"restart\"}", "commissaire_entities{kind=\"host\"}",
                "commissaire_journal_write_duration_seconds_count{}",
        ])
        {
            await Eventually.Matches(() => Server.Scrape(), seen => Value(seen, series) >= 1, series);
        }

        Assert.Equal(
            ["0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "30", "60", "120", "300", "600", "+Inf"],
            Bucket().Matches(scraped.Body).Select(m => m.Groups[1].Value).Distinct());
        Assert.DoesNotContain($"{fleet.Hosts[0].Address}", scraped.Body, StringComparison.Ordinal);
        await Eventually.True(() => fixture.Otlp.Metrics.Contains("commissaire.hosts")
            && fixture.Otlp.Metrics.Contains("commissaire.ssh.command.duration"), "the same metrics are sent");
        AssertNoSecrets(fleet);
    }

    [Fact]
    public async Task What_container_managers_are_asked_is_timed_by_how_it_went()
    {
        await using var there = await KubernetesFleet.CreateEmpty(fixture);
        (await Server.Put(
            "/containermanager/away", new { type = "openshift", options = new { server_url = "https://127.0.0.1:1", token = "t" } })).Ok();
        foreach (var labels in (
            string[])["manager_type=\"kubernetes\",outcome=\"completed\"", "manager_type=\"openshift\",outcome=\"failed\""])
        {
            await Eventually.Matches(() => Server.Scrape(),
                seen => Value(seen, $"commissaire_container_manager_request_duration_seconds_count{{{labels}}}") >= 1, labels);
        }
    }

    [Fact]
    public async Task Metrics_are_opened_by_the_environment()
    {
        await using var open = new Server { Variables = new Dictionary<string, string> { ["COMMISSAIRE_METRICS_ANONYMOUS"] = "true" } };
        await open.Start();
        var scraped = await open.ScrapeWithoutCredentials();
        Assert.Equal((200, 0), (scraped.Code, Value(scraped, "commissaire_hosts{status=\"active\"}")));
    }

    private async Task<IReadOnlyList<OtlpSpan>> Sees(string trace, params string[] names)
    {
        await Eventually.True(
            () => names.All(fixture.Otlp.Trace(trace).Select(span => span.Name).Contains), $"{string.Join(", ", names)} are in the trace");
        return fixture.Otlp.Trace(trace);
    }

    private void AssertNoSecrets(Fleet fleet)
    {
        Assert.NotEmpty(fleet.Hosts);
        var key = fixture.Lab.PrivateKeyPem.Split('\n').Where(line => line.Length > 0 && !line.StartsWith('-'));
        foreach (var sent in fixture.Otlp.Received.Select(Encoding.UTF8.GetString))
        {
            Assert.All(key.Append("boot_id").Append("systemctl").Append("Authorization"),
                secret => Assert.DoesNotContain(secret, sent, StringComparison.Ordinal));
        }
    }

    private static double? Value(Reply scraped, string series) =>
        scraped.Body.Split('\n').FirstOrDefault(line => line.StartsWith($"{series} ", StringComparison.Ordinal)) is { } line
        ? double.Parse(line[(series.Length + 1)..], CultureInfo.InvariantCulture)
        : null;

    [GeneratedRegex("commissaire_ssh_command_duration_seconds_bucket\\{.*le=\"([^\"]*)\"")]
    private static partial Regex Bucket();

    /// <summary>A server that exports metrics and traces, and their receiver.</summary>
    public sealed class Observed : ServerFixture
    {
        public Observed()
            : this(new OtlpReceiver())
        {
        }

        private Observed(OtlpReceiver otlp)
            : base(new Server("--debug")
            {
                Variables = new Dictionary<string, string>
                {
                    ["OTEL_EXPORTER_OTLP_ENDPOINT"] = otlp.Endpoint,
                    ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
                    ["OTEL_BSP_SCHEDULE_DELAY"] = "100",
                    ["OTEL_METRIC_EXPORT_INTERVAL"] = "1000",
                },
            }) => Otlp = otlp;

        public OtlpReceiver Otlp { get; }

        public override async Task DisposeAsync()
        {
            await base.DisposeAsync();
            Otlp.Dispose();
        }
    }
}
