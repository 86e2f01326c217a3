using System.Runtime.Versioning;
using Commissaire.Domain.Tests.Runs;
using Commissaire.Hosts;
using Commissaire.Runs;
using Commissaire.Shell;

namespace Commissaire.Domain.Tests.Shell;

/// <summary>Which dialect a system has, and what all dialects have in common.</summary>
[SupportedOSPlatform("linux")]
public sealed class OsDialectTests : ScriptSpec
{
    [Fact]
    public void Only_atomic_deploys_versions()
    {
        Assert.Equal("rpm-ostree upgrade", OsDialect.Of("atomic")!.Upgrade.ByHand);
        Assert.Equal("rpm-ostree deploy 7.4", OsDialect.Of("atomic")!.Deploy!("7.4").ByHand);
        Assert.Equal("rpm-ostree deploy '7; reboot'", OsDialect.Of("atomic")!.Deploy!("7; reboot").ByHand);
        Assert.All(OsDialect.Supported.Remove("atomic"), os => Assert.Null(OsDialect.Of(os)!.Deploy));
    }

    [Theory]
    [InlineData("linuxmint", "ubuntu debian", "ubuntu")]
    [InlineData("linuxmint", "debian", "ubuntu")]
    [InlineData("pop", "ubuntu debian", "ubuntu")]
    [InlineData("raspbian", null, "debian")]
    [InlineData("ol", "fedora", "rhel")]
    [InlineData("ol", null, "rhel")]
    [InlineData("amzn", "centos rhel fedora", "fedora")]
    [InlineData("amzn", "fedora", "fedora")]
    [InlineData("scientific", "rhel centos fedora", "rhel")]
    [InlineData("eurolinux", "rhel fedora centos rocky", "rhel")]
    [InlineData("kali", "debian", "debian")]
    public void A_relative_of_a_supported_system_is_like_it(string os, string? like, string expected)
    {
        var facts = Facts(os, like);
        Assert.Equal(expected, OsFamily.Like(facts));
        Assert.Null(OsFamily.Problem(facts));
        Assert.Equal(OsDialect.Of(expected)!.DockerFile, OsDialect.Of(facts)!.DockerFile);
        Assert.Contains($"found {os} 1 (like {expected}, not tested), kernel",
            HostState.Describe(new HostEvent.Investigated(facts, default)).Summary, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rocky", "rhel centos fedora")]
    [InlineData("almalinux", "rhel centos fedora")]
    [InlineData("ubuntu", "debian")]
    public void A_supported_system_is_like_none(string os, string like)
    {
        Assert.Null(OsFamily.Like(Facts(os, like)));
        Assert.Same(OsDialect.Of(os), OsDialect.Of(Facts(os, like)));
    }

    [Theory]
    [InlineData("flatcar", "coreos", "update_engine")]
    [InlineData("opensuse-microos", "suse opensuse opensuse-tumbleweed", "transactional-update")]
    [InlineData("talos", null, "talosctl")]
    [InlineData("bottlerocket", null, "its API")]
    [InlineData("ubuntu-core", "ubuntu debian", "snaps")]
    [InlineData("steamos", "arch", "rauc")]
    [InlineData("kairos-ubuntu", "ubuntu debian kairos", "kairos-agent")]
    public void A_system_whose_image_is_managed_by_other_means_is_refused_with_the_reason(string os, string? like, string why)
    {
        var problem = OsFamily.Problem(Facts(os, like))!;
        Assert.StartsWith($"operating system '{os}' is not supported: ", problem, StringComparison.Ordinal);
        Assert.Contains(why, problem, StringComparison.Ordinal);
        Assert.Null(OsDialect.Of(Facts(os, like)));
    }

    [Theory]
    [InlineData("arch", null)]
    [InlineData("manjaro", "arch")]
    [InlineData("sles", "suse")]
    public void A_system_without_supported_relatives_is_refused(string os, string? like) =>
        Assert.StartsWith($"operating system '{os}' is not supported; supported are almalinux, atomic,", OsFamily.Problem(Facts(os, like)),
            StringComparison.Ordinal);

    [Theory]
    [InlineData("dnf", "dnf update -y")]
    [InlineData("yum", "yum update -y")]
    public void A_relative_of_Red_Hat_uses_the_package_manager_it_has(string has, string expected)
    {
        Program(has, "echo Complete!");
        Assert.Equal(0, Run(OsDialect.Of(Facts("amzn", "fedora"))!.Upgrade).ExitCode);
        Assert.Equal([expected], Calls);
    }

    [Fact]
    public void Only_the_expected_boot_is_rebooted()
    {
        Program("systemctl", "exit 4");
        File("/proc/sys/kernel/random/boot_id", "this-boot\n");
        Assert.Equal(4, Run(Reboot("this-boot")).ExitCode);
        Assert.Equal(["systemctl reboot"], Calls);
        Assert.Equal((0, 0), (Run(Reboot("the-boot-before")).ExitCode, Run(Reboot("")).ExitCode));
        Assert.Single(Calls);
    }

    [Fact]
    public void Every_script_names_what_an_operator_would_type() => Assert.All(OsDialect.Supported, name =>
    {
        var os = OsDialect.Of(name)!;
        Assert.All([os.Upgrade, os.RebootNeeded, os.Install?.Invoke("docker"), os.EnableRepositories("7")], command =>
            Assert.True(command is null || command.ForOperator is { Length: < 200 }));
    });

    private static HostFacts Facts(string os, string? like) => new(os, "1", 1, 1, 1, "k", "b") { OsLike = like };

    private static ShellCommand Reboot(string boot) =>
        TurnSteps.Command(TurnSteps.Reboot, RunSamples.Restart, OsDialect.Of("fedora")!, boot);
}
