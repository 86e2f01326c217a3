using Commissaire.Clusters;
using Commissaire.Hosts;
using static Commissaire.Clusters.ClusterCommand;

namespace Commissaire.Domain.Tests.Clusters;

public sealed class ListingMembers : ClusterSpec
{
    [Fact]
    public void A_host_is_listed_once() => Given(Created).When(new AddMember(Blue, A)).Then(Added(A));

    [Fact]
    public void A_host_that_has_reported_stays_what_it_is_when_listed_again() =>
        Given([Created, .. Member(A, HostStatus.Active)]).When(new AddMember(Blue, A)).ThenNothing();

    [Fact]
    public void A_host_is_listed_no_more() => Given(Created, Added(A), Added(B)).When(new RemoveMember(Blue, A)).Then(Removed(A));

    [Fact]
    public void Who_is_not_listed_need_not_be_dismissed() => Given(Created, Added(A)).When(new RemoveMember(Blue, B)).ThenNothing();

    [Fact]
    public void A_cluster_that_does_not_exist_lists_nobody()
    {
        Given().When(new AddMember(Blue, A)).ThenRefused(ClusterRefusal.NotFound);
        Given().When(new RemoveMember(Blue, A)).ThenRefused(ClusterRefusal.NotFound);
        Given().When(new ReplaceMembers(Blue, [], [A])).ThenRefused(ClusterRefusal.NotFound);
    }

    [Fact]
    public void The_list_is_replaced_when_it_is_the_expected_one() =>
        Given(Created, Added(A), Added(B)).When(new ReplaceMembers(Blue, [B, A], [B, C])).Then(Added(C), Removed(A));

    [Fact]
    public void The_list_is_not_replaced_when_it_is_another()
    {
        Given(Created, Added(A), Added(B)).When(new ReplaceMembers(Blue, [A], [A, C])).ThenRefused(ClusterRefusal.MembersChanged);
        Given(Created, Added(A)).When(new ReplaceMembers(Blue, [A, B], [C])).ThenRefused(ClusterRefusal.MembersChanged);
        Given(Created, Added(A)).When(new ReplaceMembers(Blue, [], [])).ThenRefused(ClusterRefusal.MembersChanged);
    }

    [Fact]
    public void A_host_that_is_new_to_the_list_may_have_reported_meanwhile() =>
        Given([Created, Added(A), .. Member(C, HostStatus.Disassociated)]).When(new ReplaceMembers(Blue, [A], [A, C])).ThenNothing();

    [Fact]
    public void A_host_named_twice_is_listed_once() => Given(Created).When(new ReplaceMembers(Blue, [], [A, A])).Then(Added(A));

    [Fact]
    public void A_list_replaced_by_itself_stays() => Given(Created, Added(A)).When(new ReplaceMembers(Blue, [A, A], [A])).ThenNothing();

    [Fact]
    public void The_list_may_be_emptied() => Given(Created, Added(A), Added(B)).When(new ReplaceMembers(Blue, [A, B], [])).Then(Removed(A), Removed(B));

    [Fact]
    public void A_host_that_reports_is_listed_and_told_so() =>
        Given(CreatedWithKube).When(new ReportMember(Blue, A, null, HostStatus.Investigating, "new"))
            .Then(Member(A, HostStatus.Investigating, "new"))
            .Telling(new HostCommand.ConfirmMembership(A, Blue, WithKube));

    [Fact]
    public void A_member_that_knows_all_is_told_nothing() =>
        Given([CreatedWithKube, .. Member(A, HostStatus.Active)]).When(new ReportMember(Blue, A, WithKube, HostStatus.Active, "so"))
            .ThenNothing().Telling();

    [Fact]
    public void A_member_that_has_another_manager_in_mind_is_told_the_right_one() =>
        Given([Created, .. Member(A, HostStatus.Active)]).When(new ReportMember(Blue, A, WithKube, HostStatus.Active, "so"))
            .ThenNothing().Telling(new HostCommand.ConfirmMembership(A, Blue, NoManager));

    [Fact]
    public void Another_status_is_remembered() =>
        Given([Created, .. Member(A, HostStatus.Bootstrapping)]).When(new ReportMember(Blue, A, NoManager, HostStatus.Disassociated, "ready"))
            .Then(new ClusterEvent.MemberReported(A, HostStatus.Disassociated, "ready", Now));

    [Fact]
    public void Another_bootstrap_step_is_not() =>
        Given([Created, .. Member(A, HostStatus.Bootstrapping, "step 1")])
            .When(new ReportMember(Blue, A, NoManager, HostStatus.Bootstrapping, "step 2")).ThenNothing();

    [Fact]
    public void Another_failure_is() =>
        Given([Created, .. Member(A, HostStatus.Failed, "no route")]).When(new ReportMember(Blue, A, NoManager, HostStatus.Failed, "another key"))
            .Then(new ClusterEvent.MemberReported(A, HostStatus.Failed, "another key", Now));

    [Fact]
    public void Who_reports_to_a_cluster_that_does_not_exist_is_evicted() =>
        Given().When(new ReportMember(Blue, A, NoManager, HostStatus.Active, "so")).ThenNothing().Telling(new HostCommand.ClusterDeleted(A, Blue));

    [Fact]
    public void Who_departs_is_listed_no_more_and_told_so() =>
        Given(Created, Added(A)).When(new MemberLeft(Blue, A)).Then(Removed(A)).Telling(new HostCommand.ConfirmDeparture(A, Blue));

    [Fact]
    public void Who_departs_from_where_it_is_not_is_told_the_same()
    {
        Given(Created).When(new MemberLeft(Blue, A)).ThenNothing().Telling(new HostCommand.ConfirmDeparture(A, Blue));
        Given().When(new MemberLeft(Blue, A)).ThenNothing().Telling(new HostCommand.ConfirmDeparture(A, Blue));
    }
}
