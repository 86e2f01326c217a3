using Commissaire.Hosts;
using Commissaire.Shell;
using static Commissaire.Domain.Tests.Hosts.HostSamples;
using static Commissaire.Hosts.HostCommand;
using static Commissaire.Hosts.HostEvent;

namespace Commissaire.Domain.Tests.Hosts;

/// <summary>Another key, user or port: recorded only after a login with it.</summary>
public sealed class CredentialChangeTests : HostSpec
{
    private static readonly OfferedCredential Offered = new(Secret("secret-2"), ["digest-2"], null);
    private static readonly ChangeCredentials Change = new(Host, 2222, "core", Offered, "ops");
    private static readonly HostRegistration Changed = new(2222, "core", "secret-2", "digest-2", "");
    private static readonly CredentialsChanged Event = new(2222, "core", "secret-2", "digest-2", "ops", Now);

    [Fact]
    public void What_is_not_named_stays()
    {
        var host = Given(Active).Host;
        Assert.Equal(Changed, host.After(Change));
        Assert.Equal(host.Registration! with { Port = 2222 }, host.After(new ChangeCredentials(Host, 2222, null, null, "ops")));
    }

    [Fact]
    public void A_login_that_works_is_recorded_and_ends_a_failure()
    {
        var failed = Given([.. Active, new Failed("sshd rejected user 'root'", "", null, Earlier)]);
        var changed = failed.When(Tried(Done(Boot))).Then(Event, new Recovered(Now));
        Assert.Equal(Changed, changed.Host.Registration);
        Assert.Equal(HostStatus.Active, changed.Host.Status);
    }

    [Fact]
    public void A_first_login_records_the_host_key() =>
        Given(Alone).When(Tried(Done(Boot))).Then(new HostKeyTrusted(Key, null, Now), Event);

    [Theory]
    [InlineData("?")]
    [InlineData("")]
    public void An_answer_without_a_boot_ID_changes_nothing(string output) => Given(Active).When(Tried(Done(output)))
        .ThenRefused(HostRefusal.CannotLogIn, "the host answered, but not with a boot ID");

    [Fact]
    public void A_login_that_fails_changes_nothing_and_names_the_new_user_and_port()
    {
        Given(Active).When(Tried(new ShellOutcome.AuthenticationFailed("publickey")))
            .ThenRefused(HostRefusal.CannotLogIn, "sshd rejected user 'core': publickey");
        Given(Active).When(Tried(new ShellOutcome.Unreachable("refused")))
            .ThenRefused(HostRefusal.CannotLogIn, $"cannot connect to {Host} port 2222: refused");
        var other = Given(Active).When(Tried(new ShellOutcome.HostKeyChanged(OtherKey)));
        Assert.StartsWith("the host key changed", Assert.IsType<HostReply.Refused>(other.Reply).Detail, StringComparison.Ordinal);
        Assert.Empty(other.Events);
    }

    [Fact]
    public void A_change_that_keeps_a_key_which_another_change_replaced_is_refused()
    {
        var port = new ChangeCredentials(Host, 2222, null, null, "ops");
        var before = Given(Active).Host;
        var rekeyed = before.After(Tried(Done(Boot)));
        var late = rekeyed.Decide(new CredentialsTried(Host, port, before.After(port)!, Done(Boot)), Now);
        Assert.Empty(late.Events);
        Assert.Equal("secret-2", rekeyed.Registration!.SecretId);
    }

    [Fact]
    public void An_unusable_key_or_a_host_that_is_not_there_is_refused_without_a_try()
    {
        var unusable = Change with { Credential = new OfferedCredential(null, ["d"], "ssh_priv_key: is a public key") };
        Assert.Null(Given(Active).Host.After(unusable));
        Given(Active).When(unusable).ThenRefused(HostRefusal.UnusableKey, "ssh_priv_key: is a public key");
        Assert.Null(Given().Host.After(Change));
        Given().When(Change).ThenRefused(HostRefusal.NotRegistered);
        Given().When(Tried(Done(Boot))).ThenRefused(HostRefusal.NotRegistered);
    }

    private static CredentialsTried Tried(ShellOutcome outcome) => new(Host, Change, Changed, outcome);
}
