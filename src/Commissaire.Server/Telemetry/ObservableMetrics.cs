using System.Diagnostics.Metrics;
using System.Reflection;
using Akka.Cluster;
using Commissaire.Clusters;
using Commissaire.Processes;
using Commissaire.Runs;
using Commissaire.Storage;
using AkkaCluster = Akka.Cluster.Cluster;

namespace Commissaire.Telemetry;

/// <summary>Gauges that are read at each export: the fleet and the processes. A status that nothing has is exported as 0.</summary>
internal sealed class ObservableMetrics
{
    internal static readonly string Version =
        typeof(ObservableMetrics).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0]
        ?? "unknown";

    private static readonly string[] HostStatuses = [.. Enum.GetValues<HostStatus>().Select(s => s.ToWireName())];
    private static readonly string[] ClusterStatuses = [.. Enum.GetValues<ClusterStatus>().Select(s => s.ToWireName())];
    private static readonly string[] RunStatuses = [.. Enum.GetValues<RunStatus>().Select(s => s.ToWireName())];

    private readonly FleetCounts _fleet;
    private readonly AkkaCluster _cluster;

    public ObservableMetrics(IMeterFactory meters, FleetCounts fleet, ActorSystem system, ClusterMembership membership)
    {
        (_fleet, _cluster) = (fleet, AkkaCluster.Get(system));
        var meter = meters.Create(MetricNames.Meter);
        void Gauge<T>(string name, string description, Func<IEnumerable<Measurement<T>>> observe)
            where T : struct => meter.CreateObservableGauge(name, observe, description: description);
        Gauge(MetricNames.Hosts, "Hosts of the installation. Every process reports all of them.", Hosts);
        Gauge(MetricNames.Clusters, "Clusters of the installation. Every process reports all of them.", Clusters);
        Gauge(MetricNames.Operations, "Runs, including finished ones. Every process reports all of them.", Runs);
        Gauge(MetricNames.Processes, "Processes of the installation, as this one sees them.", Processes);
        Gauge<int>(MetricNames.ProcessesUnreachable, "Processes this one cannot reach.", () => [new(_cluster.State.Unreachable.Count)]);
        Gauge<int>(MetricNames.ProcessMember, "1 while this process is a cluster member.", () => [new(membership.IsMember ? 1 : 0)]);
        Gauge<int>(MetricNames.BuildInfo, "Always 1. The label is the version.", () => [new(1, Label("version", Version))]);
    }

    private IEnumerable<Measurement<long>> Hosts() => ByStatus(EntityDirectory.Host, HostStatuses);

    private IEnumerable<Measurement<long>> Clusters() => ByStatus(EntityDirectory.Cluster, ClusterStatuses);

    private IEnumerable<Measurement<long>> ByStatus(string kind, string[] statuses)
    {
        var counts = _fleet.Last();
        return counts is null ? [] : statuses.Select(status => new Measurement<long>(
            counts.Where(c => c.Kind == kind && c.Status == status).Sum(c => c.Count), Label("status", status)));
    }

    private IEnumerable<Measurement<long>> Runs()
    {
        var counts = _fleet.Last();
        return counts is null ? [] :
            from verb in Enum.GetValues<RunVerb>().Select(v => v.ToWireName())
            from status in RunStatuses
            let runs = counts.Where(c => c.Kind == EntityDirectory.Run && c.Verb == verb && c.Status == status)
            select new Measurement<long>(runs.Sum(c => c.Count), Label("verb", verb), Label("status", status));
    }

    private IEnumerable<Measurement<int>> Processes()
    {
        var members = _cluster.State.Members;
        return Enum.GetValues<MemberStatus>().Where(s => s != MemberStatus.Removed)
            .Select(status => new Measurement<int>(members.Count(m => m.Status == status), Label("status", status.ToWireName())));
    }

    private static KeyValuePair<string, object?> Label(string name, string value) => new(name, value);
}
