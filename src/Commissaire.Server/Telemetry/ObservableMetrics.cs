using System.Diagnostics.Metrics;
using System.Reflection;
using Akka.Actor;
using Akka.Cluster;
using Commissaire.Clusters;
using Commissaire.Hosts;
using Commissaire.Processes;
using Commissaire.Runs;
using Commissaire.Storage;
using AkkaCluster = Akka.Cluster.Cluster;

namespace Commissaire.Telemetry;

/// <summary>
/// What is looked at when somebody asks for it: the fleet, the processes, and this one. A status that nothing has is shown as 0.
/// </summary>
internal sealed class ObservableMetrics
{
    internal static readonly string Version =
        typeof(ObservableMetrics).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    private static readonly string[] HostStatuses = [.. Enum.GetValues<HostStatus>().Select(s => s.ToWireName())];
    private static readonly string[] ClusterStatuses = [.. Enum.GetValues<ClusterStatus>().Select(s => s.ToWireName())];
    private static readonly string[] RunStatuses = [.. Enum.GetValues<RunStatus>().Select(s => s.ToWireName())];

    private readonly FleetCounts _fleet;
    private readonly AkkaCluster _cluster;

    public ObservableMetrics(IMeterFactory meters, FleetCounts fleet, ActorSystem system, ClusterMembership place)
    {
        (_fleet, _cluster) = (fleet, AkkaCluster.Get(system));
        var meter = meters.Create(MetricNames.Meter);
        meter.CreateObservableGauge(MetricNames.Hosts, () => ByStatus(EntityDirectory.Host, HostStatuses), description: "Hosts of the installation; each process shows all of them.");
        meter.CreateObservableGauge(MetricNames.Clusters, () => ByStatus(EntityDirectory.Cluster, ClusterStatuses), description: "Clusters of the installation; each process shows all of them.");
        meter.CreateObservableGauge(MetricNames.Operations, Runs, description: "Runs of rolling operations, those that are over too; each process shows all of them.");
        meter.CreateObservableGauge(MetricNames.Processes, Processes, description: "Processes of the installation, as this one sees them.");
        meter.CreateObservableGauge(MetricNames.ProcessesUnreachable, () => _cluster.State.Unreachable.Count, description: "Processes that this one cannot reach.");
        meter.CreateObservableGauge(MetricNames.ProcessMember, () => place.IsMember ? 1 : 0, description: "1 while this process is a member of the cluster of processes.");
        meter.CreateObservableGauge(MetricNames.BuildInfo, () => new Measurement<int>(1, Label("version", Version)), description: "1; which version this is.");
    }

    private IEnumerable<Measurement<long>> ByStatus(string kind, string[] statuses)
    {
        var counts = _fleet.Now();
        return counts is null ? [] : statuses.Select(status => new Measurement<long>(
            counts.Where(c => c.Kind == kind && c.Status == status).Sum(c => c.Count), Label("status", status)));
    }

    private IEnumerable<Measurement<long>> Runs()
    {
        var counts = _fleet.Now();
        return counts is null ? [] :
            from verb in Enum.GetValues<RunVerb>().Select(v => v.ToWireName())
            from status in RunStatuses
            select new Measurement<long>(
                counts.Where(c => c.Kind == EntityDirectory.Run && c.Verb == verb && c.Status == status).Sum(c => c.Count), Label("verb", verb), Label("status", status));
    }

    private IEnumerable<Measurement<int>> Processes()
    {
        var members = _cluster.State.Members;
        return Enum.GetValues<MemberStatus>().Where(s => s != MemberStatus.Removed)
            .Select(status => new Measurement<int>(members.Count(m => m.Status == status), Label("status", status.ToWireName())));
    }

    private static KeyValuePair<string, object?> Label(string name, string value) => new(name, value);
}
