using Commissaire.Hosts;
using Commissaire.Shell;
using static Commissaire.Domain.Tests.Hosts.HostSamples;
using static Commissaire.Hosts.HostEvent;

namespace Commissaire.Domain.Tests.Hosts;

public sealed class HealthCheckTests : HostSpec
{
    private const string Unreachable = "health check: cannot connect to 10.2.0.2 port 22: no route";

    private static readonly ShellOutcome NoRoute = new ShellOutcome.Unreachable("no route");

    [Fact]
    public void A_successful_check_records_nothing() => Given(Active).When(CheckCompleted(Done(Boot + "\n"))).ThenNothing();

    [Fact]
    public void One_missed_check_is_ignored() => Given(Active).When(CheckCompleted(NoRoute)).ThenNothing();

    [Fact]
    public void Two_missed_checks_in_a_row_fail_the_host() =>
        Given(Active).When(CheckCompleted(NoRoute), CheckCompleted(NoRoute))
            .Then(new Failed(Unreachable, "", null, Now))
            .WithStatus(HostStatus.Failed, Unreachable)
            .ThenRepeatingChangesNothing();

    [Fact]
    public void A_failed_host_is_checked_again_and_reports_to_its_cluster()
    {
        var host = Given([.. Active, new Failed(Unreachable, "", null, Earlier)]).Host;
        Assert.Equal([Report(Blue, WithKube, HostStatus.Failed, Unreachable, 1)], host.Outstanding(Now));
        Assert.Equal([GetReadiness, Check], host.Due());
        Assert.Equal("the health check is repeated", host.View().Next);
    }

    [Fact]
    public void An_active_host_that_recovers_is_active_again() =>
        Given([.. Active, new Failed(Unreachable, "", null, Earlier)]).When(CheckCompleted(Done(Boot)))
            .Then(new Recovered(Now))
            .WithStatus(HostStatus.Active, "ready, and a node of container manager 'kube'")
            .ThenRepeatingChangesNothing();

    [Fact]
    public void A_host_without_a_cluster_that_recovers_is_disassociated() =>
        Given([.. Ready, new Failed(Unreachable, "", null, Earlier)]).When(CheckCompleted(Done(Boot)))
            .WithStatus(HostStatus.Disassociated, "ready, and in no cluster");

    [Fact]
    public void A_new_boot_id_is_recorded() =>
        Given(Active).When(CheckCompleted(Done(OtherBoot))).Then(new Rebooted(OtherBoot, Now))
            .WithStatus(HostStatus.Active, "ready, and a node of container manager 'kube'").ThenRepeatingChangesNothing();

    [Fact]
    public void A_failed_host_that_rebooted_recovers_with_a_new_boot_id() =>
        Given([.. Active, new Failed(Unreachable, "", null, Earlier)]).When(CheckCompleted(Done(OtherBoot)))
            .Then(new Recovered(Now), new Rebooted(OtherBoot, Now)).ThenRepeatingChangesNothing();

    [Theory]
    [InlineData("")]
    [InlineData("Your password has expired")]
    public void An_answer_without_a_boot_id_counts_as_a_missed_check(string output)
    {
        Given(Active).When(CheckCompleted(Done(output))).ThenNothing();
        Given(Active).When(CheckCompleted(Done(output)), CheckCompleted(Done(output)))
            .Then(new Failed("health check: the host answered, but not with a boot ID", output, null, Now));
    }

    [Fact]
    public void A_different_failure_of_a_failed_host_is_recorded_immediately() =>
        Given([.. Active, new Failed(Unreachable, "", null, Earlier)])
            .When(CheckCompleted(new ShellOutcome.AuthenticationFailed("publickey")))
            .Then(new Failed("health check: sshd rejected user 'root': publickey", "", null, Now));

    [Fact]
    public void The_view_shows_since_when_the_status_holds_and_the_last_contact()
    {
        var failed = Given(Active).When(CheckCompleted(NoRoute), CheckCompleted(NoRoute)).Host.View();
        Assert.Equal((Now, Earlier), (failed.Since, failed.LastCheck));

        var again = Given([.. Active, new Failed(Unreachable, "", null, Earlier)])
            .When(CheckCompleted(new ShellOutcome.Interrupted("reset"))).Host.View();
        Assert.Equal((Earlier, Earlier), (again.Since, again.LastCheck));

        var seen = Given(Active).When(CheckCompleted(Done(Boot))).Host.View();
        Assert.Equal((Earlier, Now), (seen.Since, seen.LastCheck));
    }
}
