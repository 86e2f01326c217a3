using Commissaire.Hosts;
using Commissaire.Shell;
using static Commissaire.Domain.Tests.Hosts.HostScenario;
using static Commissaire.Hosts.HostEvent;

namespace Commissaire.Domain.Tests.Hosts;

public sealed class Investigating : HostSpec
{
    [Fact]
    public void Facts_are_kept_with_the_key_of_the_first_contact() =>
        Given(Alone).When(Found(Done(Gathered())))
            .Then(new HostKeyTrusted(Key, null, Now), new Investigated(Facts, Now))
            .Being(HostStatus.Bootstrapping, "reading the default network")
            .Asking(AskForNetwork)
            .TwiceIsOnce();

    [Fact]
    public void A_member_reports_until_its_cluster_confirms() =>
        Given(InBlue).When(Found(Done(Gathered())))
            .Asking(Report(Blue, null, HostStatus.Bootstrapping, "waiting to be listed by cluster 'blue'"));

    [Fact]
    public void A_key_given_at_registration_is_not_recorded_again() =>
        Given(new Registered(22, "root", "s", "d", Key, null, "", Then)).When(Found(Done(Gathered()))).Then(new Investigated(Facts, Now));

    [Fact]
    public void A_fingerprint_given_at_registration_becomes_the_whole_key() =>
        Given(new Registered(22, "root", "s", "d", new HostKey("", Key.Fingerprint), null, "", Then)).When(Found(Done(Gathered())))
            .Then(new HostKeyTrusted(Key, null, Now), new Investigated(Facts, Now));

    public static TheoryData<ShellOutcome, string> Failures => new()
    {
        { new ShellOutcome.Unreachable("connection refused"), "cannot connect to 10.2.0.2 port 22: connection refused" },
        { new ShellOutcome.AuthenticationFailed("publickey"), "sshd rejected user 'root': publickey" },
        { new ShellOutcome.Interrupted("reset by peer"), "the connection broke while the command ran: reset by peer" },
        { new ShellOutcome.TimedOut(TimeSpan.FromSeconds(1.5)), "no result within 1.5 s" },
        { new ShellOutcome.NoCredentials("secret 'secret-1' is not in the store"), "secret 'secret-1' is not in the store" },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public void Without_an_answer_the_host_fails_and_says_why(ShellOutcome outcome, string why)
    {
        var ending = Given(Alone).When(Found(outcome))
            .Then(new Failed($"investigation: {why}", "", null, Now))
            .Being(HostStatus.Failed, $"investigation: {why}")
            .Asking();
        ending.TwiceIsOnce();
        Assert.Equal([Investigate], ending.Host.Due());
        Assert.Equal("the investigation is retried", ending.Host.View().Next);
    }

    [Fact]
    public void A_changed_host_key_fails_it_and_both_fingerprints_are_named()
    {
        var ending = Given(new Registered(22, "root", "s", "d", Key, null, "", Then)).When(Found(new ShellOutcome.HostKeyChanged(OtherKey)));
        var failed = Assert.IsType<Failed>(Assert.Single(ending.Events));
        Assert.Contains(Key.Fingerprint, failed.Reason, StringComparison.Ordinal);
        Assert.Contains(OtherKey.Fingerprint, failed.Reason, StringComparison.Ordinal);
        Assert.Equal(OtherKey, failed.Offered);
        ending.TwiceIsOnce();
    }

    [Fact]
    public void A_command_that_fails_is_told_with_its_last_words() =>
        Given(Alone).When(Found(Exit(127, "half", "first\nsh: not found\n")))
            .Then(new HostKeyTrusted(Key, null, Now),
                new Failed("investigation: exit status 127: sh: not found", "half\nfirst\nsh: not found", null, Now))
            .TwiceIsOnce();

    [Fact]
    public void A_command_that_fails_without_a_word_is_told_by_its_exit_status() =>
        Given(Known[..2]).When(Found(Exit(1, "", ""))).Then(new Failed("investigation: exit status 1", "", null, Now));

    [Fact]
    public void A_user_whom_sudo_refuses_is_named() =>
        Given(new Registered(22, "core", "s", "d", Key, null, "", Then)).When(Found(Exit(1, "", "sudo: a password is required\n")))
            .Then(new Failed("investigation: user 'core' may not run commands as root without a password (sudo: a password is required)",
                "sudo: a password is required", null, Now));

    [Fact]
    public void An_answer_that_cannot_be_read_is_told_with_what_was_printed() =>
        Given(Alone).When(Found(Done("Welcome!")))
            .Then(new HostKeyTrusted(Key, null, Now), new Failed("investigation: the boot id '' is not well-formed", "Welcome!", null, Now))
            .TwiceIsOnce();

    [Fact]
    public void An_operating_system_that_is_not_supported_is_answered_with_those_that_are()
    {
        const string Why = "operating system 'plan9' is not supported; "
            + "supported are almalinux, atomic, centos, debian, fedora, redhat, rhel, rocky, ubuntu";
        var ending = Given(Alone).When(Found(Done(Gathered("plan9"))))
            .Then(new HostKeyTrusted(Key, null, Now), new Investigated(Facts with { Os = "plan9" }, Now), new Failed(Why, "", null, Now))
            .Being(HostStatus.Failed, Why);
        ending.TwiceIsOnce();
        Assert.Equal([Investigate], ending.Host.Due());
    }

    [Fact]
    public void An_unsupported_host_that_changed_is_found_as_it_is_now() =>
        Given(Alone).When(Found(Done(Gathered("plan9"))), Found(Done(Gathered("plan9", boot: OtherBoot))))
            .Being(HostStatus.Failed, Given(Alone).When(Found(Done(Gathered("plan9")))).Host.View().Reason)
            .Knowing(Facts with { Os = "plan9", BootId = OtherBoot });

    [Fact]
    public void A_host_set_up_anew_with_a_supported_system_goes_on() =>
        Given(Alone).When(Found(Done(Gathered("plan9"))), Found(Done(Gathered())))
            .Then(new Investigated(Facts, Now))
            .Asking(AskForNetwork);

    [Fact]
    public void Another_trouble_than_the_last_is_news() =>
        Given(Alone).When(Found(new ShellOutcome.Unreachable("no route")), Found(new ShellOutcome.AuthenticationFailed("publickey")))
            .Then(new Failed("investigation: sshd rejected user 'root': publickey", "", null, Now));

    [Fact]
    public void Being_reached_at_last_heals_it() =>
        Given([.. Alone, new Failed("investigation: no route", "", null, Then)]).When(Found(Done(Gathered())))
            .Being(HostStatus.Bootstrapping, "reading the default network");

    [Fact]
    public void Of_what_a_host_prints_the_end_is_kept()
    {
        var failed = (Failed)Given(Known[..2]).When(Found(Exit(1, new string('x', 10_000), "the end"))).Events[0];
        Assert.Equal(HostState.OutputKept, failed.Output.Length);
        Assert.EndsWith("\nthe end", failed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_last_line_without_end_is_cut() =>
        Assert.Equal($"investigation: exit status 1: {new string('x', 300)}…",
            ((Failed)Given(Known[..2]).When(Found(Exit(1, "", new string('x', 10_000)))).Events[0]).Reason);

    [Fact]
    public void A_host_that_is_known_is_not_investigated_by_a_late_answer() =>
        Given(Known).When(Found(new ShellOutcome.Unreachable("late"))).ThenNothing();
}
