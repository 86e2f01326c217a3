using Commissaire.ContainerManagers;
using Commissaire.Hosts;
using Commissaire.Networks;
using static Commissaire.Domain.Tests.Hosts.HostSamples;
using static Commissaire.Hosts.HostCommand;
using static Commissaire.Hosts.HostEvent;

namespace Commissaire.Domain.Tests.Hosts;

/// <summary>A host in service is adopted as it is: nothing is installed or configured on it, and its node is kept.</summary>
public sealed class AdoptionTests : HostSpec
{
    private const string Sign = "k3s (/etc/rancher/k3s/k3s.yaml)";

    private static readonly HostFacts InService = Facts with { InService = Sign };
    private static readonly Adoption BySign = new($"it is in service: {Sign}", InService: true);
    private static readonly Adoption ByPolicy = new("its bootstrap is 'never'", InService: false);
    private static readonly HostEffect FindNode = new HostEffect.Send(new ContainerManagerCommand.FindNode(Kube, Host));
    private static readonly CommandCompleted Found = InvestigationCompleted(Done(InvestigationOutput(inService: Sign)));

    private static readonly HostEvent[] Member =
    [
        .. InBlue, new HostKeyTrusted(Key, null, Earlier), new Investigated(Facts, Earlier),
        new MembershipConfirmed(Blue, WithKubeAuto, Earlier),
    ];

    private static readonly HostEvent[] AdoptedMember =
        [.. Member, new Adopted(BySign, Earlier), new NodeRegistrationStarted(Kube, Earlier)];

    [Fact]
    public void A_host_in_service_without_a_cluster_is_adopted_at_once() =>
        Given([.. Alone, new HostKeyTrusted(Key, null, Earlier)]).When(Found)
            .Then(new Investigated(InService, Now), new Adopted(BySign, Now))
            .WithStatus(HostStatus.Disassociated, "ready, and in no cluster").ThenRepeatingChangesNothing();

    [Fact]
    public void A_member_waits_for_the_policy_of_its_cluster()
    {
        var investigated = Given([.. InBlue, new HostKeyTrusted(Key, null, Earlier)]).When(Found).Then(new Investigated(InService, Now));
        Assert.Equal(
            [new MembershipConfirmed(Blue, WithKubeAuto, Now), new Adopted(BySign, Now), new NodeRegistrationStarted(Kube, Now)],
            investigated.Host.Decide(new ConfirmMembership(Host, Blue, WithKubeAuto), Now).Events.AsEnumerable());
        Assert.IsType<BootstrapPlanned>(investigated.Host.Decide(new ConfirmMembership(Host, Blue, WithKube), Now).Events[1]);
    }

    [Theory]
    [InlineData(null, BootstrapPolicy.Never)]
    [InlineData(BootstrapPolicy.Never, BootstrapPolicy.Always)]
    public void The_policy_of_a_host_goes_before_that_of_its_cluster(BootstrapPolicy? own, BootstrapPolicy cluster) =>
        Given(
        [
            ((Registered)InBlue[0]) with { Bootstrap = own }, new HostKeyTrusted(Key, null, Earlier), new Investigated(Facts, Earlier),
        ]).When(new ConfirmMembership(Host, Blue, WithKubeAuto with { Bootstrap = cluster }))
            .Then(new MembershipConfirmed(Blue, WithKubeAuto with { Bootstrap = cluster }, Now), new Adopted(ByPolicy, Now),
                new NodeRegistrationStarted(Kube, Now));

    [Fact]
    public void A_host_that_must_be_bootstrapped_is_even_in_service()
    {
        var host = Given([((Registered)Alone[0]) with { Bootstrap = BootstrapPolicy.Always }, new HostKeyTrusted(Key, null, Earlier)])
            .When(Found).Then(new Investigated(InService, Now)).Host;
        Assert.Contains(DescribeNetwork, host.Outstanding(Now));
        Assert.IsType<BootstrapPlanned>(host.Decide(Plan, Now).Events[0]);
    }

    [Fact]
    public void The_container_manager_is_asked_for_a_node_before_the_bootstrap_is_planned()
    {
        var host = Given(Member).Host;
        Assert.Contains(FindNode, host.Outstanding(Now));
        Assert.Equal("asking container manager 'kube' for a node of this host", host.View().Reason);
        Given(Member).When(Plan).ThenNothing();

        var known = Given(Member).When(new NodeFound(Host, Kube, "worker-7", null));
        known.Then(
            new Adopted(new Adoption("it is in service: container manager 'kube' has its node 'worker-7'", InService: true), Now),
            new NodeRegistrationStarted(Kube, Now));
        Assert.IsType<BootstrapPlanned>(Given(Member).When(new NodeFound(Host, Kube, null, null)).Events[0]);
        Given(Member).When(new NodeFound(Host, Origin, "worker-7", null)).ThenNothing();
    }

    [Fact]
    public void An_answer_that_cannot_be_had_is_waited_for()
    {
        var host = Given(Member).When(new NodeFound(Host, Kube, null, "the API cannot be reached")).ThenNothing().Host;
        Assert.Equal("asking container manager 'kube' for a node of this host: the API cannot be reached", host.View().Reason);
        Assert.Contains(FindNode, host.Due());
    }

    [Fact]
    public void The_old_node_of_a_deleted_host_is_not_taken_for_a_sign_of_service()
    {
        HostEvent[] deleted = [new LeftCluster(Blue, false, Earlier), new Deleted(Earlier), new NodeRemovalStarted(Kube, Earlier)];
        var again = Given([.. Active, .. deleted, .. Member]).Host;
        Assert.DoesNotContain(FindNode, again.Outstanding(Now));
        Assert.Contains(FindNode, again.After(new NodeReported(Host, Kube, false, null)).Outstanding(Now));
    }

    [Fact]
    public void A_reinstalled_host_whose_node_commissaire_made_is_bootstrapped_again_without_a_question()
    {
        HostEvent[] reinstalled =
            [.. Active, new MembershipConfirmed(Blue, WithKubeAuto, Earlier), new HostKeyTrusted(OtherKey, "ops", Earlier)];
        Assert.Equal(
            ["Investigated", "BootstrapPlanned", "BootstrapStepStarted"],
            Given(reinstalled).When(InvestigationCompleted(Done(InvestigationOutput()))).Events.Select(e => e.GetType().Name));
    }

    [Fact]
    public void A_network_that_was_mended_has_the_node_searched_for_again()
    {
        var network = new NetworkDefinition(ResourceName.Parse("flannel"), NetworkType.FlannelServer, OptionSet.Empty);
        var broken = WithKubeAuto with { Network = network };
        var failed = Given([.. Member[..^1], new MembershipConfirmed(Blue, broken, Earlier)]).When(new NodeFound(Host, Kube, null, null));
        Assert.Equal(HostStatus.Failed, failed.Host.Status);
        var mended = failed.Host.After(new ConfirmMembership(Host, Blue, WithKubeAuto));
        Assert.Contains(FindNode, mended.Outstanding(Now));
    }

    [Fact]
    public void The_node_of_an_adopted_host_is_never_created_and_never_removed()
    {
        Assert.Contains(
            new HostEffect.Send(new ContainerManagerCommand.EnsureNode(Kube, Host, Blue) { Existing = true }),
            Given(AdoptedMember).Host.Outstanding(Now));
        Given(AdoptedMember).When(new NodeReported(Host, Kube, true, "no node") { NotJoined = true })
            .Then(new NodeProblem(Kube, "no node", Now));

        foreach (HostCommand end in (HostCommand[])[new Delete(Host), new Leave(Host, Blue), new ClusterDeleted(Host, Blue)])
        {
            Assert.Contains(
                new HostEffect.Send(new ContainerManagerCommand.RemoveNode(Kube, Host) { Release = true }),
                Given([.. AdoptedMember, new NodeRegistered(Kube, Earlier)]).When(end).Host.Outstanding(Now));
        }
    }

    [Fact]
    public void A_host_that_is_not_in_service_gets_a_node_even_without_a_bootstrap() => Assert.Contains(
        EnsureNode, Given([.. Member, new Adopted(ByPolicy, Earlier), new NodeRegistrationStarted(Kube, Earlier)]).Host.Outstanding(Now));

    [Fact]
    public void An_adopted_host_says_why_and_is_checked()
    {
        var host = Given([.. AdoptedMember, new NodeRegistered(Kube, Earlier)]).Host;
        Assert.Equal((HostStatus.Active, BySign.Why), (host.Status, host.View().Adopted));
        Assert.Contains(Check, host.Due());
        Assert.Equal(
            new HistoryLine("adopted", $"adopted as it is, without a bootstrap: {BySign.Why}"),
            HostState.Describe(new Adopted(BySign, Now)));
    }
}
