using Commissaire.Clusters;
using Commissaire.Domain.Tests.Runs;
using Commissaire.Hosts;
using Commissaire.Runs;
using static Commissaire.Clusters.ClusterCommand;

namespace Commissaire.Domain.Tests.Clusters;

public sealed class BeingHeldByRuns : ClusterSpec
{
    private static readonly RunOptions Options = RunScenario.Options();
    private static readonly RunId First = new(Blue, 1);
    private static readonly RunId Second = new(Blue, 2);
    private static readonly ClusterEvent Started = new ClusterEvent.RunStarted(First, Options, "ops", Now);
    private static readonly ClusterEvent Ended = new ClusterEvent.RunEnded(First, Now);
    private static readonly StartRun Start = new(Blue, Options, "ops");

    [Fact]
    public void A_run_is_told_how_the_members_are()
    {
        var cluster = Given([CreatedWithKube, .. Member(A, HostStatus.Active), .. Member(B, HostStatus.Disassociated), Added(C)]).Cluster;
        var (events, reply) = cluster.Decide(Start, Now);
        Assert.Equal(Started, Assert.Single(events));
        Assert.Null(reply);
        var begin = cluster.Evolve(Started).Begin()!;
        Assert.Equal((First, Options, "ops"), (begin.Run, begin.Options, begin.By));
        Assert.Equal(
            [Health(A, true, "is active: so"), Health(B, false, "is disassociated: so"), Health(C, false, "is unknown: has not reported yet")], begin.Members.ToArray());
    }

    [Fact]
    public void Without_a_container_manager_a_disassociated_member_is_available() =>
        Assert.True(Assert.Single(Given([Created, .. Member(A, HostStatus.Disassociated), Started]).Cluster.Begin()!.Members).Available);

    [Fact]
    public void What_does_not_exist_runs_nothing()
    {
        Given().When(Start).ThenRefused(ClusterRefusal.NotFound);
        Given().When(new ReopenRun(Blue, First)).ThenRefused(ClusterRefusal.NotFound);
        Given(Created).When(new ReopenRun(Blue, First)).ThenRefused(ClusterRefusal.NotFound);
        Assert.Null(Given(Created).Cluster.Begin());
    }

    [Fact]
    public void Only_one_run_holds_it_at_a_time()
    {
        var held = new ClusterReply.HeldBy(First, RunVerb.Restart);
        Assert.Equal(held, Given(Created, Started).When(Start).Then().Reply);
        Assert.Equal(held, Given(Created, Started).When(Start with { Options = RunScenario.Options(plan: RunScenario.Deploy) }).Then().Reply);
        Assert.Equal(held, Given(Created, Started).When(new ReopenRun(Blue, Second)).Then().Reply);
    }

    [Fact]
    public void It_is_not_deleted_while_it_is_held()
    {
        Assert.Equal(new ClusterReply.HeldBy(First, RunVerb.Restart), Given(Created, Started).When(new Delete(Blue)).Then().Reply);
        Given(Created, Started, Ended).When(new Delete(Blue)).Then(new ClusterEvent.Deleted(Now));
    }

    [Fact]
    public void Its_members_come_and_go_while_it_is_held()
    {
        Given(Created, Started).When(new AddMember(Blue, A)).Then(Added(A));
        Given(Created, Added(A), Started).When(new RemoveMember(Blue, A)).Then(Removed(A));
        Given(Created, Started).When(new Put(Blue, null, Kube)).Then(new ClusterEvent.Changed(WithKube, Now));
    }

    [Fact]
    public void A_run_that_is_over_lets_go_once()
    {
        Given(Created, Started).When(new EndRun(Blue, First)).Then(Ended);
        Given(Created, Started, Ended).When(new EndRun(Blue, First)).ThenNothing();
        Given(Created, Started).When(new EndRun(Blue, Second)).ThenNothing();
        Given().When(new EndRun(Blue, First)).ThenNothing();
    }

    [Fact]
    public void The_next_run_has_the_next_number() =>
        Assert.Equal([new ClusterEvent.RunStarted(Second, Options, "ops", Now)], Given(Created, Started, Ended).Cluster.Decide(Start, Now).Events.ToArray());

    [Fact]
    public void A_run_that_is_over_can_hold_it_again()
    {
        var ending = Given(Created, Started, Ended).When(new ReopenRun(Blue, First)).Then(new ClusterEvent.RunReopened(First, Now));
        Assert.Equal(new ClusterReply.Reopened(), ending.Reply);
        Assert.Equal(First, ending.Cluster.Holder!.Run);
        Given(Created, Started).When(new ReopenRun(Blue, First)).ThenNothing();
    }

    [Fact]
    public void A_run_that_asks_for_its_members_holds_it_again_unless_another_does()
    {
        Given(Created, Started, Ended).When(new DescribeMembers(Blue, First)).Then(new ClusterEvent.RunReopened(First, Now));
        Given(Created, Started).When(new DescribeMembers(Blue, First)).ThenNothing();
        Given(Created, Started, Ended, new ClusterEvent.RunStarted(Second, Options, "ops", Now)).When(new DescribeMembers(Blue, First)).ThenNothing();
        Given(Created).When(new DescribeMembers(Blue, First)).ThenNothing();
        Given(Created, Started, Ended, new ClusterEvent.Deleted(Now)).When(new DescribeMembers(Blue, First)).ThenNothing();
    }

    [Fact]
    public void Runs_outlive_it_and_their_numbers_go_on()
    {
        var again = Given(Created, Started, Ended, new ClusterEvent.Deleted(Now), Created);
        Assert.Equal([new ClusterRun(First, Options, "ops", Now)], again.Cluster.Runs.ToArray());
        Assert.Null(again.Cluster.Holder);
        Assert.Equal([new ClusterEvent.RunStarted(Second, Options, "ops", Now)], again.Cluster.Decide(Start, Now).Events.ToArray());
        Assert.Single(Given(Created, Started, Ended, new ClusterEvent.Deleted(Now)).Cluster.Runs);
    }

    [Fact]
    public void A_failure_that_was_over_before_the_cluster_heard_of_it_is_news_for_its_run()
    {
        var held = Given([Created, .. Member(A, HostStatus.Active), Started]);
        Assert.Equal(
            [new RunCommand.MemberChanged(First, Health(A, true, "is active: so") with { Failures = 1 })],
            News(held.When(new ReportMember(Blue, A, NoManager, HostStatus.Active, "so") { Failures = 1 })));
        Assert.Empty(News(held.When(new ReportMember(Blue, A, NoManager, HostStatus.Active, "so") { Failures = 0 })));
    }

    [Fact]
    public void The_run_that_holds_it_hears_of_every_change_among_the_members()
    {
        var held = Given([Created, .. Member(A, HostStatus.Disassociated), Started]);
        Assert.Equal(
            [new RunCommand.MemberChanged(First, Health(A, false, "is failed: gone"))],
            News(held.When(new ReportMember(Blue, A, NoManager, HostStatus.Failed, "gone"))));
        Assert.Equal([new RunCommand.MemberLeft(First, A)], News(held.When(new RemoveMember(Blue, A))));
        Assert.Equal([new RunCommand.MemberChanged(First, Health(B, false, "is unknown: has not reported yet"))], News(held.When(new AddMember(Blue, B))));
        Assert.Equal(new RunCommand.MemberChanged(First, Health(C, true, "is disassociated: so")),
            News(held.When(new ReportMember(Blue, C, null, HostStatus.Disassociated, "so")))[^1]);
        Assert.Empty(News(held.When(new EndRun(Blue, First))));
    }

    [Fact]
    public void Nobody_hears_of_them_when_none_does() =>
        Assert.Empty(News(Given([Created, .. Member(A, HostStatus.Disassociated), Started, Ended]).When(new RemoveMember(Blue, A))));

    [Fact]
    public void Its_story_tells_of_runs()
    {
        Assert.Equal(new HistoryLine("run-started", "restart (run 1) started by 'ops'"), ClusterHistory.Describe(Started));
        Assert.Equal(new HistoryLine("run-reopened", "run 1 continues"), ClusterHistory.Describe(new ClusterEvent.RunReopened(First, Now)));
        Assert.Equal(new HistoryLine("run-ended", "run 1 ended"), ClusterHistory.Describe(Ended));
    }

    private static RunCommand[] News(Ending ending) => [.. ending.Events.Select(ending.Cluster.News).OfType<RunCommand>()];

    private static MemberHealth Health(HostAddress host, bool available, string reason) => new(host, available, reason) { Failures = 0 };
}
