using System.Globalization;
using Commissaire.Hosts;
using Commissaire.Runs;
using Commissaire.Shell;
using static Commissaire.Domain.Tests.Hosts.HostSamples;
using static Commissaire.Domain.Tests.Hosts.TurnScenario;

namespace Commissaire.Domain.Tests.Hosts;

/// <summary>How long a host that does not let us in is left alone, and what its view says about it.</summary>
public sealed class LoginPauseTests : HostSpec
{
    private static readonly ShellOutcome NoRoute = new ShellOutcome.Unreachable("no route");
    private static readonly ShellOutcome Rejected = new ShellOutcome.AuthenticationFailed("publickey");
    private static readonly ShellOutcome RefusedForNow = new ShellOutcome.RefusedForNow("it closed the connection at once");

    private static readonly ShellOutcome NoSshd = new ShellOutcome.Unreachable("refused") { IsRunning = true };

    public static TheoryData<ShellOutcome, TimeSpan> Pauses => new()
    {
        { RefusedForNow, TimeSpan.FromSeconds(20) },
        { Rejected, Settings.Watch.Interval },
    };

    [Theory]
    [MemberData(nameof(Pauses))]
    public void A_host_that_refuses_us_is_left_alone(ShellOutcome outcome, TimeSpan pause)
    {
        foreach (var host in new[] { Resumed(Ready), Resumed(Alone), Resumed([.. Active, new HostEvent.Failed("no", "", null, Earlier)]) })
        {
            var (working, effects) = host.Work(host.NextMoment > Now ? host.NextMoment : Now);
            var run = effects.OfType<HostEffect.RunCommand>().Single();
            AssertPause(working.After(new HostCommand.CommandCompleted(Host, run.Task, outcome)), pause);
        }
    }

    [Theory]
    [MemberData(nameof(Pauses))]
    public void A_host_that_refuses_us_within_a_turn_is_left_alone_until_the_deadline_of_its_step(ShellOutcome outcome, TimeSpan pause)
    {
        var expected = pause < TurnSteps.PreflightDeadline ? pause : TurnSteps.PreflightDeadline;
        var scenario = AtStep(TurnSteps.Preflight, Restart).CommandReturns(outcome);
        var (state, time) = (scenario.State, scenario.Time);
        while (!Runs(state, time))
        {
            state = state.Work(time).State;
            Assert.True(state.NextMoment > time, "the host does not wait");
            time = state.NextMoment;
        }

        Assert.InRange(time - scenario.Time, expected, expected + WatchSchedule.InTurn);
    }

    [Fact]
    public void A_host_that_reboots_is_asked_often_although_it_rejects_logins_for_a_moment()
    {
        var rejected = AtStep(TurnSteps.WaitForReboot, Restart).CommandReturns(Rejected);
        AssertPauseWithin(rejected.State, rejected.Time, WatchSchedule.AfterRejectedLogin);
        var refused = AtStep(TurnSteps.WaitForReboot, Restart).CommandReturns(RefusedForNow);
        AssertPauseWithin(refused.State, refused.Time, TimeSpan.FromSeconds(2.2));
    }

    [Fact]
    public void A_host_that_begins_to_refuse_connections_is_tried_again_soon()
    {
        var host = Resumed([.. Ready, new HostEvent.Failed("health check: no route", "", null, Earlier)]);
        for (var miss = 1; miss <= 10; miss++)
        {
            host = host.After(CheckCompleted(NoRoute));
        }

        Assert.True(host.NextMoment - Now > Settings.Watch.Interval * 0.8);

        host = host.After(CheckCompleted(NoSshd));
        Assert.InRange(host.NextMoment - Now, Settings.Watch.Retry * 0.9, Settings.Watch.Retry * 1.1);
        Assert.Equal(HostStatus.Failed, host.Status);
        host = host.After(CheckCompleted(NoSshd)).After(CheckCompleted(NoSshd));
        Assert.True(host.NextMoment - Now > Settings.Watch.Retry * 1.5, "the pauses grow again");
    }

    [Fact]
    public void A_healthy_host_still_fails_with_its_second_missed_check()
    {
        var host = Resumed(Ready).After(CheckCompleted(NoRoute));
        Assert.Equal(HostStatus.Disassociated, host.Status);
        Assert.Equal(HostStatus.Failed, host.After(CheckCompleted(NoSshd)).Status);
    }

    [Fact]
    public void The_view_of_a_failed_host_tells_when_it_is_tried_again()
    {
        var host = Resumed(Ready).After(CheckCompleted(NoRoute)).After(CheckCompleted(NoRoute));
        var at = host.NextMoment.ToString("HH:mm:ss", CultureInfo.InvariantCulture);
        Assert.Equal($"the health check is repeated at {at} UTC", host.View().Next);
        Assert.Equal("the health check is repeated", host.Work(host.NextMoment).State.View().Next);
    }

    [Fact]
    public void The_view_tells_why_the_server_could_not_connect()
    {
        var host = Resumed(Ready).After(CheckCompleted(new ShellOutcome.NotTried("database is locked")));
        Assert.Equal(HostStatus.Disassociated, host.Status);
        Assert.Matches("^the server could not connect and tries again at [0-9:]{8} UTC: database is locked$", host.View().Next);
        Assert.Equal("the next health check", host.After(CheckCompleted(Done(Boot))).View().Next);
    }

    private static void AssertPause(HostState host, TimeSpan pause)
    {
        var time = Now;
        while (!Runs(host, time))
        {
            host = host.Work(time).State;
            Assert.True(host.NextMoment > time, "the host does not wait");
            time = host.NextMoment;
        }

        Assert.InRange(time - Now, pause, Later(pause, Settings.Watch.Interval) * 1.1);
    }

    private static void AssertPauseWithin(HostState host, DateTimeOffset start, TimeSpan pause)
    {
        var time = host.Work(start).State.NextMoment;
        Assert.InRange(time - start, TimeSpan.FromMilliseconds(90), pause);
        Assert.True(Runs(host, time));
    }

    private static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private static bool Runs(HostState host, DateTimeOffset time) => host.Work(time).Effects.OfType<HostEffect.RunCommand>().Any();

    private static HostState Resumed(params HostEvent[] history) => Given(history).Host.Resumed(Now);
}
