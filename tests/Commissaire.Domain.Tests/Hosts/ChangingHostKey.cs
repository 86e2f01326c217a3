using Commissaire.Hosts;
using Commissaire.Shell;
using static Commissaire.Domain.Tests.Hosts.HostScenario;
using static Commissaire.Hosts.HostCommand;
using static Commissaire.Hosts.HostEvent;

namespace Commissaire.Domain.Tests.Hosts;

public sealed class ChangingHostKey : HostSpec
{
    private static readonly CommandCompleted Other = Checked(new ShellOutcome.HostKeyChanged(OtherKey));

    private static readonly HostEvent[] Changed = [.. Active, new Failed("another key", "", OtherKey, Then)];

    [Fact]
    public void Another_key_is_a_failure_at_once_and_names_both()
    {
        var ending = Given(Active).When(Other).Then(new Failed(
            $"health check: the host key changed: trusted is {Key}, offered was {OtherKey}; "
            + "if the host was reinstalled, accept the new key (PUT /api/v0/host/10.2.0.2/hostkey)", "", OtherKey, Now));
        ending.TwiceIsOnce();
        Assert.Equal(OtherKey, ending.Host.View().OfferedHostKey);
        Assert.Equal("waits until an operator accepts the new host key, or the host shows the trusted key again", ending.Host.View().Next);
    }

    [Fact]
    public void A_host_with_another_key_is_only_looked_at() => Assert.Equal([GetReadiness, Check], Given(Changed).Host.Due());

    [Fact]
    public void Nor_is_a_bootstrap_step_tried_on_it() =>
        Assert.Equal([Check], Given([.. Installing, new Failed("another key", "", OtherKey, Then)]).Host.Due());

    [Fact]
    public void Accepting_the_key_starts_investigation_anew() =>
        Given(Changed).When(new AcceptHostKey(Host, OtherKey.Fingerprint, "ops"))
            .Then(new HostKeyTrusted(OtherKey, "ops", Now))
            .Being(HostStatus.Investigating, "connecting to gather facts")
            .Asking(Report(Blue, WithKube, HostStatus.Investigating, "connecting to gather facts", 1), Investigate)
            .TwiceIsOnce();

    [Fact]
    public void A_host_made_anew_is_bootstrapped_anew() =>
        Given(Changed).When(new AcceptHostKey(Host, OtherKey.Fingerprint, "ops"), Found(Done(Gathered())))
            .Being(HostStatus.Bootstrapping, "step 1 of 6: install-flannel");

    [Fact]
    public void A_third_key_is_not_the_one_it_shows() =>
        Given(Changed).When(new AcceptHostKey(Host, "SHA256:third", "ops")).ThenRefused(HostRefusal.NotTheOfferedKey, OtherKey.Fingerprint);

    [Fact]
    public void The_trusted_key_is_not_the_one_it_shows() =>
        Given(Changed).When(new AcceptHostKey(Host, Key.Fingerprint, "ops")).ThenRefused(HostRefusal.NotTheOfferedKey, OtherKey.Fingerprint);

    [Fact]
    public void Without_another_key_there_is_none_to_accept() =>
        Given(Active).When(new AcceptHostKey(Host, OtherKey.Fingerprint, "ops")).ThenRefused(HostRefusal.NotTheOfferedKey);

    [Fact]
    public void Accepting_the_key_that_is_trusted_is_nothing() => Given(Active).When(new AcceptHostKey(Host, Key.Fingerprint, "ops")).ThenNothing();

    [Fact]
    public void A_host_that_shows_the_trusted_key_again_is_what_it_was() =>
        Given(Changed).When(Checked(Done(Boot))).Then(new Recovered(Now)).Being(HostStatus.Active, "ready, and a node of container manager 'kube'");
}
