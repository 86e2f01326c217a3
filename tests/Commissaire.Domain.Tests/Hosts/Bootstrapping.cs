using Commissaire.Hosts;
using Commissaire.Networks;
using Commissaire.Shell;
using static Commissaire.Domain.Tests.Hosts.HostScenario;
using static Commissaire.Hosts.HostCommand;
using static Commissaire.Hosts.HostEvent;

namespace Commissaire.Domain.Tests.Hosts;

public sealed class Bootstrapping : HostSpec
{
    [Fact]
    public void A_plan_begins_with_its_first_step() =>
        Given(Known).When(Plan)
            .Then(new BootstrapPlanned(Plan.Network, Plan.Steps, Now), new BootstrapStepStarted("install-docker", Now))
            .Being(HostStatus.Bootstrapping, "step 1 of 2: install-docker")
            .Asking(new HostEffect.RunStep("install-docker"))
            .TwiceIsOnce();

    [Fact]
    public void One_step_leads_to_the_next() =>
        Given(Installing).When(DockerInstalled)
            .Then(new BootstrapStepFinished("install-docker", "Complete!", Now), new BootstrapStepStarted("start-docker", Now))
            .Being(HostStatus.Bootstrapping, "step 2 of 2: start-docker")
            .Asking(new HostEffect.RunStep("start-docker"))
            .TwiceIsOnce();

    [Fact]
    public void After_the_last_step_the_host_is_ready() =>
        Given(Installing).When(DockerInstalled, DockerStarted)
            .Then(new BootstrapStepFinished("start-docker", "", Now), new Bootstrapped(Now))
            .Being(HostStatus.Disassociated, "ready, and in no cluster")
            .Asking()
            .TwiceIsOnce();

    [Fact]
    public void A_plan_without_steps_is_done_at_once() =>
        Given(Known).When(Plan with { Steps = [] }).Then(new BootstrapPlanned(Plan.Network, [], Now), new Bootstrapped(Now));

    [Fact]
    public void A_step_that_fails_is_named_with_what_it_printed()
    {
        var ending = Given(Installing).When(new RecordStep(Host, "install-docker", Exit(1, "Error: nothing to do", "No match for argument: docker\n")))
            .Then(new Failed("bootstrap step install-docker: ended with exit status 1: No match for argument: docker",
                "Error: nothing to do\nNo match for argument: docker", null, Now))
            .Asking();
        ending.TwiceIsOnce();
        Assert.Equal([new HostEffect.RunStep("install-docker")], ending.Host.Due());
        Assert.Equal("bootstrap step install-docker will be tried again", ending.Host.View().Next);
    }

    [Fact]
    public void A_step_cut_off_is_tried_again() =>
        Given(Installing).When(new RecordStep(Host, "install-docker", new ShellOutcome.TimedOut(TimeSpan.FromMinutes(15))))
            .Then(new Failed("bootstrap step install-docker: did not end within 900 s", "", null, Now))
            .TwiceIsOnce();

    [Fact]
    public void A_step_that_works_at_last_goes_on_where_it_was() =>
        Given([.. Installing, new Failed("bootstrap step install-docker: no mirror", "", null, Then)]).When(DockerInstalled)
            .Then(new BootstrapStepFinished("install-docker", "Complete!", Now), new BootstrapStepStarted("start-docker", Now))
            .Being(HostStatus.Bootstrapping, "step 2 of 2: start-docker");

    [Fact]
    public void A_host_that_comes_back_from_its_journal_takes_up_the_step_that_was_begun() =>
        Given(Installing).When(new Wake(Host)).ThenNothing().Asking(new HostEffect.RunStep("install-docker"));

    [Fact]
    public void A_host_whose_journal_ends_between_two_steps_begins_the_next() =>
        Given([.. Installing, new BootstrapStepFinished("install-docker", "", Then)]).When(new Wake(Host))
            .Then(new BootstrapStepStarted("start-docker", Now));

    [Fact]
    public void A_host_whose_journal_ends_after_the_last_step_is_done() =>
        Given(Ready[..^1]).When(new Wake(Host)).Then(new Bootstrapped(Now));

    [Fact]
    public void The_outcome_of_another_step_is_of_no_concern() =>
        Given(Installing).When(DockerStarted).ThenNothing().Asking(new HostEffect.RunStep("install-docker"));

    [Fact]
    public void A_network_that_cannot_be_bootstrapped_from_fails_it_until_it_can()
    {
        var nowhere = new NetworkDefinition(ResourceName.Parse("flannel"), NetworkType.FlannelServer, OptionSet.Empty);
        var ending = Given(Known).When(Plan with { Network = nowhere })
            .Then(new Failed(
                "network 'flannel' of type flannel_server has no option 'address': delete the network and create it with the option",
                "", null, Now));
        ending.TwiceIsOnce();
        Assert.Equal([new HostEffect.FindNetwork(null)], ending.Host.Due());
        Assert.Equal("its bootstrap will be planned again", ending.Host.View().Next);

        Given(Known).When(Plan with { Network = nowhere }, Plan).Being(HostStatus.Bootstrapping, "step 1 of 2: install-docker");
    }

    [Fact]
    public void A_plan_is_not_changed_by_a_later_one() =>
        Given(Installing).When(Plan with { Steps = ["something-else"] }).ThenNothing();

    [Fact]
    public void Nothing_is_planned_for_a_host_that_is_not_known() => Given(Alone).When(Plan).ThenNothing();
}
