using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Commissaire.Server.Tests.Deploy;

/// <summary>The dashboard and the alerts look at what the server shows.</summary>
public sealed partial class Observed
{
    private static readonly string[] Shown =
    [
        "commissaire_hosts", "commissaire_clusters", "commissaire_operations", "commissaire_processes", "commissaire_processes_unreachable",
        "commissaire_process_member", "commissaire_entities", "commissaire_ssh_command_duration_seconds", "commissaire_ssh_connect_duration_seconds",
        "commissaire_ssh_connections_waiting", "commissaire_ssh_commands_running", "commissaire_health_checks_total",
        "commissaire_bootstrap_steps_total", "commissaire_turns_total", "commissaire_journal_write_duration_seconds",
        "commissaire_storage_commit_duration_seconds", "commissaire_storage_writes_waiting", "commissaire_container_manager_request_duration_seconds",
        "commissaire_build_info", "http_server_request_duration_seconds",
    ];

    private static JsonObject Dashboard { get; } = JsonNode.Parse(DeployFiles.Text("grafana/commissaire.json"))!.AsObject();

    [Fact]
    public void The_dashboard_shows_all_there_is_and_nothing_else() =>
        Assert.Equal(Shown.Order(StringComparer.Ordinal), Named(DeployFiles.Text("grafana/commissaire.json")));

    [Theory]
    [InlineData("prometheus/alerts.yaml")]
    [InlineData("prometheus/alerts_test.yaml")]
    public void Alerts_look_at_what_there_is(string file) => Assert.All(Named(DeployFiles.Text(file)), name => Assert.Contains(name, Shown));

    [Fact]
    public void Every_alert_says_what_to_do_and_has_a_test()
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
    public void Every_panel_asks_the_chosen_data_source_about_the_chosen_installation()
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
