using Commissaire.Clusters;
using Commissaire.Domain.Tests.Runs;
using Commissaire.Hosts;
using Commissaire.Runs;
using static Commissaire.Clusters.ClusterCommand;

namespace Commissaire.Domain.Tests.Clusters;

public sealed class ClusterRunTests : ClusterSpec
{
    private static readonly RunOptions Options = RunSamples.Options();
    private static readonly RunId First = new(Blue, 1);
    private static readonly RunId Second = new(Blue, 2);
    private static readonly ClusterEvent Started = new ClusterEvent.RunStarted(First, Options, "ops", Now);
    private static readonly ClusterEvent Ended = new ClusterEvent.RunEnded(First, Now);
    private static readonly StartRun Start = new(Blue, Options, "ops");

    [Fact]
    public void A_run_begins_with_the_health_of_the_members()
    {
        var cluster = Given([CreatedWithKube, .. Member(A, HostStatus.Active), .. Member(B, HostStatus.Disassociated), Added(C)]).Cluster;
        var (events, reply) = cluster.Decide(Start, Now);
        Assert.Equal(Started, Assert.Single(events));
        Assert.Null(reply);
        var begin = cluster.Evolve(Started).Begin()!;
        Assert.Equal((First, Options, "ops"), (begin.Run, begin.Options, begin.By));
        Assert.Equal(
            [
                Health(A, true, "is active: reason"), Health(B, false, "is disassociated: reason"),
                Health(C, false, "is unknown: has not reported yet"),
            ],
            begin.Members.ToArray());
    }

    [Fact]
    public void Without_a_container_manager_a_disassociated_member_is_available() =>
        Assert.True(Assert.Single(Given([Created, .. Member(A, HostStatus.Disassociated), Started]).Cluster.Begin()!.Members).Available);

    [Fact]
    public void A_missing_cluster_or_run_starts_nothing()
    {
        Given().When(Start).ThenRefused(ClusterRefusal.NotFound);
        Given().When(new ReopenRun(Blue, First)).ThenRefused(ClusterRefusal.NotFound);
        Given(Created).When(new ReopenRun(Blue, First)).ThenRefused(ClusterRefusal.NotFound);
        Assert.Null(Given(Created).Cluster.Begin());
    }

    [Fact]
    public void Only_one_run_holds_a_cluster_at_a_time()
    {
        var held = new ClusterReply.HeldBy(First, RunVerb.Restart);
        Assert.Equal(held, Given(Created, Started).When(Start).Then().Reply);
        Assert.Equal(held, Given(Created, Started).When(Start with { Options = RunSamples.Options(plan: RunSamples.Deploy) }).Then().Reply);
        Assert.Equal(held, Given(Created, Started).When(new ReopenRun(Blue, Second)).Then().Reply);
    }

    [Fact]
    public void A_cluster_cannot_be_deleted_while_a_run_holds_it()
    {
        Assert.Equal(new ClusterReply.HeldBy(First, RunVerb.Restart), Given(Created, Started).When(new Delete(Blue)).Then().Reply);
        Given(Created, Started, Ended).When(new Delete(Blue)).Then(new ClusterEvent.Deleted(Now));
    }

    [Fact]
    public void Members_and_settings_can_change_while_a_run_holds_the_cluster()
    {
        Given(Created, Started).When(new AddMember(Blue, A)).Then(Added(A));
        Given(Created, Added(A), Started).When(new RemoveMember(Blue, A)).Then(Removed(A));
        Given(Created, Started).When(new Put(Blue, null, Kube)).Then(new ClusterEvent.Changed(WithKube, Now));
    }

    [Fact]
    public void A_finished_run_releases_the_cluster_once()
    {
        Given(Created, Started).When(new EndRun(Blue, First)).Then(Ended);
        Given(Created, Started, Ended).When(new EndRun(Blue, First)).ThenNothing();
        Given(Created, Started).When(new EndRun(Blue, Second)).ThenNothing();
        Given().When(new EndRun(Blue, First)).ThenNothing();
    }

    [Fact]
    public void The_next_run_has_the_next_number() =>
        Assert.Equal([new ClusterEvent.RunStarted(Second, Options, "ops", Now)],
            Given(Created, Started, Ended).Cluster.Decide(Start, Now).Events.ToArray());

    [Fact]
    public void A_finished_run_can_acquire_the_cluster_again()
    {
        var result = Given(Created, Started, Ended).When(new ReopenRun(Blue, First)).Then(new ClusterEvent.RunReopened(First, Now));
        Assert.Equal(new ClusterReply.Reopened(), result.Reply);
        Assert.Equal(First, result.Cluster.Holder!.Run);
        Given(Created, Started).When(new ReopenRun(Blue, First)).ThenNothing();
    }

    [Fact]
    public void A_run_that_requests_members_acquires_the_cluster_unless_another_run_holds_it()
    {
        Given(Created, Started, Ended).When(new DescribeMembers(Blue, First)).Then(new ClusterEvent.RunReopened(First, Now));
        Given(Created, Started).When(new DescribeMembers(Blue, First)).ThenNothing();
        Given(Created, Started, Ended, new ClusterEvent.RunStarted(Second, Options, "ops", Now))
            .When(new DescribeMembers(Blue, First)).ThenNothing();
        Given(Created).When(new DescribeMembers(Blue, First)).ThenNothing();
        Given(Created, Started, Ended, new ClusterEvent.Deleted(Now)).When(new DescribeMembers(Blue, First)).ThenNothing();
    }

    [Fact]
    public void Runs_and_their_numbering_outlive_a_deleted_cluster()
    {
        var again = Given(Created, Started, Ended, new ClusterEvent.Deleted(Now), Created);
        Assert.Equal([new ClusterRun(First, Options, "ops", Now)], again.Cluster.Runs.ToArray());
        Assert.Null(again.Cluster.Holder);
        Assert.Equal([new ClusterEvent.RunStarted(Second, Options, "ops", Now)], again.Cluster.Decide(Start, Now).Events.ToArray());
        Assert.Single(Given(Created, Started, Ended, new ClusterEvent.Deleted(Now)).Cluster.Runs);
    }

    [Fact]
    public void A_failure_that_ended_before_the_report_is_forwarded_to_the_run()
    {
        var held = Given([Created, .. Member(A, HostStatus.Active), Started]);
        Assert.Equal(
            [new RunCommand.MemberChanged(First, Health(A, true, "is active: reason") with { Failures = 1 })],
            News(held.When(new ReportMember(Blue, A, NoManager, HostStatus.Active, "reason") { Failures = 1 })));
        Assert.Empty(News(held.When(new ReportMember(Blue, A, NoManager, HostStatus.Active, "reason") { Failures = 0 })));
    }

    [Fact]
    public void The_run_that_holds_the_cluster_is_notified_of_every_member_change()
    {
        var held = Given([Created, .. Member(A, HostStatus.Disassociated), Started]);
        Assert.Equal(
            [new RunCommand.MemberChanged(First, Health(A, false, "is failed: no route"))],
            News(held.When(new ReportMember(Blue, A, NoManager, HostStatus.Failed, "no route"))));
        Assert.Equal([new RunCommand.MemberLeft(First, A)], News(held.When(new RemoveMember(Blue, A))));
        Assert.Equal([new RunCommand.MemberChanged(First, Health(B, false, "is unknown: has not reported yet"))],
            News(held.When(new AddMember(Blue, B))));
        Assert.Equal(new RunCommand.MemberChanged(First, Health(C, true, "is disassociated: reason")),
            News(held.When(new ReportMember(Blue, C, null, HostStatus.Disassociated, "reason")))[^1]);
        Assert.Empty(News(held.When(new EndRun(Blue, First))));
    }

    [Fact]
    public void Member_changes_notify_nobody_when_no_run_holds_the_cluster() =>
        Assert.Empty(News(Given([Created, .. Member(A, HostStatus.Disassociated), Started, Ended]).When(new RemoveMember(Blue, A))));

    [Fact]
    public void The_history_of_a_cluster_includes_runs()
    {
        Assert.Equal(new HistoryLine("run-started", "restart (run 1) started by 'ops'"), ClusterHistory.Describe(Started));
        Assert.Equal(new HistoryLine("run-reopened", "run 1 continues"), ClusterHistory.Describe(new ClusterEvent.RunReopened(First, Now)));
        Assert.Equal(new HistoryLine("run-ended", "run 1 ended"), ClusterHistory.Describe(Ended));
    }

    private static RunCommand[] News(Outcome result) => [.. result.Events.Select(result.Cluster.News).OfType<RunCommand>()];

    private static MemberHealth Health(HostAddress host, bool available, string reason) => new(host, available, reason) { Failures = 0 };
}
