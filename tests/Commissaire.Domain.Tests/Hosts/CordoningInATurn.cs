using Commissaire.ContainerManagers;
using Commissaire.Hosts;
using Commissaire.Runs;
using Commissaire.Shell;
using static Commissaire.Domain.Tests.Hosts.HostScenario;
using static Commissaire.Domain.Tests.Hosts.TurnScenario;
using static Commissaire.Hosts.HostEvent;

namespace Commissaire.Domain.Tests.Hosts;

/// <summary>What becomes of a host's node in its turn, and what ends a turn from outside.</summary>
public sealed class CordoningInATurn
{
    [Fact]
    public void A_drain_that_takes_too_long_uncordons_again_and_names_the_step()
    {
        var tale = In(TurnSteps.Drain, Restart).Wait(29).Reports(false, "1 left");
        Assert.Equal(TurnSteps.Drain, tale.State.TurnStep);
        Assert.Equal(TurnSteps.Uncordon, tale.Wait(1).Reports(false, "1 left").State.TurnStep);
        TakingSteps.Fails(tale.Reports(true), TurnSteps.Drain, "not done within 30 s; last: 1 left", cordoned: false);
        Assert.Equal(HostStatus.Active, tale.State.Status);
        Assert.DoesNotContain(tale.Journal, e => e is TurnStepStarted { Step: TurnSteps.Reboot });
    }

    [Fact]
    public void A_forced_drain_has_a_little_longer()
    {
        var tale = In(TurnSteps.Drain, Restart with { OnDrainTimeout = DrainTimeoutPolicy.Force }).Wait(89).Reports(false, "1 left");
        Assert.Equal(TurnSteps.Drain, tale.State.TurnStep);
        Assert.Equal(TurnSteps.Uncordon, tale.Wait(1).Reports(false, "1 left").State.TurnStep);
        TakingSteps.Fails(tale.Reports(true), TurnSteps.Drain, "not done within 90 s; last: 1 left", cordoned: false);
    }

    [Fact]
    public void A_cordon_that_may_have_been_made_is_undone()
    {
        var tale = In(TurnSteps.Cordon, Restart).Wait(60).Reports(false, "no answer");
        Assert.Equal(TurnSteps.Uncordon, tale.State.TurnStep);
        TakingSteps.Fails(tale.Reports(true), TurnSteps.Cordon, "not done within 60 s; last: no answer", cordoned: false);
    }

    [Fact]
    public void What_cannot_be_undone_is_said() =>
        TakingSteps.Fails(In(TurnSteps.Drain, Restart).Wait(30).Reports(false, "1 left").Wait(60).Reports(false, "no answer"),
            TurnSteps.Drain, "not done within 30 s; last: 1 left", cordoned: true);

    [Fact]
    public void A_host_that_is_done_but_for_its_node_failed_in_that() =>
        TakingSteps.Fails(In(TurnSteps.Uncordon, Restart).Wait(60).Reports(false, "no answer"),
            TurnSteps.Uncordon, "not done within 60 s; last: no answer", cordoned: true);

    [Fact]
    public void A_node_cordoned_by_others_stays_so()
    {
        var tale = In(TurnSteps.Cordon, Restart).Reports(true, "by run 3", byOthers: true);
        Assert.Contains(new TurnFoundCordon(Now), tale.Journal);
        Assert.Equal("preflight cordon drain reboot wait-for-reboot node-ready", string.Join(' ', tale.State.Turn!.Steps));
        Assert.Equal(new TurnEnd(TurnOutcome.Succeeded, "", "", "", false), tale.To(null).End);

        tale = In(TurnSteps.Cordon, Restart).Reports(true, "by run 3", byOthers: true).Wait(30).Reports(false, "1 left");
        TakingSteps.Fails(tale, TurnSteps.Drain, "not done within 30 s; last: 1 left", cordoned: false);
    }

    [Fact]
    public void A_node_left_cordoned_stays_so_when_the_next_turn_gets_nowhere()
    {
        var tale = Again().Wait(60).Hears(new ShellOutcome.Unreachable("no route"));
        TakingSteps.Fails(tale, TurnSteps.Preflight, "not done within 60 s; last: cannot connect to 10.2.0.2 port 22: no route", cordoned: true);
        tale = Again().To(TurnSteps.Drain).Wait(30).Reports(false, "1 left");
        TakingSteps.Fails(tale, TurnSteps.Drain, "not done within 30 s; last: 1 left", cordoned: true);
    }

    [Fact]
    public void A_node_left_cordoned_is_uncordoned_when_the_next_turn_ends_well() =>
        Assert.Equal(new TurnEnd(TurnOutcome.Succeeded, "", "", "", false), Again().To(null).End);

    [Fact]
    public void A_host_left_as_it_is_says_that_an_earlier_turn_left_its_node_cordoned()
    {
        var tale = In(TurnSteps.WaitForReboot, Restart).Hears(new ShellOutcome.HostKeyChanged(OtherKey))
            .Then(new HostCommand.AcceptHostKey(Host, OtherKey.Fingerprint, "ops")).Begin(Restart, attempt: 2);
        Assert.Equal(new TurnEnd(TurnOutcome.Skipped, "", "was never investigated", "", true), tale.End);
        Assert.Equal("skipped: was never investigated; an earlier turn left its node cordoned", HostState.Describe(tale.Journal[^1]).Summary);
    }

    [Fact]
    public void A_node_that_was_added_anew_is_not_cordoned_any_more()
    {
        var tale = In(TurnSteps.Upgrade, Upgrade).Hears(Exit(1, "", "no")).Then(new HostCommand.TurnAcknowledged(Host, Run, 1))
            .Then(new HostCommand.ConfirmMembership(Host, Blue, NoManager)).Then(new HostCommand.NodeReported(Host, Kube, false, null))
            .Begin(Upgrade, attempt: 2).Wait(60).Hears(new ShellOutcome.Unreachable("no route"));
        Assert.False(tale.End.LeftCordoned);
    }

    [Fact]
    public void A_key_accepted_in_mid_turn_ends_it()
    {
        var tale = In(TurnSteps.Drain, Restart).Then(Checked(new ShellOutcome.HostKeyChanged(OtherKey)));
        HostEvent[] events = tale.Tell(new HostCommand.AcceptHostKey(Host, OtherKey.Fingerprint, "ops"));
        Assert.Equal(
            new TurnEnded(TurnOutcome.Failed, TurnSteps.Drain, "another host key was accepted during the turn", "", true, Now), events[0]);
        Assert.Null(tale.State.TurnStep);
        Assert.Contains(tale.State.Outstanding(tale.Time), e => e is HostEffect.Send { Message: RunCommand.ReportTurn { Report.End: not null } });
    }

    [Fact]
    public void Leaving_the_cluster_ends_it_and_takes_the_node_away()
    {
        foreach (var parting in new HostCommand[] { new HostCommand.Leave(Host, Blue), new HostCommand.ClusterDeleted(Host, Blue), new HostCommand.Delete(Host) })
        {
            var tale = In(TurnSteps.Drain, Restart).Then(parting);
            Assert.Null(tale.State.Turn);
            Assert.Contains(RemoveNode, tale.State.Outstanding(tale.Time));
            Assert.DoesNotContain(tale.State.Outstanding(tale.Time), e => e is HostEffect.RunCommand or HostEffect.Send { Message: RunCommand.ReportTurn or ContainerManagerCommand.TakeNodeStep });
            Assert.Empty(tale.Tell(Reported(TurnSteps.Drain, true)));
            Assert.Empty(tale.Tell(BeginTurn(Restart)));
        }
    }

    private static TurnScenario Again() => In(TurnSteps.WaitForReboot, Restart).Wait(600).Hears(new ShellOutcome.Unreachable("no route"))
        .Then(new HostCommand.TurnAcknowledged(Host, Run, 1)).Begin(Restart, attempt: 2);
}
