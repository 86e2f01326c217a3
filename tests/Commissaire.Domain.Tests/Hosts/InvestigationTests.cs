using Commissaire.Hosts;
using Commissaire.Shell;
using static Commissaire.Domain.Tests.Hosts.HostSamples;
using static Commissaire.Hosts.HostEvent;

namespace Commissaire.Domain.Tests.Hosts;

public sealed class InvestigationTests : HostSpec
{
    [Fact]
    public void The_first_contact_records_the_host_key_and_the_facts() =>
        Given(Alone).When(InvestigationCompleted(Done(InvestigationOutput())))
            .Then(new HostKeyTrusted(Key, null, Now), new Investigated(Facts, Now))
            .WithStatus(HostStatus.Bootstrapping, "reading the default network")
            .WithEffects(DescribeNetwork)
            .ThenRepeatingChangesNothing();

    [Fact]
    public void A_member_reports_until_its_cluster_confirms() =>
        Given(InBlue).When(InvestigationCompleted(Done(InvestigationOutput())))
            .WithEffects(Report(Blue, null, HostStatus.Bootstrapping, "waiting to be listed by cluster 'blue'"));

    [Fact]
    public void A_key_given_at_registration_is_not_recorded_again() =>
        Given(new Registered(22, "root", "s", "d", Key, null, "", Earlier)).When(InvestigationCompleted(Done(InvestigationOutput())))
            .Then(new Investigated(Facts, Now));

    [Fact]
    public void A_fingerprint_given_at_registration_is_completed_to_the_full_key() =>
        Given(new Registered(22, "root", "s", "d", new HostKey("", Key.Fingerprint), null, "", Earlier))
            .When(InvestigationCompleted(Done(InvestigationOutput())))
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
    public void A_failed_investigation_fails_the_host_with_the_reason(ShellOutcome outcome, string reason)
    {
        var result = Given(Alone).When(InvestigationCompleted(outcome))
            .Then(new Failed($"investigation: {reason}", "", null, Now))
            .WithStatus(HostStatus.Failed, $"investigation: {reason}")
            .WithEffects();
        result.ThenRepeatingChangesNothing();
        Assert.Equal([Investigate], result.Host.Due());
        Assert.StartsWith("the investigation is retried at ", result.Host.View().Next, StringComparison.Ordinal);
    }

    [Fact]
    public void A_changed_host_key_fails_the_host_and_names_both_fingerprints()
    {
        var result = Given(new Registered(22, "root", "s", "d", Key, null, "", Earlier))
            .When(InvestigationCompleted(new ShellOutcome.HostKeyChanged(OtherKey)));
        var failed = Assert.IsType<Failed>(Assert.Single(result.Events));
        Assert.Contains(Key.Fingerprint, failed.Reason, StringComparison.Ordinal);
        Assert.Contains(OtherKey.Fingerprint, failed.Reason, StringComparison.Ordinal);
        Assert.Equal(OtherKey, failed.Offered);
        result.ThenRepeatingChangesNothing();
    }

    [Fact]
    public void A_failed_command_is_recorded_with_its_message_and_output() =>
        Given(Alone).When(InvestigationCompleted(Exit(127, "half", "first\nsh: not found\n")))
            .Then(new HostKeyTrusted(Key, null, Now),
                new Failed("investigation: exit status 127: sh: not found", "half\nfirst\nsh: not found", null, Now))
            .ThenRepeatingChangesNothing();

    [Fact]
    public void A_failed_command_without_output_is_recorded_with_its_exit_status() =>
        Given(Known[..2]).When(InvestigationCompleted(Exit(1, "", "")))
            .Then(new Failed(
                "investigation: exit status 1 without a message; to see more, run on the host: sh -c 'exit 0'", "", null, Now));

    [Fact]
    public void A_user_who_cannot_become_root_is_named() =>
        Given(new Registered(22, "core", "s", "d", Key, null, "", Earlier))
            .When(InvestigationCompleted(new ShellOutcome.NotRoot("sudo: a password is required\n", Key)))
            .Then(new Failed("investigation: user 'core' may not run commands as root without a password (sudo: a password is required)",
                "sudo: a password is required\n", null, Now));

    [Fact]
    public void A_host_that_runs_something_else_is_quoted() =>
        Given(Alone).When(InvestigationCompleted(new ShellOutcome.Unrecognized(1, "This account is currently not available.\n", Key)))
            .Then(new HostKeyTrusted(Key, null, Now), new Failed(
                "investigation: the host did not run the command of user 'root', but printed 'This account is currently not available.' "
                + "and ended with exit status 1; check the user's login shell, its start-up files, and forced commands",
                "This account is currently not available.\n", null, Now))
            .ThenRepeatingChangesNothing();

    [Fact]
    public void A_warning_of_sudo_is_not_the_reason_of_a_failed_command() =>
        Given(Known[..2]).When(InvestigationCompleted(Exit(1, "", "sudo: unable to resolve host h1\ncat: no space left on device\n")))
            .Then(new Failed("investigation: exit status 1: cat: no space left on device",
                "sudo: unable to resolve host h1\ncat: no space left on device", null, Now));

    [Fact]
    public void The_output_of_a_command_that_timed_out_is_recorded() =>
        Given(Known[..2]).When(InvestigationCompleted(new ShellOutcome.TimedOut(TimeSpan.FromSeconds(60)) { Output = "== boot_id" }))
            .Then(new Failed("investigation: no result within 60 s", "== boot_id", null, Now));

    [Fact]
    public void Unreadable_facts_are_recorded_with_the_output() =>
        Given(Alone).When(InvestigationCompleted(Done("Welcome!")))
            .Then(new HostKeyTrusted(Key, null, Now), new Failed("investigation: the boot ID '' is not well-formed", "Welcome!", null, Now))
            .ThenRepeatingChangesNothing();

    [Fact]
    public void An_unsupported_operating_system_fails_the_host_and_lists_the_supported_ones()
    {
        const string Reason = "operating system 'plan9' is not supported; "
            + "supported are almalinux, atomic, centos, debian, fedora, redhat, rhel, rocky, ubuntu";
        var result = Given(Alone).When(InvestigationCompleted(Done(InvestigationOutput("plan9"))))
            .Then(new HostKeyTrusted(Key, null, Now), new Investigated(Facts with { Os = "plan9" }, Now), new Failed(Reason, "", null, Now))
            .WithStatus(HostStatus.Failed, Reason);
        result.ThenRepeatingChangesNothing();
        Assert.Equal([Investigate], result.Host.Due());
    }

    [Fact]
    public void New_facts_of_an_unsupported_host_are_recorded() =>
        Given(Alone).When(InvestigationCompleted(Done(InvestigationOutput("plan9"))),
            InvestigationCompleted(Done(InvestigationOutput("plan9", boot: OtherBoot))))
            .WithStatus(HostStatus.Failed, Given(Alone).When(InvestigationCompleted(Done(InvestigationOutput("plan9")))).Host.View().Reason)
            .WithFacts(Facts with { Os = "plan9", BootId = OtherBoot });

    [Fact]
    public void A_host_reinstalled_with_a_supported_system_continues_to_bootstrap() =>
        Given(Alone).When(InvestigationCompleted(Done(InvestigationOutput("plan9"))), InvestigationCompleted(Done(InvestigationOutput())))
            .Then(new Investigated(Facts, Now))
            .WithEffects(DescribeNetwork);

    [Fact]
    public void A_different_failure_is_recorded() =>
        Given(Alone).When(InvestigationCompleted(new ShellOutcome.Unreachable("no route")),
            InvestigationCompleted(new ShellOutcome.AuthenticationFailed("publickey")))
            .Then(new Failed("investigation: sshd rejected user 'root': publickey", "", null, Now));

    [Fact]
    public void A_failed_host_recovers_when_its_investigation_succeeds() =>
        Given([.. Alone, new Failed("investigation: no route", "", null, Earlier)])
            .When(InvestigationCompleted(Done(InvestigationOutput())))
            .WithStatus(HostStatus.Bootstrapping, "reading the default network");

    [Fact]
    public void Long_output_is_cut_to_its_end()
    {
        var failed = (Failed)Given(Known[..2]).When(InvestigationCompleted(Exit(1, new string('x', 10_000), "the end"))).Events[0];
        Assert.Equal(HostState.OutputKept, failed.Output.Length);
        Assert.EndsWith("\nthe end", failed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_last_line_is_cut() =>
        Assert.Equal($"investigation: exit status 1: {new string('x', 300)}…",
            ((Failed)Given(Known[..2]).When(InvestigationCompleted(Exit(1, "", new string('x', 10_000)))).Events[0]).Reason);

    [Fact]
    public void A_late_answer_does_not_change_an_investigated_host() =>
        Given(Known).When(InvestigationCompleted(new ShellOutcome.Unreachable("late"))).ThenNothing();
}
