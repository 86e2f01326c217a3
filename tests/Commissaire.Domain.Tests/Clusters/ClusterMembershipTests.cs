using Commissaire.Clusters;
using Commissaire.Hosts;
using static Commissaire.Clusters.ClusterCommand;

namespace Commissaire.Domain.Tests.Clusters;

public sealed class ClusterMembershipTests : ClusterSpec
{
    [Fact]
    public void A_host_is_added_once() => Given(Created).When(new AddMember(Blue, A)).Then(Added(A));

    [Fact]
    public void Adding_a_member_again_keeps_its_reported_status() =>
        Given([Created, .. Member(A, HostStatus.Active)]).When(new AddMember(Blue, A)).ThenNothing();

    [Fact]
    public void A_member_is_removed() => Given(Created, Added(A), Added(B)).When(new RemoveMember(Blue, A)).Then(Removed(A));

    [Fact]
    public void Removing_a_host_that_is_not_a_member_changes_nothing() =>
        Given(Created, Added(A)).When(new RemoveMember(Blue, B)).ThenNothing();

    [Fact]
    public void Member_commands_to_a_missing_cluster_are_rejected()
    {
        Given().When(new AddMember(Blue, A)).ThenRefused(ClusterRefusal.NotFound);
        Given().When(new RemoveMember(Blue, A)).ThenRefused(ClusterRefusal.NotFound);
        Given().When(new ReplaceMembers(Blue, [], [A])).ThenRefused(ClusterRefusal.NotFound);
    }

    [Fact]
    public void The_members_are_replaced_when_the_expected_list_matches() =>
        Given(Created, Added(A), Added(B)).When(new ReplaceMembers(Blue, [B, A], [B, C])).Then(Added(C), Removed(A));

    [Fact]
    public void The_members_are_not_replaced_when_the_expected_list_differs()
    {
        Given(Created, Added(A), Added(B)).When(new ReplaceMembers(Blue, [A], [A, C])).ThenRefused(ClusterRefusal.MembersChanged);
        Given(Created, Added(A)).When(new ReplaceMembers(Blue, [A, B], [C])).ThenRefused(ClusterRefusal.MembersChanged);
        Given(Created, Added(A)).When(new ReplaceMembers(Blue, [], [])).ThenRefused(ClusterRefusal.MembersChanged);
    }

    [Fact]
    public void A_new_host_that_already_reported_does_not_conflict_with_a_replacement() =>
        Given([Created, Added(A), .. Member(C, HostStatus.Disassociated)]).When(new ReplaceMembers(Blue, [A], [A, C])).ThenNothing();

    [Fact]
    public void A_host_named_twice_is_added_once() => Given(Created).When(new ReplaceMembers(Blue, [], [A, A])).Then(Added(A));

    [Fact]
    public void Replacing_the_members_by_themselves_changes_nothing() =>
        Given(Created, Added(A)).When(new ReplaceMembers(Blue, [A, A], [A])).ThenNothing();

    [Fact]
    public void All_members_can_be_removed_at_once() =>
        Given(Created, Added(A), Added(B)).When(new ReplaceMembers(Blue, [A, B], [])).Then(Removed(A), Removed(B));

    [Fact]
    public void A_host_that_reports_is_added_and_gets_a_confirmation() =>
        Given(CreatedWithKube).When(new ReportMember(Blue, A, null, HostStatus.Investigating, "new"))
            .Then(Member(A, HostStatus.Investigating, "new"))
            .WithAnswers(new HostCommand.ConfirmMembership(A, Blue, WithKube));

    [Fact]
    public void An_up_to_date_member_gets_no_answer() =>
        Given([CreatedWithKube, .. Member(A, HostStatus.Active)]).When(new ReportMember(Blue, A, WithKube, HostStatus.Active, "reason"))
            .ThenNothing().WithAnswers();

    [Fact]
    public void A_member_with_outdated_settings_gets_the_current_ones() =>
        Given([Created, .. Member(A, HostStatus.Active)]).When(new ReportMember(Blue, A, WithKube, HostStatus.Active, "reason"))
            .ThenNothing().WithAnswers(new HostCommand.ConfirmMembership(A, Blue, NoManager));

    [Fact]
    public void A_changed_status_is_recorded() =>
        Given([Created, .. Member(A, HostStatus.Bootstrapping)])
            .When(new ReportMember(Blue, A, NoManager, HostStatus.Disassociated, "ready"))
            .Then(new ClusterEvent.MemberReported(A, HostStatus.Disassociated, "ready", Now));

    [Fact]
    public void A_changed_bootstrap_step_is_not_recorded() =>
        Given([Created, .. Member(A, HostStatus.Bootstrapping, "step 1")])
            .When(new ReportMember(Blue, A, NoManager, HostStatus.Bootstrapping, "step 2")).ThenNothing();

    [Fact]
    public void A_changed_failure_is_recorded() =>
        Given([Created, .. Member(A, HostStatus.Failed, "no route")])
            .When(new ReportMember(Blue, A, NoManager, HostStatus.Failed, "another key"))
            .Then(new ClusterEvent.MemberReported(A, HostStatus.Failed, "another key", Now));

    [Fact]
    public void A_host_that_reports_to_a_missing_cluster_is_evicted() =>
        Given().When(new ReportMember(Blue, A, NoManager, HostStatus.Active, "reason")).ThenNothing()
            .WithAnswers(new HostCommand.ClusterDeleted(A, Blue));

    [Fact]
    public void A_departing_host_is_removed_and_gets_a_confirmation() =>
        Given(Created, Added(A)).When(new MemberLeft(Blue, A)).Then(Removed(A)).WithAnswers(new HostCommand.ConfirmDeparture(A, Blue));

    [Fact]
    public void A_departing_host_that_is_not_a_member_gets_a_confirmation()
    {
        Given(Created).When(new MemberLeft(Blue, A)).ThenNothing().WithAnswers(new HostCommand.ConfirmDeparture(A, Blue));
        Given().When(new MemberLeft(Blue, A)).ThenNothing().WithAnswers(new HostCommand.ConfirmDeparture(A, Blue));
    }

    [Fact]
    public void A_removed_host_is_told_so_and_reports_if_it_has_joined_again() =>
        Given(Created, Added(A)).When(new RemoveMember(Blue, A)).WithAnswers(new HostCommand.ConfirmDeparture(A, Blue));

    [Fact]
    public void Members_that_never_reported_are_asked_at_each_wake() =>
        Given([Created, Added(A), .. Member(B, HostStatus.Failed)]).When(new Wake(Blue)).ThenNothing()
            .WithAnswers(new HostCommand.ConfirmMembership(A, Blue, NoManager));
}
