using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Names = Commissaire.Telemetry.MetricNames;

namespace Commissaire.Server.Tests.Deploy;

/// <summary>Checks that the dashboard and the alerts use the metrics of the server.</summary>
public sealed partial class MonitoringTests
{
    // The names in Prometheus: durations end with _seconds and counters end with _total.
    private static readonly string[] Shown =
    [
        .. typeof(Names).GetFields().Where(f => f.IsLiteral && f.Name != nameof(Names.Meter))
            .Select(f => (string)f.GetRawConstantValue()!).Select(name => name.Replace('.', '_')
                + (name.EndsWith("duration", StringComparison.Ordinal) ? "_seconds"
                : name is Names.HealthChecks or Names.BootstrapSteps or Names.Turns or Names.Logins ? "_total" : "")),
        "http_server_request_duration_seconds",
    ];

    private static JsonObject Dashboard { get; } = JsonNode.Parse(DeployFiles.Text("grafana/commissaire.json"))!.AsObject();

    [Fact]
    public void The_dashboard_shows_exactly_the_existing_metrics() =>
        Assert.Equal(Shown.Order(StringComparer.Ordinal), Named(DeployFiles.Text("grafana/commissaire.json")));

    [Theory]
    [InlineData("prometheus/alerts.yaml")]
    [InlineData("prometheus/alerts_test.yaml")]
    public void Alerts_use_existing_metrics(string file) => Assert.All(Named(DeployFiles.Text(file)), name => Assert.Contains(name, Shown));

    [Fact]
    public void Every_alert_has_a_description_and_a_test()
    {
        var (rules, tests) = (DeployFiles.Text("prometheus/alerts.yaml"), DeployFiles.Text("prometheus/alerts_test.yaml"));
        var alerts = Alert().Split(rules).Skip(1).ToList();
        Assert.NotEmpty(alerts);
        Assert.All(alerts, alert =>
        {
            Assert.All(new[] { "severity: ", "summary: ", "description: " }, part => Assert.Contains(part, alert));
            Assert.Contains($"\"{alert[..alert.IndexOf('\n', StringComparison.Ordinal)]}\"", tests);
        });
    }

    [Fact]
    public void Every_panel_uses_the_data_source_and_job_variables()
    {
        var panels = Dashboard["panels"]!.AsArray();
        Assert.Equal(panels.Count, panels.Select(p => (int)p!["id"]!).Distinct().Count());
        Assert.All(panels.SelectMany(p => p!["targets"]?.AsArray() ?? []), target =>
        {
            Assert.Equal("${datasource}", target!["datasource"]!["uid"]!.ToString());
            Assert.Contains("job=~\"$job\"", target["expr"]!.ToString());
        });
    }

    private static IEnumerable<string> Named(string text) =>
        Series().Matches(text).Select(m => Part().Replace(m.Value, "_seconds")).Distinct().Order(StringComparer.Ordinal);

    [GeneratedRegex(@"\b(commissaire|http_server)_[a-z_]+")]
    private static partial Regex Series();

    [GeneratedRegex("_seconds_(bucket|count|sum)$")]
    private static partial Regex Part();

    [GeneratedRegex("- alert: ")]
    private static partial Regex Alert();
}
