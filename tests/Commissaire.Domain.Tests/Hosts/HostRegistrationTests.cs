using Commissaire.Hosts;
using static Commissaire.Domain.Tests.Hosts.HostSamples;
using static Commissaire.Hosts.HostCommand;
using static Commissaire.Hosts.HostEvent;

namespace Commissaire.Domain.Tests.Hosts;

public sealed class HostRegistrationTests : HostSpec
{
    [Fact]
    public void A_new_host_is_registered_and_investigated()
    {
        var result = Given().When(RegisterAlone)
            .Then(new Registered(22, "root", "secret-1", "digest-1", null, null, "", Now))
            .WithStatus(HostStatus.Investigating, "connecting to gather facts")
            .WithEffects(Investigate);
        result.ThenRepeatingChangesNothing();
        Assert.Equal(new HostReply.Registered(result.Host.View()), result.Reply);
        Assert.Equal((Now, Now), (result.Host.View().Since, result.Host.View().LastCheck));
    }

    [Fact]
    public void A_new_host_can_be_registered_with_all_options() =>
        Given().When(new Register(Host, 2222, "core", new OfferedCredential(Secret("secret-2"), ["new", "old"], null), Key, Blue,
            "kickstart"))
            .Then(new Registered(2222, "core", "secret-2", "new", Key, Blue, "kickstart", Now))
            .WithEffects(
                Report(Blue, null, HostStatus.Investigating, "connecting to gather facts"),
                Investigate);

    [Fact]
    public void Registering_again_with_the_same_key_changes_nothing()
    {
        var result = Given(Active).When(RegisterInBlue).ThenNothing();
        Assert.Equal(new HostReply.Described(result.Host.View()), result.Reply);
        Assert.Equal(HostStatus.Active, result.Host.Status);
    }

    [Fact]
    public void Registering_again_without_a_cluster_keeps_the_membership() => Given(Active).When(RegisterAlone).ThenNothing();

    [Fact]
    public void The_same_key_is_recognized_by_any_of_its_digests() =>
        Given(Alone)
            .When(RegisterAlone with
            {
                Credential = new OfferedCredential(Secret("secret-2"), ["digest-1-under-a-new-key", "digest-1"],
                null)
            })
            .ThenNothing();

    [Fact]
    public void Registering_again_with_another_key_is_rejected() =>
        Given(Alone).When(RegisterAlone with { Credential = new OfferedCredential(Secret("secret-2"), ["digest-2"], null) })
            .ThenRefused(HostRefusal.RegisteredWithAnotherKey);

    [Fact]
    public void Registering_again_with_another_cluster_is_rejected() =>
        Given(InBlue).When(RegisterAlone with { Cluster = Green }).ThenRefused(HostRefusal.InAnotherCluster, "blue");

    [Fact]
    public void A_host_registered_without_a_cluster_cannot_be_registered_again_with_one() =>
        Given(Ready).When(RegisterInBlue).ThenRefused(HostRefusal.InAnotherCluster);

    [Fact]
    public void An_unusable_key_is_rejected_with_the_reason() =>
        Given().When(RegisterAlone with { Credential = new OfferedCredential(null, ["digest-1"], "it is encrypted") })
            .ThenRefused(HostRefusal.UnusableKey, "it is encrypted");

    [Fact]
    public void A_deleted_host_can_be_registered_again_and_starts_from_scratch() =>
        Given([.. Ready, new Deleted(Earlier)]).When(RegisterAlone)
            .Then(new Registered(22, "root", "secret-1", "digest-1", null, null, "", Now))
            .WithEffects(Investigate);

    [Fact]
    public void A_host_registered_into_the_cluster_it_is_leaving_no_longer_departs() =>
        Given([.. Listed, new LeftCluster(Blue, false, Earlier), new Deleted(Earlier)]).When(RegisterInBlue)
            .WithEffects(
                Report(Blue, null, HostStatus.Investigating, "connecting to gather facts"),
                Investigate);

    [Fact]
    public void The_removal_of_a_node_continues_when_its_host_is_registered_again() =>
        Given([.. Active, new LeftCluster(Blue, false, Earlier), new Deleted(Earlier), new NodeRemovalStarted(Kube, Earlier)])
            .When(RegisterAlone)
            .WithEffects(Depart(Blue), RemoveNode, Investigate);

    [Fact]
    public void An_unregistered_host_rejects_requests_and_ignores_other_messages()
    {
        Given().When(new Delete(Host)).ThenRefused(HostRefusal.NotRegistered);
        Given().When(new Join(Host, Blue)).ThenRefused(HostRefusal.NotRegistered);
        Given().When(new Leave(Host, Blue)).ThenRefused(HostRefusal.NotRegistered);
        Given().When(new ReadCredentials(Host, "ops")).ThenRefused(HostRefusal.NotRegistered);
        Given().When(new AcceptHostKey(Host, Key.Fingerprint, "ops")).ThenRefused(HostRefusal.NotRegistered);
        foreach (var late in new HostCommand[]
        {
            new Wake(Host), new ConfirmMembership(Host, Blue, WithKube), new ClusterDeleted(Host, Blue), new ConfirmDeparture(Host, Blue),
            new NodeReported(Host, Kube, true, null), InvestigationCompleted(Done(InvestigationOutput())), Plan, DockerInstalled,
            CheckCompleted(Done(Boot)),
        })
        {
            Given().When(late).ThenNothing().WithReply(null);
        }
    }

    [Fact]
    public void Reading_the_credentials_is_recorded_each_time() =>
        Given(Alone).When(new ReadCredentials(Host, "ops"), new ReadCredentials(Host, "ops"))
            .Then(new CredentialsRead("ops", Now))
            .WithReply(new HostReply.Credentials("secret-1", "root"));

    [Fact]
    public void An_unregistered_host_has_no_view() =>
        Assert.Throws<InvalidOperationException>(() => new HostState(Host, Settings).View());
}
