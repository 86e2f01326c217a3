using Commissaire.ContainerManagers;
using Commissaire.Hosts;
using Commissaire.Runs;
using Commissaire.Shell;
using static Commissaire.Domain.Tests.Hosts.HostScenario;
using static Commissaire.Domain.Tests.Hosts.TurnScenario;
using static Commissaire.Hosts.HostEvent;

namespace Commissaire.Domain.Tests.Hosts;

/// <summary>Who has a turn in a run, once, and with which steps.</summary>
public sealed class BeginningATurn
{
    private static readonly TurnEnd Well = new(TurnOutcome.Succeeded, "", "", "", false);

    public static TheoryData<string, TurnPlan, bool, string> Plans => new()
    {
        { "restart, node", Restart, true, "preflight cordon drain reboot wait-for-reboot node-ready uncordon" },
        { "restart, no node", Restart, false, "preflight reboot wait-for-reboot" },
        { "restart, without draining", Restart with { Drain = false }, true, "preflight reboot wait-for-reboot node-ready" },
        { "upgrade, if needed", Upgrade, true, "preflight cordon drain upgrade reboot-needed reboot wait-for-reboot node-ready uncordon" },
        { "upgrade, if needed, no node", Upgrade, false, "preflight upgrade reboot-needed reboot wait-for-reboot" },
        { "upgrade, always", Upgrade with { Reboot = RebootPolicy.Always }, true, "preflight cordon drain upgrade reboot wait-for-reboot node-ready uncordon" },
        { "upgrade, never", Upgrade with { Reboot = RebootPolicy.Never }, true, "preflight cordon drain upgrade uncordon" },
        { "upgrade, never, without draining", Upgrade with { Reboot = RebootPolicy.Never, Drain = false }, true, "preflight upgrade" },
        { "deploy", Deploy, true, "preflight cordon drain deploy reboot wait-for-reboot booted-version node-ready uncordon" },
        { "deploy, no node", Deploy, false, "preflight deploy reboot wait-for-reboot booted-version" },
        { "deploy, if needed", Deploy with { Reboot = RebootPolicy.IfNeeded }, true,
            "preflight cordon drain deploy reboot-needed reboot wait-for-reboot booted-version node-ready uncordon" },
        { "deploy, never", Deploy with { Reboot = RebootPolicy.Never }, true, "preflight cordon drain deploy uncordon" },
    };

    [Theory]
    [MemberData(nameof(Plans))]
    public void The_steps_that_apply(string called, TurnPlan plan, bool isNode, string steps)
    {
        Assert.NotEmpty(called);
        Assert.Equal(steps, string.Join(' ', TurnSteps.For(plan, isNode)));
        var tale = Of(isNode ? Atomic : [.. Listed.Select(AsAtomic)]).Begin(plan).To(null);
        Assert.Equal(Well, tale.End);
        Assert.Equal(steps, string.Join(' ', tale.Journal.OfType<TurnStepFinished>().Select(e => e.Step)));
    }

    [Fact]
    public void Steps_are_said_in_the_words_of_its_operating_system()
    {
        var atomic = OsDialect.Of("atomic")!;
        Assert.Equal(Investigation.Check, TurnSteps.Command(TurnSteps.Preflight, Restart, atomic, null));
        Assert.Equal(Investigation.Check, TurnSteps.Command(TurnSteps.WaitForReboot, Restart, atomic, Boot));
        Assert.Equal("rpm-ostree upgrade", TurnSteps.Command(TurnSteps.Upgrade, Upgrade, atomic, null).ToString());
        Assert.Equal("rpm-ostree deploy 7.4", TurnSteps.Command(TurnSteps.Deploy, Deploy, atomic, null).ToString());
        Assert.Equal(atomic.RebootNeeded, TurnSteps.Command(TurnSteps.RebootNeeded, Upgrade, atomic, null));
        Assert.Equal(Boot, TurnSteps.Command(TurnSteps.Reboot, Restart, atomic, Boot).Words[^1]);
        Assert.Equal(OsDialect.BootedDeployment, TurnSteps.Command(TurnSteps.BootedVersion, Deploy, atomic, null));
        Assert.Throws<ArgumentOutOfRangeException>(() => TurnSteps.Command(TurnSteps.Drain, Restart, atomic, null));
    }

    [Fact]
    public void It_says_so_and_looks_first()
    {
        var tale = Of(Active);
        HostEvent[] began = [new TurnBegan(Run, 1, Restart, TurnSteps.For(Restart, true), Now), new TurnStepStarted(TurnSteps.Preflight, null, Now)];
        Assert.Equal(began[1..], tale.Tell(BeginTurn(Restart))[1..]);
        Assert.Contains(RunsTurnStep(Run, TurnSteps.Preflight), tale.State.Outstanding(tale.Time));
        Assert.Contains(new HostEffect.Send(new RunCommand.ReportTurn(Run, Host, 1, new TurnReport(TurnSteps.Preflight, Now, null))), tale.State.Outstanding(tale.Time));
        Assert.Empty(tale.State.Due());
        Assert.Equal((HostStatus.Active, "restart (run 7), step 1 of 7: preflight", "step cordon"), (tale.State.View().Status, tale.State.View().Reason, tale.State.View().Next));
    }

    [Fact]
    public void Told_again_it_does_not_begin_again_but_says_how_far_it_is()
    {
        var tale = Of(Active).Begin(Restart).To(TurnSteps.WaitForReboot);
        Assert.Empty(tale.Tell(BeginTurn(Restart)));
        Assert.Equal(new HostEffect.Send(new RunCommand.ReportTurn(Run, Host, 1, new TurnReport(TurnSteps.WaitForReboot, Now, null))), tale.State.Reaction(BeginTurn(Restart)));
        Assert.Empty(tale.Tell(BeginTurn(Restart, attempt: 2)));
        tale.To(null);
        Assert.Empty(tale.Tell(BeginTurn(Restart)));
        Assert.Equal(new HostEffect.Send(new RunCommand.ReportTurn(Run, Host, 1, new TurnReport("", Now, Well))), tale.State.Reaction(BeginTurn(Restart)));
    }

    [Fact]
    public void A_turn_that_the_run_has_heard_of_is_not_had_again()
    {
        var tale = Of(Active).Begin(Restart).To(null);
        Assert.Equal([new TurnAcknowledged(Run, 1, Now)], tale.Tell(new HostCommand.TurnAcknowledged(Host, Run, 1)));
        Assert.Null(tale.State.Turn);
        Assert.Empty(tale.Tell(new HostCommand.TurnAcknowledged(Host, Run, 1)));
        Assert.Empty(tale.Tell(BeginTurn(Restart)));
        Assert.DoesNotContain(tale.State.Outstanding(tale.Time), e => e is HostEffect.RunCommand or HostEffect.Send { Message: RunCommand.ReportTurn or ContainerManagerCommand.TakeNodeStep });
    }

    [Fact]
    public void Only_the_end_of_this_turn_is_heard()
    {
        Assert.Empty(Of(Active).Begin(Restart).Tell(new HostCommand.TurnAcknowledged(Host, Run, 1)));
        var tale = Of(Active).Begin(Restart).To(null);
        Assert.Empty(tale.Tell(new HostCommand.TurnAcknowledged(Host, Run, 2)));
        Assert.Empty(tale.Tell(new HostCommand.TurnAcknowledged(Host, Run with { Number = 8 }, 1)));
    }

    [Fact]
    public void A_higher_attempt_is_another_turn_whether_or_not_the_first_was_heard_of()
    {
        var tale = Of(Active).Begin(Restart).To(null);
        Assert.Equal(["TurnAcknowledged", "TurnBegan", "TurnStepStarted"], tale.Tell(BeginTurn(Restart, attempt: 2)).Select(e => e.GetType().Name));
        tale = Of(Active).Begin(Restart).To(null).Then(new HostCommand.TurnAcknowledged(Host, Run, 1));
        Assert.Equal(["TurnBegan", "TurnStepStarted"], tale.Tell(BeginTurn(Restart, attempt: 2)).Select(e => e.GetType().Name));
        Assert.Empty(tale.Tell(BeginTurn(Restart)));
    }

    [Fact]
    public void Another_run_waits_until_the_first_has_heard()
    {
        var next = new HostCommand.BeginTurn(Host, Run with { Number = 8 }, 1, Restart);
        var tale = Of(Active).Begin(Restart);
        Assert.Empty(tale.Tell(next));
        Assert.Empty(tale.To(null).Tell(next));
        Assert.NotEmpty(tale.Then(new HostCommand.TurnAcknowledged(Host, Run, 1)).Tell(next));
    }

    [Fact]
    public void A_host_of_another_cluster_has_no_turn_and_says_so()
    {
        Assert.Empty(Of(Ready).Tell(BeginTurn(Restart)));
        Assert.Equal(Depart(Blue), Of(Ready).State.Reaction(BeginTurn(Restart)));
        Assert.Empty(Of().Tell(BeginTurn(Restart)));
        Assert.Equal(Depart(Blue), Of().State.Reaction(BeginTurn(Restart)));
    }

    [Fact]
    public void What_it_has_no_use_for_it_leaves()
    {
        Skips("deploy is for hosts booted from an ostree; this one runs fedora", Active, Deploy);
        Skips("was never investigated", InBlue, Restart);
        Skips("is not bootstrapped yet", [.. InBlue, .. Installing[1..]], Restart);
    }

    [Fact]
    public void A_failed_host_has_its_turn_and_recovers_by_answering() =>
        Assert.Equal([new Recovered(Now), new TurnStepFinished(TurnSteps.Preflight, "", Now), new TurnStepStarted(TurnSteps.Cordon, null, Now)],
            Of([.. Active, new Failed("gone", "", null, Then)]).Begin(Restart).Tell(Success(TurnSteps.Preflight)));

    private static void Skips(string why, HostEvent[] history, TurnPlan plan)
    {
        var tale = Of(history);
        HostEvent[] events = tale.Tell(BeginTurn(plan));
        Assert.Equal(new TurnEnded(TurnOutcome.Skipped, "", why, "", false, Now), events[^1]);
        Assert.Equal(new TurnEnd(TurnOutcome.Skipped, "", why, "", false), tale.End);
        Assert.Null(tale.State.TurnStep);
        Assert.Empty(tale.Tell(BeginTurn(plan)));
    }

    private static HostEvent AsAtomic(HostEvent e) => e is Investigated i ? i with { Facts = i.Facts with { Os = "atomic" } } : e;
}
