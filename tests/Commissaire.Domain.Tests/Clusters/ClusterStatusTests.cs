using Commissaire.Clusters;
using Commissaire.Hosts;
using CsCheck;
using static Commissaire.Clusters.ClusterCommand;

namespace Commissaire.Domain.Tests.Clusters;

public sealed class ClusterStatusTests : ClusterSpec
{
    [Fact]
    public void A_cluster_without_hosts_is_ok() => AssertStatus(Given(CreatedWithKube), ClusterStatus.Ok, "no hosts", 0);

    [Fact]
    public void With_a_manager_active_hosts_are_available() =>
        AssertStatus(Given([CreatedWithKube, .. Member(A, HostStatus.Active), .. Member(B, HostStatus.Active)]),
            ClusterStatus.Ok, "all hosts are available", 2);

    [Fact]
    public void With_a_manager_disassociated_hosts_are_unavailable() =>
        AssertStatus(
            Given([CreatedWithKube, .. Member(A, HostStatus.Active), .. Member(B, HostStatus.Disassociated, "connection refused")]),
            ClusterStatus.Degraded, "unavailable hosts: 1 of 2; 10.2.0.2 is disassociated: connection refused", 1);

    [Fact]
    public void Without_a_manager_disassociated_hosts_are_available() =>
        AssertStatus(Given([Created, .. Member(A, HostStatus.Disassociated), .. Member(B, HostStatus.Disassociated)]),
            ClusterStatus.Ok, "all hosts are available", 2);

    [Theory]
    [InlineData(HostStatus.Investigating, "investigating")]
    [InlineData(HostStatus.Bootstrapping, "bootstrapping")]
    [InlineData(HostStatus.Failed, "failed")]
    public void A_cluster_without_available_hosts_is_failed(HostStatus status, string word) =>
        AssertStatus(Given([Created, .. Member(A, status, "another reason")]), ClusterStatus.Failed,
            $"unavailable hosts: 1 of 1; 10.2.0.1 is {word}: another reason", 0);

    [Fact]
    public void A_host_that_has_not_reported_is_not_available() =>
        AssertStatus(Given(Created, Added(A)), ClusterStatus.Failed,
            "unavailable hosts: 1 of 1; 10.2.0.1 is unknown: has not reported yet", 0);

    [Fact]
    public void A_new_manager_changes_the_status_of_the_cluster() =>
        AssertStatus(Given([Created, .. Member(A, HostStatus.Disassociated), new ClusterEvent.Changed(WithKube, Now)]),
            ClusterStatus.Failed, "unavailable hosts: 1 of 1; 10.2.0.1 is disassociated: reason", 0);

    [Fact]
    public void Members_are_sorted() =>
        Assert.Equal([A, B, C], Given(Created, Added(C), Added(A), Added(B)).Cluster.View().Members.ToArray());

    [Fact]
    public void Every_event_has_a_description()
    {
        AssertDescription(Created, "created", "created with network 'default' and no container manager");
        AssertDescription(new ClusterEvent.Changed(WithKube, Now), "changed", "now has network 'default' and container manager 'kube'");
        AssertDescription(Added(A), "member-added", "host 10.2.0.1 was listed");
        AssertDescription(Removed(A), "member-removed", "host 10.2.0.1 is no longer listed");
        AssertDescription(new ClusterEvent.MemberReported(A, HostStatus.Failed, "no route", Now), "member-reported",
            "host 10.2.0.1 is failed: no route");
        AssertDescription(new ClusterEvent.Deleted(Now), "deleted", "deleted");
        AssertDescription(new ClusterEvent.DeletionAcknowledged(A, Now), "deletion-acknowledged",
            "host 10.2.0.1 acknowledged the deletion of the cluster");
    }

    [Fact]
    public void A_repeated_command_changes_nothing_and_replay_restores_the_cluster()
    {
        var host = Gen.OneOfConst(A, B, C);
        var hosts = host.Array[0, 3];
        var settings = Gen.OneOfConst<ClusterSettings?>(null, NoManager, WithKube);
        var command = Gen.Frequency<ClusterCommand>(
            (3, Gen.Select(Gen.OneOfConst(null, Default, Flannel), Gen.OneOfConst(null, Kube), Gen.Bool)
                .Select((n, m, none) => (ClusterCommand)new Put(Blue, n, m) { WithoutManager = none })),
            (1, Gen.Const<ClusterCommand>(new Delete(Blue))),
            (3, host.Select(h => (ClusterCommand)new AddMember(Blue, h))),
            (1, host.Select(h => (ClusterCommand)new RemoveMember(Blue, h))),
            (2, host.Select(h => (ClusterCommand)new MemberLeft(Blue, h))),
            (2, Gen.Select(hosts, hosts).Select((o, n) => (ClusterCommand)new ReplaceMembers(Blue, [.. o], [.. n]))),
            (4, Gen.Select(host, settings, Gen.Enum<HostStatus>(), Gen.OneOfConst("reason", "another reason"))
                .Select((h, known, s, r) => (ClusterCommand)new ReportMember(Blue, h, known, s, r))));
        command.Array[0, 30].Sample(commands =>
        {
            var cluster = new ClusterState(Blue);
            var journal = new List<ClusterEvent>();
            foreach (var message in commands)
            {
                var result = new Scenario(cluster).When(message);
                journal.AddRange(result.Events);
                cluster = result.Cluster;
                Assert.Empty(cluster.Decide(message, Now).Events);
                Assert.All(result.Events, e => ClusterHistory.Describe(e));
                Assert.True(cluster.Exists ? cluster.Leaving.IsEmpty : cluster.Members.IsEmpty);
            }

            var replayed = Given([.. journal]).Cluster;
            Assert.Equal(cluster.Outstanding(), replayed.Outstanding());
            Assert.Equal((cluster.View() with { Members = [] }).ToString(), (replayed.View() with { Members = [] }).ToString());
            Assert.Equal(cluster.View().Members.ToArray(), replayed.View().Members.ToArray());
        }, iter: 2_000);
    }

    private static void AssertStatus(Scenario scenario, ClusterStatus status, string reason, int available)
    {
        var view = scenario.Cluster.View();
        Assert.Equal((status, reason, available), (view.Status, view.Reason, view.Available));
    }

    private static void AssertDescription(ClusterEvent @event, string name, string summary) =>
        Assert.Equal(new HistoryLine(name, summary), ClusterHistory.Describe(@event));
}
