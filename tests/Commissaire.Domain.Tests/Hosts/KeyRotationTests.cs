using Commissaire.Hosts;
using Commissaire.Shell;
using static Commissaire.Domain.Tests.Hosts.HostSamples;
using static Commissaire.Hosts.HostCommand;
using static Commissaire.Hosts.HostEvent;

namespace Commissaire.Domain.Tests.Hosts;

/// <summary>Another private key: recorded before it is installed, used after a login, and the old one is removed.</summary>
public sealed class KeyRotationTests : HostSpec
{
    private static readonly OfferedCredential Offered = new(Secret("secret-2"), ["digest-2"], null);
    private static readonly RotateKey Rotate = new(Host, Offered, "ecdsa-sha2-nistp256 NEW", "ops");
    private static readonly HostEvent Started = new KeyRotationStarted("NEW", "ops", Earlier);
    private static readonly HostEvent Replaced = new KeyReplaced("secret-2", "digest-2", "NEW", "OLD", "ops", Earlier);

    [Fact]
    public void The_new_key_is_recorded_before_it_is_installed()
    {
        var rotating = Given(Ready).When(Rotate).Then(new KeyRotationStarted("NEW", "ops", Now));
        Assert.Null(rotating.Reply);
        Assert.Equal("NEW", Assert.Single(rotating.Host.KeysToRemove));
        Assert.False(rotating.Host.CanRotate(Rotate));
        Assert.Null(rotating.Host.KeyRemoval(Now));
        Assert.Equal(HostRefusal.Busy, Assert.IsType<HostReply.Refused>(rotating.Host.Decide(Rotate, Now).Reply).Why);
    }

    [Fact]
    public void After_a_login_the_new_key_is_used_and_the_old_one_is_to_be_removed()
    {
        var ended = Given([.. Ready, Started]).Host.RotationEnded();
        var decision = ended.Decide(Rotated(Done(Boot)), Now);
        Assert.Equal([new KeyReplaced("secret-2", "digest-2", "NEW", "OLD", "ops", Now)], decision.Events.AsEnumerable());
        var host = ended.Evolve(decision.Events[0]);
        Assert.Equal(("secret-2", "digest-2"), (host.Registration!.SecretId, host.Registration.KeyDigest));
        Assert.Equal("OLD", Assert.Single(host.KeysToRemove));
        Assert.Equal("OLD", host.KeyRemoval(Now)!.Words[^1]);
    }

    [Fact]
    public void A_login_that_fails_keeps_the_old_key_and_removes_the_new_one()
    {
        var ended = Given([.. Ready, Started]).Host.RotationEnded();
        Refused(
            ended, Rotated(new ShellOutcome.AuthenticationFailed("publickey")),
            "the new key is on the host, but sshd rejected user 'root'");
        Refused(ended, new KeyRotated(Host, Rotate, "secret-1", "OLD", Exit(1, "", "no such file"), null), "the new key was not installed");
        Refused(ended, new KeyRotated(Host, Rotate, "secret-1", null, null, null), "the key in use is not in the secret store");
        Refused(ended, Rotated(Done(Boot)) with { OldSecretId = "secret-0" }, "the registration of the host changed meanwhile");
        Assert.Equal("NEW", ended.KeyRemoval(Now)!.Words[^1]);
    }

    [Fact]
    public void Keys_are_removed_after_a_restart_and_again_after_a_pause()
    {
        var host = Given([.. Ready, Started, Replaced]).Host.Resumed(Now);
        Assert.NotNull(host.KeyRemoval(Now));
        var tried = host.RemovingKeys(Now);
        Assert.Null(tried.KeyRemoval(Now.AddMinutes(9)));
        Assert.NotNull(tried.KeyRemoval(Now.AddMinutes(10)));
        Assert.Empty(tried.Decide(new KeysRemoved(Host, tried.KeysToRemove, new ShellOutcome.Unreachable("no route")), Now).Events);

        var removed = tried.Decide(new KeysRemoved(Host, tried.KeysToRemove, Done("")), Now).Events;
        Assert.Empty(removed.Aggregate(tried, (state, e) => state.Evolve(e)).KeysToRemove);
    }

    [Fact]
    public void No_key_is_removed_while_the_host_is_failed() =>
        Assert.Null(Given([.. Ready, Started, Replaced, new Failed("no route", "", null, Earlier)]).Host.KeyRemoval(Now));

    [Fact]
    public void A_key_that_is_used_again_is_not_removed()
    {
        var back = new CredentialsChanged(22, "root", "secret-1", "digest-1", "ops", Earlier);
        Assert.Empty(Given([.. Ready, Started, Replaced, back]).Host.KeysToRemove);
        var again = new KeyReplaced("secret-3", "digest-3", "OLD", "NEW", "ops", Earlier);
        Assert.Equal("NEW", Assert.Single(Given([.. Ready, Started, Replaced, new KeyRotationStarted("OLD", "ops", Earlier), again])
            .Host.KeysToRemove));
    }

    private static KeyRotated Rotated(ShellOutcome login) => new(Host, Rotate, "secret-1", "OLD", Done(""), login);

    private static void Refused(HostState host, HostCommand command, string reason)
    {
        var (events, reply) = host.Decide(command, Now);
        Assert.Empty(events);
        Assert.StartsWith(reason, Assert.IsType<HostReply.Refused>(reply).Detail, StringComparison.Ordinal);
    }
}
