using System.Diagnostics;
using System.Diagnostics.Metrics;
using Commissaire.ContainerManagers;
using Commissaire.Runs;
using Commissaire.Shell;
using Commissaire.Storage;

namespace Commissaire.Telemetry;

/// <summary>The instruments of this process. No label has an unbounded number of values, such as addresses or names.</summary>
internal sealed class Metrics
{
    private static readonly double[] CommandBuckets = [.01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];
    private static readonly double[] RequestBuckets = [.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30];
    private static readonly double[] WriteBuckets = [.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10];

    private static readonly string[] EntityKinds =
    [
        EntityDirectory.Host, EntityDirectory.Cluster, EntityDirectory.Run, EntityDirectory.Network, EntityDirectory.ContainerManager,
        EntityDirectory.Token,
    ];

    private readonly Histogram<double> _commands;
    private readonly Histogram<double> _connects;
    private readonly Histogram<double> _journalWrites;
    private readonly Histogram<double> _commits;
    private readonly Histogram<double> _managerRequests;
    private readonly Counter<long> _healthChecks;
    private readonly Counter<long> _bootstrapSteps;
    private readonly Counter<long> _turns;
    private readonly Counter<long> _logins;
    private readonly UpDownCounter<int> _entities;

    public Metrics(IMeterFactory meters)
    {
        var meter = meters.Create(MetricNames.Meter);
        Histogram<double> Seconds(string name, double[] buckets, string description) =>
            meter.CreateHistogram(name, "s", description, advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = buckets });
        UpDownCounter<int> Current(string name, string description) => meter.CreateUpDownCounter<int>(name, description: description);
        _commands = Seconds(MetricNames.SshCommandDuration, CommandBuckets, "Duration of commands on hosts, connection included.");
        _connects = Seconds(MetricNames.SshConnectDuration, CommandBuckets, "Duration of connection attempts to hosts, without the queue.");
        _journalWrites = Seconds(MetricNames.JournalWriteDuration, WriteBuckets, "Duration of journal writes, as entities wait for them.");
        _commits = Seconds(MetricNames.StorageCommitDuration, WriteBuckets, "Duration of transactions outside the journal.");
        _managerRequests = Seconds(
            MetricNames.ContainerManagerRequestDuration, RequestBuckets, "Duration of requests to Kubernetes and OpenShift.");
        _healthChecks = meter.CreateCounter<long>(MetricNames.HealthChecks, description: "Health checks of hosts.");
        _bootstrapSteps = meter.CreateCounter<long>(MetricNames.BootstrapSteps, description: "Attempts at bootstrap steps.");
        _turns = meter.CreateCounter<long>(MetricNames.Turns, description: "Finished turns of hosts in runs.");
        _logins = meter.CreateCounter<long>(MetricNames.Logins, description: "Logins: verified passwords, and all failures.");
        _entities = Current(MetricNames.Entities, "Live entities in this process.");
        SshConnectionsWaiting = Current(MetricNames.SshConnectionsWaiting, "Connection attempts in the queue.");
        SshCommandsRunning = Current(MetricNames.SshCommandsRunning, "Commands running on hosts.");
        StorageWritesWaiting = Current(MetricNames.StorageWritesWaiting, "Rows waiting to be written.");
    }

    public UpDownCounter<int> SshConnectionsWaiting { get; }

    public UpDownCounter<int> SshCommandsRunning { get; }

    public UpDownCounter<int> StorageWritesWaiting { get; }

    /// <summary>Exports every series as 0 before its first event: otherwise an alert on an increase would miss that event.</summary>
    public void ExportZeros()
    {
        foreach (var current in new[] { SshConnectionsWaiting, SshCommandsRunning, StorageWritesWaiting })
        {
            current.Add(0);
        }

        foreach (var kind in EntityKinds)
        {
            _entities.Add(0, Label("kind", kind));
        }

        foreach (var outcome in MetricLabels.Outcomes)
        {
            _bootstrapSteps.Add(0, Label("outcome", outcome));
        }

        _healthChecks.Add(0, Label("outcome", MetricLabels.Passed));
        _healthChecks.Add(0, Label("outcome", MetricLabels.Missed));
        foreach (var outcome in new[] { MetricLabels.Succeeded, MetricLabels.Failed, MetricLabels.Limited })
        {
            _logins.Add(0, Label("outcome", outcome));
        }

        foreach (var verb in Enum.GetValues<RunVerb>())
        {
            foreach (var outcome in Enum.GetValues<TurnOutcome>())
            {
                _turns.Add(0, Label("verb", verb.ToWireName()), Label("outcome", outcome.ToWireName()));
            }
        }
    }

    public void EntityStarted(string kind) => _entities.Add(1, Label("kind", kind));

    public void EntityStopped(string kind) => _entities.Add(-1, Label("kind", kind));

    public void CommandEnded(ShellOutcome outcome, TimeSpan duration) =>
        _commands.Record(duration.TotalSeconds, Label("outcome", outcome.ToWireName()));

    public void Connected(string outcome, TimeSpan duration) => _connects.Record(duration.TotalSeconds, Label("outcome", outcome));

    public void JournalWritten(long started) => _journalWrites.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);

    /// <summary>A transaction outside the journal ended.</summary>
    public void Committed(long started) => _commits.Record(Stopwatch.GetElapsedTime(started).TotalSeconds);

    public void ManagerAnswered(ContainerManagerType type, bool succeeded, long started) => _managerRequests.Record(
        Stopwatch.GetElapsedTime(started).TotalSeconds,
        Label("manager_type", type.ToWireName()),
        Label("outcome", succeeded ? "completed" : "failed"));

    public void HealthChecked(ShellOutcome outcome)
    {
        var label = outcome is ShellOutcome.Completed { ExitCode: 0 } ? MetricLabels.Passed : MetricLabels.Missed;
        _healthChecks.Add(1, Label("outcome", label));
    }

    public void LoginEnded(string outcome) => _logins.Add(1, Label("outcome", outcome));

    public void BootstrapStepEnded(ShellOutcome outcome) => _bootstrapSteps.Add(1, Label("outcome", outcome.ToWireName()));

    public void TurnEnded(RunVerb verb, TurnOutcome outcome) =>
        _turns.Add(1, Label("verb", verb.ToWireName()), Label("outcome", outcome.ToWireName()));

    private static KeyValuePair<string, object?> Label(string name, string value) => new(name, value);
}
