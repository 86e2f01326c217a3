using System.Collections.Frozen;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Commissaire.ContainerManagers;
using Commissaire.Hosts;
using Commissaire.Runs;
using Commissaire.Shell;
using Commissaire.Storage;

namespace Commissaire.Telemetry;

/// <summary>
/// What this process does, measured where it is done. No label holds what there may be any number of, such as an address or a name.
/// </summary>
internal sealed class Metrics
{
    private static readonly double[] OfCommands = [.01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];
    private static readonly double[] OfRequests = [.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30];
    private static readonly double[] OfWrites = [.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10];

    private readonly Histogram<double> _commands;
    private readonly Histogram<double> _connects;
    private readonly Histogram<double> _journalWrites;
    private readonly Histogram<double> _commits;
    private readonly Histogram<double> _managerRequests;
    private readonly Counter<long> _healthChecks;
    private readonly Counter<long> _bootstrapSteps;
    private readonly Counter<long> _turns;

    public Metrics(IMeterFactory meters)
    {
        var meter = meters.Create(MetricNames.Meter);
        Histogram<double> Seconds(string name, double[] buckets, string what) =>
            meter.CreateHistogram(name, "s", what, advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = buckets });
        _commands = Seconds(MetricNames.SshCommandDuration, OfCommands, "Commands on hosts, connecting included, by what became of them.");
        _connects = Seconds(MetricNames.SshConnectDuration, OfCommands, "Connecting to hosts, without waiting for a turn to.");
        _journalWrites = Seconds(MetricNames.JournalWriteDuration, OfWrites, "From asking the journal to write an entity's events to taking them in.");
        _commits = Seconds(MetricNames.StorageCommitDuration, OfWrites, "Transactions of rows that are not events.");
        _managerRequests = Seconds(MetricNames.ContainerManagerRequestDuration, OfRequests, "What hosts ask of container managers that are servers.");
        _healthChecks = meter.CreateCounter<long>(MetricNames.HealthChecks, description: "Health checks of hosts.");
        _bootstrapSteps = meter.CreateCounter<long>(MetricNames.BootstrapSteps, description: "Attempts at bootstrap steps.");
        _turns = meter.CreateCounter<long>(MetricNames.Turns, description: "Turns of hosts in rolling operations that ended.");
        meter.CreateObservableGauge(MetricNames.SshConnectionsWaiting, () => SshConnectionsWaiting.Value, description: "Connections that wait for their turn to be made.");
        meter.CreateObservableGauge(MetricNames.SshCommandsRunning, () => SshCommandsRunning.Value, description: "Commands that run on hosts.");
        meter.CreateObservableGauge(MetricNames.StorageWritesWaiting, () => StorageWritesWaiting.Value, description: "Rows that are not written yet.");
        meter.CreateObservableGauge(MetricNames.Entities, () => Entities.Select(e => new Measurement<int>(e.Value.Value, Label("kind", e.Key))), description: "Entities that live in this process.");
    }

    /// <summary>Connections that wait for their turn.</summary>
    public Level SshConnectionsWaiting { get; } = new();

    /// <summary>Commands that run.</summary>
    public Level SshCommandsRunning { get; } = new();

    /// <summary>Rows that were given to be written and are not yet.</summary>
    public Level StorageWritesWaiting { get; } = new();

    /// <summary>Entities that live here, by kind.</summary>
    public FrozenDictionary<string, Level> Entities { get; } = new[]
    {
        EntityDirectory.Host, EntityDirectory.Cluster, EntityDirectory.Run, EntityDirectory.Network, EntityDirectory.ContainerManager, EntityDirectory.Token,
    }.ToFrozenDictionary(kind => kind, _ => new Level());

    /// <summary>Shows counters of what has not happened yet as 0: an alert on the first of its kind could not see it come otherwise.</summary>
    public void ShowNothingYet()
    {
        foreach (var outcome in MetricLabels.Outcomes)
        {
            _bootstrapSteps.Add(0, Label("outcome", outcome));
        }

        _healthChecks.Add(0, Label("outcome", MetricLabels.Passed));
        _healthChecks.Add(0, Label("outcome", MetricLabels.Missed));
        foreach (var (verb, outcome) in from verb in Enum.GetValues<RunVerb>() from outcome in Enum.GetValues<TurnOutcome>() select (verb, outcome))
        {
            _turns.Add(0, Label("verb", verb.ToWireName()), Label("outcome", outcome.ToWireName()));
        }
    }

    /// <summary>A command on a host ended.</summary>
    public void CommandEnded(ShellOutcome outcome, TimeSpan took) => _commands.Record(took.TotalSeconds, Label("outcome", outcome.ToWireName()));

    /// <summary>A connection was made, or could not be.</summary>
    public void Connected(string outcome, TimeSpan took) => _connects.Record(took.TotalSeconds, Label("outcome", outcome));

    /// <summary>An entity took in what it had asked the journal to write.</summary>
    /// <param name="asked">When it asked, as <see cref="Stopwatch"/> counts.</param>
    public void JournalWritten(long asked) => _journalWrites.Record(Stopwatch.GetElapsedTime(asked).TotalSeconds);

    /// <summary>A transaction ended.</summary>
    /// <param name="begun">When it began, as <see cref="Stopwatch"/> counts.</param>
    public void Committed(long begun) => _commits.Record(Stopwatch.GetElapsedTime(begun).TotalSeconds);

    /// <summary>A container manager answered, or did not.</summary>
    public void ManagerAnswered(ContainerManagerType type, bool well, long asked) =>
        _managerRequests.Record(Stopwatch.GetElapsedTime(asked).TotalSeconds, Label("manager_type", type.ToWireName()), Label("outcome", well ? "completed" : "failed"));

    /// <summary>A health check ended.</summary>
    public void HealthChecked(ShellOutcome outcome) => _healthChecks.Add(1, Label("outcome", outcome is ShellOutcome.Completed { ExitCode: 0 } ? MetricLabels.Passed : MetricLabels.Missed));

    /// <summary>An attempt at a bootstrap step ended.</summary>
    public void BootstrapStepEnded(ShellOutcome outcome) => _bootstrapSteps.Add(1, Label("outcome", outcome.ToWireName()));

    /// <summary>A host's turn in a run ended.</summary>
    public void TurnEnded(RunVerb verb, TurnOutcome outcome) => _turns.Add(1, Label("verb", verb.ToWireName()), Label("outcome", outcome.ToWireName()));

    private static KeyValuePair<string, object?> Label(string name, string value) => new(name, value);
}
