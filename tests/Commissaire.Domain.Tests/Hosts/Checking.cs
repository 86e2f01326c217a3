using Commissaire.Hosts;
using Commissaire.Shell;
using static Commissaire.Domain.Tests.Hosts.HostScenario;
using static Commissaire.Hosts.HostEvent;

namespace Commissaire.Domain.Tests.Hosts;

public sealed class Checking : HostSpec
{
    private const string Gone = "health check: cannot connect to 10.2.0.2 port 22: no route";

    private static readonly ShellOutcome NoRoute = new ShellOutcome.Unreachable("no route");

    [Fact]
    public void A_host_found_as_it_was_is_no_news() => Given(Active).When(Checked(Done(Boot + "\n"))).ThenNothing();

    [Fact]
    public void One_missed_check_is_nothing() => Given(Active).When(Checked(NoRoute)).ThenNothing();

    [Fact]
    public void A_second_one_in_a_row_is_a_failure() =>
        Given(Active).When(Checked(NoRoute), Checked(NoRoute))
            .Then(new Failed(Gone, "", null, Now))
            .Being(HostStatus.Failed, Gone)
            .TwiceIsOnce();

    [Fact]
    public void A_failed_host_is_checked_again_and_tells_its_cluster()
    {
        var host = Given([.. Active, new Failed(Gone, "", null, Then)]).Host;
        Assert.Equal([Report(Blue, WithKube, HostStatus.Failed, Gone, 1)], host.Outstanding(Now));
        Assert.Equal([GetReadiness, Check], host.Due());
        Assert.Equal("the health check is repeated", host.View().Next);
    }

    [Fact]
    public void An_active_host_that_recovers_is_active() =>
        Given([.. Active, new Failed(Gone, "", null, Then)]).When(Checked(Done(Boot)))
            .Then(new Recovered(Now))
            .Being(HostStatus.Active, "ready, and a node of container manager 'kube'")
            .TwiceIsOnce();

    [Fact]
    public void A_lone_host_that_recovers_is_alone() =>
        Given([.. Ready, new Failed(Gone, "", null, Then)]).When(Checked(Done(Boot))).Being(HostStatus.Disassociated, "ready, and in no cluster");

    [Fact]
    public void Another_boot_is_noted() =>
        Given(Active).When(Checked(Done(OtherBoot))).Then(new Rebooted(OtherBoot, Now))
            .Being(HostStatus.Active, "ready, and a node of container manager 'kube'").TwiceIsOnce();

    [Fact]
    public void A_host_that_was_away_because_it_rebooted_is_back_and_in_another_boot() =>
        Given([.. Active, new Failed(Gone, "", null, Then)]).When(Checked(Done(OtherBoot)))
            .Then(new Recovered(Now), new Rebooted(OtherBoot, Now)).TwiceIsOnce();

    [Theory]
    [InlineData("")]
    [InlineData("Your password has expired")]
    public void An_answer_without_a_boot_id_proves_nothing(string output)
    {
        Given(Active).When(Checked(Done(output))).ThenNothing();
        Given(Active).When(Checked(Done(output)), Checked(Done(output))).Then(new Failed("health check: the host answered, but not with a boot id", output, null, Now));
    }

    [Fact]
    public void Another_trouble_than_the_last_is_told_at_once() =>
        Given([.. Active, new Failed(Gone, "", null, Then)]).When(Checked(new ShellOutcome.AuthenticationFailed("publickey")))
            .Then(new Failed("health check: sshd rejected user 'root': publickey", "", null, Now));

    [Fact]
    public void A_host_is_told_since_when_it_is_what_it_is_and_when_it_was_last_heard()
    {
        var failed = Given(Active).When(Checked(NoRoute), Checked(NoRoute)).Host.View();
        Assert.Equal((Now, Then), (failed.Since, failed.LastCheck));

        var again = Given([.. Active, new Failed(Gone, "", null, Then)]).When(Checked(new ShellOutcome.Interrupted("reset"))).Host.View();
        Assert.Equal((Then, Then), (again.Since, again.LastCheck));

        var seen = Given(Active).When(Checked(Done(Boot))).Host.View();
        Assert.Equal((Then, Now), (seen.Since, seen.LastCheck));
    }
}
