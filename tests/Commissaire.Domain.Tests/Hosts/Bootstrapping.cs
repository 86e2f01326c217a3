using System.Collections.Immutable;
using Commissaire.Bootstrap;
using Commissaire.Hosts;
using Commissaire.Networks;
using Commissaire.Shell;
using static Commissaire.Domain.Tests.Hosts.HostScenario;
using static Commissaire.Hosts.HostCommand;
using static Commissaire.Hosts.HostEvent;

namespace Commissaire.Domain.Tests.Hosts;

public sealed class Bootstrapping : HostSpec
{
    private static readonly ImmutableArray<string> Steps =
        [.. BootstrapSteps.For(Facts, NetworkDefinition.Default, Settings.Bootstrap).Select(s => s.Name)];

    [Fact]
    public void A_plan_begins_with_its_first_step() =>
        Planned(Given(Known).When(Plan), new BootstrapStepStarted("install-flannel", Now))
            .Being(HostStatus.Bootstrapping, "step 1 of 6: install-flannel")
            .Asking(RunsStep("install-flannel"))
            .TwiceIsOnce();

    [Fact]
    public void A_member_is_planned_for_when_its_cluster_confirms() =>
        Planned(Given([.. InBlue, .. Known[1..]]).When(new ConfirmMembership(Host, Blue, NoManager)),
            new MembershipConfirmed(Blue, NoManager, Now), new BootstrapStepStarted("install-flannel", Now)).TwiceIsOnce();

    [Fact]
    public void A_member_waits_for_the_network_of_its_cluster()
    {
        var ending = Given([.. InBlue, .. Known[1..]]).When(Plan).ThenNothing().Being(HostStatus.Bootstrapping, "waiting to be listed by cluster 'blue'");
        Assert.Empty(ending.Host.Due());
    }

    [Fact]
    public void A_step_is_run_with_its_command_and_its_deadline()
    {
        var run = Assert.IsType<HostEffect.RunCommand>(Assert.Single(Given(Installing).Host.Outstanding(Now)));
        var step = BootstrapSteps.For(Facts, NetworkDefinition.Default, Settings.Bootstrap).Single(s => s.Name == "install-docker");
        Assert.Equal((step.Command!.ToString(), step.Deadline), (run.Command.ToString(), run.Deadline));
    }

    [Fact]
    public void A_step_that_this_version_does_not_know_fails_the_host_and_is_not_run()
    {
        const string Why = "bootstrap step install-rkt: unknown to this version of Commissaire; delete the host and register it again";
        var ending = Given([.. Known, new BootstrapPlanned(Plan.Network, ["install-rkt"], Then), new BootstrapStepStarted("install-rkt", Then)]).When(new Wake(Host))
            .Then(new Failed(Why, "", null, Now))
            .Being(HostStatus.Failed, Why)
            .Asking();
        ending.TwiceIsOnce();
        Assert.Empty(ending.Host.Due());
    }

    [Fact]
    public void One_step_leads_to_the_next() =>
        Given(Installing).When(DockerInstalled)
            .Then(new BootstrapStepFinished("install-docker", "Complete!", Now), new BootstrapStepStarted("start-docker", Now))
            .Being(HostStatus.Bootstrapping, "step 2 of 2: start-docker")
            .Asking(RunsStep("start-docker"))
            .TwiceIsOnce();

    [Fact]
    public void After_the_last_step_the_host_is_ready() =>
        Given(Installing).When(DockerInstalled, DockerStarted)
            .Then(new BootstrapStepFinished("start-docker", "", Now), new Bootstrapped(Now))
            .Being(HostStatus.Disassociated, "ready, and in no cluster")
            .Asking()
            .TwiceIsOnce();

    [Fact]
    public void A_step_that_fails_is_named_with_what_it_printed()
    {
        var ending = Given(Installing).When(Ran("install-docker", Exit(1, "Error: nothing to do", "No match for argument: docker\n")))
            .Then(new Failed("bootstrap step install-docker: exit status 1: No match for argument: docker",
                "Error: nothing to do\nNo match for argument: docker", null, Now))
            .Asking();
        ending.TwiceIsOnce();
        Assert.Equal([RunsStep("install-docker")], ending.Host.Due());
        Assert.Equal("bootstrap step install-docker is retried", ending.Host.View().Next);
    }

    [Fact]
    public void A_step_cut_off_is_tried_again() =>
        Given(Installing).When(Ran("install-docker", new ShellOutcome.TimedOut(TimeSpan.FromMinutes(15))))
            .Then(new Failed("bootstrap step install-docker: no result within 900 s", "", null, Now))
            .TwiceIsOnce();

    [Fact]
    public void A_step_that_works_at_last_goes_on_where_it_was() =>
        Given([.. Installing, new Failed("bootstrap step install-docker: no mirror", "", null, Then)]).When(DockerInstalled)
            .Then(new BootstrapStepFinished("install-docker", "Complete!", Now), new BootstrapStepStarted("start-docker", Now))
            .Being(HostStatus.Bootstrapping, "step 2 of 2: start-docker");

    [Fact]
    public void A_host_that_comes_back_from_its_journal_takes_up_the_step_that_was_begun() =>
        Given(Installing).When(new Wake(Host)).ThenNothing().Asking(RunsStep("install-docker"));

    [Fact]
    public void A_host_whose_journal_ends_between_two_steps_begins_the_next() =>
        Given([.. Installing, new BootstrapStepFinished("install-docker", "", Then)]).When(new Wake(Host))
            .Then(new BootstrapStepStarted("start-docker", Now));

    [Fact]
    public void A_host_whose_journal_ends_after_the_last_step_is_done() =>
        Given(Ready[..^1]).When(new Wake(Host)).Then(new Bootstrapped(Now));

    [Fact]
    public void The_outcome_of_another_step_is_of_no_concern() =>
        Given(Installing).When(DockerStarted).ThenNothing().Asking(RunsStep("install-docker"));

    [Fact]
    public void A_network_that_cannot_be_bootstrapped_from_fails_it_until_it_can()
    {
        var nowhere = new NetworkDefinition(ResourceName.Parse("flannel"), NetworkType.FlannelServer, OptionSet.Empty);
        var ending = Given(Known).When(Plan with { Network = nowhere })
            .Then(new Failed(
                "network 'flannel' of type flannel_server has no option 'address': delete the network and create it with the option",
                "", null, Now));
        ending.TwiceIsOnce();
        Assert.Equal([AskForNetwork], ending.Host.Due());
        Assert.Equal("the bootstrap is planned again", ending.Host.View().Next);

        Given(Known).When(Plan with { Network = nowhere }, Plan).Being(HostStatus.Bootstrapping, "step 1 of 6: install-flannel");
    }

    [Fact]
    public void A_plan_is_not_changed_by_a_later_one() =>
        Given(Installing).When(Plan with { Network = Plan.Network with { Type = NetworkType.FlannelServer } }).ThenNothing();

    [Fact]
    public void Nothing_is_planned_for_a_host_that_is_not_known() => Given(Alone).When(Plan).ThenNothing();

    // Records compare arrays by reference: the plan is compared by its parts.
    private static Ending Planned(Ending ending, params HostEvent[] others)
    {
        var planned = Assert.Single(ending.Events.OfType<BootstrapPlanned>());
        Assert.Equal((Plan.Network, string.Join(' ', Steps)), (planned.Network, string.Join(' ', planned.Steps)));
        Assert.Equal(others, ending.Events.Where(e => e is not BootstrapPlanned));
        return ending;
    }
}
