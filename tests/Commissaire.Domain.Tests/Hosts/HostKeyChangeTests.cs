using Commissaire.Hosts;
using Commissaire.Shell;
using static Commissaire.Domain.Tests.Hosts.HostSamples;
using static Commissaire.Hosts.HostCommand;
using static Commissaire.Hosts.HostEvent;

namespace Commissaire.Domain.Tests.Hosts;

public sealed class HostKeyChangeTests : HostSpec
{
    private static readonly CommandCompleted Other = CheckCompleted(new ShellOutcome.HostKeyChanged(OtherKey));

    private static readonly HostEvent[] Changed = [.. Active, new Failed("another key", "", OtherKey, Earlier)];

    [Fact]
    public void Another_key_fails_the_host_immediately_and_names_both_keys()
    {
        var result = Given(Active).When(Other).Then(new Failed(
            $"health check: the host key changed: trusted is {Key}, offered was {OtherKey}; "
            + "if the host was reinstalled, accept the new key (PUT /api/v0/host/10.2.0.2/hostkey)", "", OtherKey, Now));
        result.ThenRepeatingChangesNothing();
        Assert.Equal(OtherKey, result.Host.View().OfferedHostKey);
        Assert.Equal("waits until an operator accepts the new host key, or the host shows the trusted key again", result.Host.View().Next);
    }

    [Fact]
    public void A_host_with_another_key_is_only_checked() => Assert.Equal([GetReadiness, Check], Given(Changed).Host.Due());

    [Fact]
    public void A_bootstrapping_host_with_another_key_runs_no_step() =>
        Assert.Equal([Check], Given([.. Installing, new Failed("another key", "", OtherKey, Earlier)]).Host.Due());

    [Fact]
    public void Accepting_the_key_starts_a_new_investigation() =>
        Given(Changed).When(new AcceptHostKey(Host, OtherKey.Fingerprint, "ops"))
            .Then(new HostKeyTrusted(OtherKey, "ops", Now))
            .WithStatus(HostStatus.Investigating, "connecting to gather facts")
            .WithEffects(Report(Blue, WithKube, HostStatus.Investigating, "connecting to gather facts", 1), Investigate)
            .ThenRepeatingChangesNothing();

    [Fact]
    public void A_reinstalled_host_is_bootstrapped_again() =>
        Given(Changed).When(new AcceptHostKey(Host, OtherKey.Fingerprint, "ops"), InvestigationCompleted(Done(InvestigationOutput())))
            .WithStatus(HostStatus.Bootstrapping, "step 1 of 6: install-flannel");

    [Fact]
    public void A_third_key_cannot_be_accepted() =>
        Given(Changed).When(new AcceptHostKey(Host, "SHA256:third", "ops")).ThenRefused(HostRefusal.NotTheOfferedKey, OtherKey.Fingerprint);

    [Fact]
    public void The_trusted_key_cannot_be_accepted_while_another_is_offered() =>
        Given(Changed).When(new AcceptHostKey(Host, Key.Fingerprint, "ops"))
            .ThenRefused(HostRefusal.NotTheOfferedKey, OtherKey.Fingerprint);

    [Fact]
    public void A_key_that_was_not_offered_cannot_be_accepted() =>
        Given(Active).When(new AcceptHostKey(Host, OtherKey.Fingerprint, "ops")).ThenRefused(HostRefusal.NotTheOfferedKey);

    [Fact]
    public void Accepting_the_trusted_key_changes_nothing() =>
        Given(Active).When(new AcceptHostKey(Host, Key.Fingerprint, "ops")).ThenNothing();

    [Fact]
    public void A_host_that_offers_the_trusted_key_again_recovers() =>
        Given(Changed).When(CheckCompleted(Done(Boot))).Then(new Recovered(Now))
            .WithStatus(HostStatus.Active, "ready, and a node of container manager 'kube'");
}
