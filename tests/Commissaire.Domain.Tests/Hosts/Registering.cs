using Commissaire.Hosts;
using static Commissaire.Domain.Tests.Hosts.HostScenario;
using static Commissaire.Hosts.HostCommand;
using static Commissaire.Hosts.HostEvent;

namespace Commissaire.Domain.Tests.Hosts;

public sealed class Registering : HostSpec
{
    [Fact]
    public void A_new_host_is_taken_charge_of_and_investigated()
    {
        var ending = Given().When(RegisterAlone)
            .Then(new Registered(22, "root", "secret-1", "digest-1", null, null, "", Now))
            .Being(HostStatus.Investigating, "connecting to gather facts")
            .Asking(Investigate);
        ending.TwiceIsOnce();
        Assert.Equal(new HostReply.Registered(ending.Host.View()), ending.Reply);
        Assert.Equal((Now, Now), (ending.Host.View().Since, ending.Host.View().LastCheck));
    }

    [Fact]
    public void A_new_host_may_be_registered_with_everything() =>
        Given().When(new Register(Host, 2222, "core", new OfferedCredential("secret-2", ["new", "old"], null), Key, Blue, "kickstart"))
            .Then(new Registered(2222, "core", "secret-2", "new", Key, Blue, "kickstart", Now))
            .Asking(
                Report(Blue, null, HostStatus.Investigating, "connecting to gather facts"),
                Investigate);

    [Fact]
    public void A_host_registered_again_with_the_same_key_stays_what_it_is()
    {
        var ending = Given(Active).When(RegisterInBlue).ThenNothing();
        Assert.Equal(new HostReply.Described(ending.Host.View()), ending.Reply);
        Assert.Equal(HostStatus.Active, ending.Host.Status);
    }

    [Fact]
    public void Naming_no_cluster_asks_nothing_of_the_one_it_is_in() => Given(Active).When(RegisterAlone).ThenNothing();

    [Fact]
    public void The_same_key_is_known_by_the_digest_under_any_key_of_the_secret_store() =>
        Given(Alone).When(RegisterAlone with { Credential = new OfferedCredential("secret-2", ["digest-1-under-a-new-key", "digest-1"], null) }).ThenNothing();

    [Fact]
    public void Another_key_is_refused() =>
        Given(Alone).When(RegisterAlone with { Credential = new OfferedCredential("secret-2", ["digest-2"], null) })
            .ThenRefused(HostRefusal.RegisteredWithAnotherKey);

    [Fact]
    public void Another_cluster_is_refused() =>
        Given(InBlue).When(RegisterAlone with { Cluster = Green }).ThenRefused(HostRefusal.InAnotherCluster, "blue");

    [Fact]
    public void A_cluster_is_refused_to_a_host_registered_without_one() =>
        Given(Ready).When(RegisterInBlue).ThenRefused(HostRefusal.InAnotherCluster);

    [Fact]
    public void A_key_that_cannot_be_used_is_refused_with_the_reason() =>
        Given().When(RegisterAlone with { Credential = new OfferedCredential(null, ["digest-1"], "it is encrypted") })
            .ThenRefused(HostRefusal.UnusableKey, "it is encrypted");

    [Fact]
    public void A_deleted_host_may_be_registered_anew_and_starts_from_nothing() =>
        Given([.. Ready, new Deleted(Then)]).When(RegisterAlone)
            .Then(new Registered(22, "root", "secret-1", "digest-1", null, null, "", Now))
            .Asking(Investigate);

    [Fact]
    public void A_host_registered_into_the_cluster_it_is_leaving_no_longer_leaves() =>
        Given([.. Listed, new LeftCluster(Blue, false, Then), new Deleted(Then)]).When(RegisterInBlue)
            .Asking(
                Report(Blue, null, HostStatus.Investigating, "connecting to gather facts"),
                Investigate);

    [Fact]
    public void A_node_still_being_removed_goes_on_being_removed_when_its_host_comes_back() =>
        Given([.. Active, new LeftCluster(Blue, false, Then), new Deleted(Then), new NodeRemovalStarted(Kube, Then)])
            .When(RegisterAlone)
            .Asking(Depart(Blue), RemoveNode, Investigate);

    [Fact]
    public void What_is_not_registered_answers_nobody_but_those_who_ask()
    {
        Given().When(new Delete(Host)).ThenRefused(HostRefusal.NotRegistered);
        Given().When(new Join(Host, Blue)).ThenRefused(HostRefusal.NotRegistered);
        Given().When(new Leave(Host, Blue)).ThenRefused(HostRefusal.NotRegistered);
        Given().When(new ReadCredentials(Host, "ops")).ThenRefused(HostRefusal.NotRegistered);
        Given().When(new AcceptHostKey(Host, Key.Fingerprint, "ops")).ThenRefused(HostRefusal.NotRegistered);
        foreach (var late in new HostCommand[]
        {
            new Wake(Host), new ConfirmMembership(Host, Blue, WithKube), new ClusterDeleted(Host, Blue), new ConfirmDeparture(Host, Blue),
            new NodeReported(Host, Kube, true, null), Found(Done(Gathered())), Plan, DockerInstalled, Checked(Done(Boot)),
        })
        {
            Given().When(late).ThenNothing().Saying(null);
        }
    }

    [Fact]
    public void Reading_the_credentials_is_recorded_each_time() =>
        Given(Alone).When(new ReadCredentials(Host, "ops"), new ReadCredentials(Host, "ops"))
            .Then(new CredentialsRead("ops", Now))
            .Saying(new HostReply.Credentials("secret-1", "root"));

    [Fact]
    public void There_is_nothing_to_show_of_what_is_not_registered() =>
        Assert.Throws<InvalidOperationException>(() => new HostState(Host, Settings).View());
}
