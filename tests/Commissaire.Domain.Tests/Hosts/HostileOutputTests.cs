using Commissaire.Hosts;
using Commissaire.Runs;
using Commissaire.Shell;
using CsCheck;
using static Commissaire.Domain.Tests.Hosts.HostSamples;
using static Commissaire.Hosts.HostCommand;

namespace Commissaire.Domain.Tests.Hosts;

/// <summary>Whatever a host prints, its state decides without an exception, and keeps little of it.</summary>
public sealed class HostileOutputTests : HostSpec
{
    private const int Samples = 20_000;
    private const long MaxKiB = 1L << 50;

    private static readonly string[] Steps =
    [
        TurnSteps.Preflight, TurnSteps.Upgrade, TurnSteps.Stage, TurnSteps.RebootNeeded, TurnSteps.Reboot, TurnSteps.WaitForReboot,
        TurnSteps.BootedVersion,
    ];

    private static readonly Gen<HostEvent[]> Life = Gen.OneOfConst(Alone, InBlue, Known, Installing, Ready, Listed, BecomingNode, Active);

    private static readonly Gen<HostState> AnyHost = Gen.OneOf(
        Life.Select(life => Given(life).Host),
        Gen.OneOfConst(Steps).Select(step => Given(
        [
            .. TurnScenario.ActiveAtomic,
            new HostEvent.TurnBegan(TurnScenario.Run, 1, TurnScenario.Deploy with { Reboot = RebootPolicy.IfNeeded }, [step], Earlier),
            new HostEvent.TurnStepStarted(step, step == TurnSteps.Reboot ? Boot : null, Earlier),
        ]).Host));

    private static readonly Gen<Func<HostState, HostCommand>> AnyMessage = Gen.OneOf(
        HostileOutput.Outcome.Select(outcome => new Func<HostState, HostCommand>(host => Completed(host, outcome))),
        Gen.Select(HostileOutput.Text, Gen.Bool).Select((text, flag) => new Func<HostState, HostCommand>(host => host switch
        {
            { Turn: { } turn } => new NodeStepReported(Host, Kube, turn.Run, host.TurnStep ?? "", flag, flag, text),
            { Node.Phase: NodePhase.Registering } => new NodeReported(Host, Kube, true, text),
            { Node: not null } => new ReadinessReported(Host, Kube, flag, text),
            _ => new JoinPrepared(Host, Kube, null, text),
        })));

    [Fact]
    public void Facts_are_in_their_ranges_or_there_is_a_short_reason() => HostileOutput.Text.Sample(
        output =>
        {
            var (facts, problem) = Investigation.Read(output);
            Assert.True(facts is null ^ problem is null);
            Assert.InRange(problem?.Length ?? 0, 0, 300);
            if (facts is not null)
            {
                Assert.All([facts.Os, facts.OsVersion, facts.Kernel], text =>
                {
                    Assert.InRange(text.Length, 0, 64);
                    Assert.All(text, c => Assert.InRange(c, ' ', '~'));
                });
                Assert.InRange(facts.Cpus, 0, 65536);
                Assert.InRange(facts.MemoryKiB, 0, MaxKiB);
                Assert.InRange(facts.SpaceKiB, 0, MaxKiB);
            }
        }, iter: Samples);

    [Fact]
    public void A_host_decides_on_any_message_and_keeps_little_of_it() => Gen.Select(AnyHost, AnyMessage.Array[1, 4]).Sample(
        (host, messages) =>
        {
            foreach (var message in messages)
            {
                var command = message(host);
                var received = host.ApplyMessage(command, Now);
                var events = received.Decide(command, Now).Events;
                Assert.All(events, e => Assert.InRange($"{e}".Length + HostState.Describe(e).Summary.Length, 0, 20_000));
                host = events.Aggregate(received, (state, e) => state.Evolve(e)).Work(Now).State;
                Assert.InRange(host.View().Reason.Length, 0, 2_000);
                Assert.InRange(host.Activity.StepProgress.Length, 0, 1_001);
                Assert.True(host.NextMoment > DateTimeOffset.MinValue);
                Assert.All(host.Outstanding(Now).OfType<HostEffect.Send>(), sent =>
                    Assert.InRange($"{sent}".Length, 0, 20_000));
            }
        }, iter: Samples);

    // Nothing that a host prints causes an exception, as the test above shows. A null stands for the defect that it does not show.
    [Fact]
    public void A_defect_in_reading_is_a_failure_of_the_host_with_pauses()
    {
        var broken = Exit(0, null!, null!);
        var investigated = Given(Alone).When(InvestigationCompleted(broken));
        Assert.StartsWith(
            "investigation: the answer of the host could not be read: ", investigated.Host.View().Reason, StringComparison.Ordinal);
        Assert.True(investigated.Host.NextMoment > Now);
        Assert.Empty(investigated.Host.Work(Now).Effects);
        Assert.Contains("bootstrap step install-docker: the answer of the host could not be read: ",
            Given(Installing).When(BootstrapStepCompleted("install-docker", broken)).Host.View().Reason, StringComparison.Ordinal);
        Assert.Contains("health check: the answer of the host could not be read: ",
            Given(Ready).When(CheckCompleted(broken), CheckCompleted(broken)).Host.View().Reason, StringComparison.Ordinal);
        var turn = Given(
        [
            .. Active, new HostEvent.TurnBegan(TurnScenario.Run, 1, TurnScenario.Upgrade, [TurnSteps.Upgrade], Now),
            new HostEvent.TurnStepStarted(TurnSteps.Upgrade, null, Now),
        ]).When(TurnStepCompleted(TurnScenario.Run, TurnSteps.Upgrade, broken));
        Assert.Contains(turn.Events, e => e is HostEvent.TurnStepFailed { Reason: var reason }
            && reason.StartsWith("the answer of the host could not be read: ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(1000, 1000)]
    [InlineData(1001, 1001)]
    [InlineData(50_000, 1001)]
    public void The_reason_of_a_failure_is_cut(int printed, int kept)
    {
        var reason = new string('x', printed);
        var outcome = Given(Ready).When(
            CheckCompleted(new ShellOutcome.Unreachable(reason)), CheckCompleted(new ShellOutcome.Unreachable(reason)));

        var failed = Assert.IsType<HostEvent.Failed>(Assert.Single(outcome.Events));
        Assert.Equal(kept, failed.Reason.Count(c => c is 'x' or '…'));
    }

    [Fact]
    public void No_character_is_cut_in_half()
    {
        var smileys = string.Concat(Enumerable.Repeat("😀", 5_000)) + ".";
        var events = Given(Ready).When(CheckCompleted(Exit(1, "", smileys)), CheckCompleted(Exit(1, "", smileys))).Events;

        var failed = Assert.IsType<HostEvent.Failed>(Assert.Single(events));
        Assert.All([failed.Reason, failed.Output], text => Assert.True(text.IsNormalized()));
    }

    [Theory]
    [InlineData(TurnSteps.Preflight)]
    [InlineData(TurnSteps.Upgrade)]
    public void A_command_that_prints_too_much_fails_its_turn_at_once(string step)
    {
        var host = Given(
        [
            .. Active, new HostEvent.TurnBegan(TurnScenario.Run, 1, TurnScenario.Restart, [step], Now),
            new HostEvent.TurnStepStarted(step, null, Now),
        ]);

        var events = host.When(TurnStepCompleted(TurnScenario.Run, step, new ShellOutcome.TooMuchOutput(16 * 1024 * 1024))).Events;

        var failed = Assert.IsType<HostEvent.TurnStepFailed>(Assert.Single(events, e => e is HostEvent.TurnStepFailed));
        Assert.Equal("the command was ended because it printed more than 16 MiB", failed.Reason);
    }

    private static CommandCompleted Completed(HostState host, ShellOutcome outcome) => host switch
    {
        { Turn: { } turn } when host.TurnStep is { } step => TurnStepCompleted(turn.Run, step, outcome),
        { Bootstrap.Started: { } step } => BootstrapStepCompleted(step, outcome),
        { Facts: null } => InvestigationCompleted(outcome),
        _ => CheckCompleted(outcome),
    };
}
