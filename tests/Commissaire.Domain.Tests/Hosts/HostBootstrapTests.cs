using System.Collections.Immutable;
using Commissaire.Bootstrap;
using Commissaire.Hosts;
using Commissaire.Networks;
using Commissaire.Shell;
using static Commissaire.Domain.Tests.Hosts.HostSamples;
using static Commissaire.Hosts.HostCommand;
using static Commissaire.Hosts.HostEvent;

namespace Commissaire.Domain.Tests.Hosts;

public sealed class HostBootstrapTests : HostSpec
{
    private static readonly ImmutableArray<string> Steps =
        [.. BootstrapSteps.For(Facts, NetworkDefinition.Default, Settings.Bootstrap).Select(s => s.Name)];

    [Fact]
    public void A_plan_begins_with_its_first_step() =>
        AssertPlanned(Given(Known).When(Plan), new BootstrapStepStarted("install-flannel", Now))
            .WithStatus(HostStatus.Bootstrapping, "step 1 of 6: install-flannel")
            .WithEffects(RunBootstrapStep("install-flannel"))
            .ThenRepeatingChangesNothing();

    [Fact]
    public void A_member_is_planned_when_its_cluster_confirms() =>
        AssertPlanned(Given([.. InBlue, .. Known[1..]]).When(new ConfirmMembership(Host, Blue, NoManager)),
            new MembershipConfirmed(Blue, NoManager, Now), new BootstrapStepStarted("install-flannel", Now)).ThenRepeatingChangesNothing();

    [Fact]
    public void A_member_waits_for_the_network_of_its_cluster()
    {
        var result = Given([.. InBlue, .. Known[1..]]).When(Plan).ThenNothing()
            .WithStatus(HostStatus.Bootstrapping, "waiting to be listed by cluster 'blue'");
        Assert.Empty(result.Host.Due());
    }

    [Fact]
    public void A_step_runs_with_its_command_and_its_deadline()
    {
        var run = Assert.IsType<HostEffect.RunCommand>(Assert.Single(Given(Installing).Host.Outstanding(Now)));
        var step = BootstrapSteps.For(Facts, NetworkDefinition.Default, Settings.Bootstrap).Single(s => s.Name == "install-docker");
        Assert.Equal((step.Command!.ToString(), step.Deadline), (run.Command.ToString(), run.Deadline));
    }

    [Fact]
    public void An_unknown_step_fails_the_host()
    {
        const string Reason =
            "bootstrap step install-rkt: unknown to this version of Commissaire; delete the host and register it again";
        HostEvent[] history =
            [.. Known, new BootstrapPlanned(Plan.Network, ["install-rkt"], Earlier), new BootstrapStepStarted("install-rkt", Earlier)];
        var result = Given(history).When(new Wake(Host))
            .Then(new Failed(Reason, "", null, Now))
            .WithStatus(HostStatus.Failed, Reason)
            .WithEffects();
        result.ThenRepeatingChangesNothing();
        Assert.Empty(result.Host.Due());
    }

    [Fact]
    public void A_finished_step_starts_the_next_step() =>
        Given(Installing).When(DockerInstalled)
            .Then(new BootstrapStepFinished("install-docker", "Complete!", Now), new BootstrapStepStarted("start-docker", Now))
            .WithStatus(HostStatus.Bootstrapping, "step 2 of 2: start-docker")
            .WithEffects(RunBootstrapStep("start-docker"))
            .ThenRepeatingChangesNothing();

    [Fact]
    public void After_the_last_step_the_host_is_ready() =>
        Given(Installing).When(DockerInstalled, DockerStarted)
            .Then(new BootstrapStepFinished("start-docker", "", Now), new Bootstrapped(Now))
            .WithStatus(HostStatus.Disassociated, "ready, and in no cluster")
            .WithEffects()
            .ThenRepeatingChangesNothing();

    [Fact]
    public void A_failed_step_is_recorded_with_its_output_and_retried()
    {
        var result = Given(Installing)
            .When(BootstrapStepCompleted("install-docker", Exit(1, "Error: nothing to do", "No match for argument: docker\n")))
            .Then(new Failed("bootstrap step install-docker: exit status 1: No match for argument: docker",
                "Error: nothing to do\nNo match for argument: docker", null, Now))
            .WithEffects();
        result.ThenRepeatingChangesNothing();
        Assert.Equal([RunBootstrapStep("install-docker")], result.Host.Due());
        Assert.StartsWith("bootstrap step install-docker is retried at ", result.Host.View().Next, StringComparison.Ordinal);
    }

    [Fact]
    public void A_step_waits_for_a_busy_package_manager_until_its_deadline_and_says_who_keeps_it()
    {
        var busy = BootstrapStepCompleted(
            "install-docker", Exit(100, "", "E: Could not get lock /l. It is held by process 17 (unattended-upgr)"));
        var begun = Given(Installing).Host.Bootstrap!.StartedAt;
        var host = Given(Installing).Host.Resumed(begun);

        var waiting = host.ApplyMessage(busy, begun);
        Assert.Empty(waiting.Decide(busy, begun).Events);
        Assert.StartsWith("step 1 of 2: install-docker; the package manager is busy: process 17 (unattended-upgr) holds its lock",
            waiting.View().Reason, StringComparison.Ordinal);
        Assert.Empty(waiting.Work(begun).Effects);
        var pause = waiting.NextMoment - begun;
        Assert.InRange(pause, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(3));
        var again = Assert.IsType<HostEffect.RunCommand>(Assert.Single(waiting.Work(begun + pause).Effects));
        Assert.Equal(new HostTask.BootstrapStep("install-docker"), again.Task);

        var late = begun + Settings.Bootstrap.InstallDeadline;
        Assert.IsType<Failed>(Assert.Single(host.ApplyMessage(busy, late).Decide(busy, late).Events));
    }

    [Fact]
    public void An_installation_that_found_no_package_fails_the_step_although_it_ended_with_status_0() =>
        Given(Installing).When(BootstrapStepCompleted("install-docker", Done("No match for argument: docker\nNothing to do.\nComplete!")))
            .WithStatus(HostStatus.Failed,
                "bootstrap step install-docker: the package was not found: No match for argument: docker");

    [Fact]
    public void A_failed_step_without_a_message_names_the_command_to_run_by_hand() =>
        Given(Installing).When(BootstrapStepCompleted("install-docker", Exit(3, "downloading", "")))
            .WithStatus(HostStatus.Failed, "bootstrap step install-docker: exit status 3 without a message; "
                + "to see more, run on the host: dnf install -y docker");

    [Fact]
    public void A_planned_step_of_flannel_is_skipped_once_flannel_is_configured_away()
    {
        var settings = Settings with { Bootstrap = Settings.Bootstrap with { FlannelPackage = "" } };
        HostEvent[] history =
        [
            .. Known, new BootstrapPlanned(Plan.Network, ["install-flannel"], Earlier),
            new BootstrapStepStarted("install-flannel", Earlier),
        ];
        var host = history.Aggregate(new HostState(Host, settings), (state, e) => state.Evolve(e));
        var run = Assert.IsType<HostEffect.RunCommand>(Assert.Single(host.Outstanding(Now)));
        Assert.Equal("true", run.Command.ToString());
    }

    [Fact]
    public void A_step_that_times_out_fails_the_host() =>
        Given(Installing).When(BootstrapStepCompleted("install-docker", new ShellOutcome.TimedOut(TimeSpan.FromMinutes(15))))
            .Then(new Failed("bootstrap step install-docker: no result within 900 s", "", null, Now))
            .ThenRepeatingChangesNothing();

    [Fact]
    public void A_step_that_succeeds_on_retry_continues_the_bootstrap() =>
        Given([.. Installing, new Failed("bootstrap step install-docker: no mirror", "", null, Earlier)]).When(DockerInstalled)
            .Then(new BootstrapStepFinished("install-docker", "Complete!", Now), new BootstrapStepStarted("start-docker", Now))
            .WithStatus(HostStatus.Bootstrapping, "step 2 of 2: start-docker");

    [Fact]
    public void A_restored_host_runs_the_started_step_again() =>
        Given(Installing).When(new Wake(Host)).ThenNothing().WithEffects(RunBootstrapStep("install-docker"));

    [Fact]
    public void A_restored_host_between_two_steps_starts_the_next_step() =>
        Given([.. Installing, new BootstrapStepFinished("install-docker", "", Earlier)]).When(new Wake(Host))
            .Then(new BootstrapStepStarted("start-docker", Now));

    [Fact]
    public void A_restored_host_after_the_last_step_is_bootstrapped() =>
        Given(Ready[..^1]).When(new Wake(Host)).Then(new Bootstrapped(Now));

    [Fact]
    public void The_outcome_of_another_step_is_ignored() =>
        Given(Installing).When(DockerStarted).ThenNothing().WithEffects(RunBootstrapStep("install-docker"));

    [Fact]
    public void An_incomplete_network_fails_the_host_until_it_is_fixed()
    {
        var withoutAddress = new NetworkDefinition(ResourceName.Parse("flannel"), NetworkType.FlannelServer, OptionSet.Empty);
        var result = Given(Known).When(Plan with { Network = withoutAddress })
            .Then(new Failed(
                "network 'flannel' of type flannel_server has no option 'address': delete the network and create it with the option",
                "", null, Now));
        result.ThenRepeatingChangesNothing();
        Assert.Equal([DescribeNetwork], result.Host.Due());
        Assert.Equal("the bootstrap is planned again", result.Host.View().Next);

        Given(Known).When(Plan with { Network = withoutAddress }, Plan)
            .WithStatus(HostStatus.Bootstrapping, "step 1 of 6: install-flannel");
    }

    [Fact]
    public void A_failed_member_is_checked_before_it_is_planned()
    {
        HostEvent[] changedKey =
            [.. InBlue, .. Known[1..], new Failed("another key", "", OtherKey, Earlier), new MembershipConfirmed(Blue, NoManager, Earlier)];
        var failed = Given(changedKey).Host.After(CheckCompleted(new ShellOutcome.AuthenticationFailed("publickey")));
        Assert.Equal((HostStatus.Failed, null), (failed.Status, failed.Bootstrap));
        Assert.Equal([Check], failed.Due());
        Assert.NotNull(failed.After(CheckCompleted(Done(Boot))).Bootstrap);
    }

    [Fact]
    public void A_later_plan_does_not_replace_the_current_one() =>
        Given(Installing).When(Plan with { Network = Plan.Network with { Type = NetworkType.FlannelServer } }).ThenNothing();

    [Fact]
    public void A_host_without_facts_is_not_planned() => Given(Alone).When(Plan).ThenNothing();

    // Records compare arrays by reference, so the plan is compared property by property.
    private static Outcome AssertPlanned(Outcome result, params HostEvent[] others)
    {
        var planned = Assert.Single(result.Events.OfType<BootstrapPlanned>());
        Assert.Equal((Plan.Network, string.Join(' ', Steps)), (planned.Network, string.Join(' ', planned.Steps)));
        Assert.Equal(others, result.Events.Where(e => e is not BootstrapPlanned));
        return result;
    }
}
