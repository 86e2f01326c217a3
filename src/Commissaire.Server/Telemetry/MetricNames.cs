namespace Commissaire.Telemetry;

/// <summary>
/// The names of the metrics. Prometheus shows a dot as an underscore, adds the unit as a suffix, and ends counters in <c>_total</c>.
/// Dashboards and alerts depend on these names: add names, never change one.
/// </summary>
internal static class MetricNames
{
    public const string Meter = "Commissaire";

    public const string Hosts = "commissaire.hosts";
    public const string Clusters = "commissaire.clusters";
    public const string Operations = "commissaire.operations";
    public const string Processes = "commissaire.processes";
    public const string ProcessesUnreachable = "commissaire.processes.unreachable";
    public const string ProcessMember = "commissaire.process.member";
    public const string Entities = "commissaire.entities";
    public const string BuildInfo = "commissaire.build.info";
    public const string SshCommandDuration = "commissaire.ssh.command.duration";
    public const string SshConnectDuration = "commissaire.ssh.connect.duration";
    public const string SshConnectionsWaiting = "commissaire.ssh.connections.waiting";
    public const string SshCommandsRunning = "commissaire.ssh.commands.running";
    public const string HealthChecks = "commissaire.health_checks";
    public const string BootstrapSteps = "commissaire.bootstrap_steps";
    public const string Turns = "commissaire.turns";
    public const string Logins = "commissaire.logins";
    public const string JournalWriteDuration = "commissaire.journal.write.duration";
    public const string StorageCommitDuration = "commissaire.storage.commit.duration";
    public const string StorageWritesWaiting = "commissaire.storage.writes.waiting";
    public const string ContainerManagerRequestDuration = "commissaire.container_manager.request.duration";

    /// <summary>Meters of .NET that are exported too.</summary>
    public static readonly string[] DotNetMeters = ["Microsoft.AspNetCore.Hosting", "System.Runtime"];
}
