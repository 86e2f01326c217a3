using Commissaire.Shell;

namespace Commissaire.Domain.Tests.Bootstrap;

public sealed class BootstrapStepsTests : BootstrapSpec
{
    private static readonly string[] RedHatFilesAndServices =
    [
        "configure-flannel: write /etc/sysconfig/flanneld 644",
        "configure-docker: write /etc/sysconfig/docker 644",
        "start-flannel: systemctl enable flanneld && systemctl restart flanneld",
        "start-docker: systemctl enable docker && systemctl restart docker",
    ];

    [Theory]
    [InlineData("fedora")]
    [InlineData("rocky")]
    [InlineData("almalinux")]
    public void Steps_with_dnf(string os) =>
        Assert.Equal(["install-flannel: dnf install -y flannel", "install-docker: dnf install -y docker", .. RedHatFilesAndServices],
            Lines(Steps(os)));

    [Theory]
    [InlineData("centos", "7")]
    [InlineData("rhel", "9.4")]
    [InlineData("rhel", "8")]
    [InlineData("rhel", "")]
    [InlineData("rhel", "70")]
    [InlineData("redhat", "9")]
    public void Steps_with_yum(string os, string version) =>
        Assert.Equal(["install-flannel: yum install -y flannel", "install-docker: yum install -y docker", .. RedHatFilesAndServices],
            Lines(Steps(os, version)));

    [Theory]
    [InlineData("rhel", "7")]
    [InlineData("rhel", "7.9")]
    [InlineData("redhat", "7.3")]
    public void Red_Hat_7_enables_additional_repositories(string os, string version) =>
        Assert.Equal(
        [
            "enable-repositories: subscription-manager repos '--enable=rhel-7-server-extras-rpms' '--enable=rhel-7-server-optional-rpms'",
            "install-flannel: yum install -y flannel",
            "install-docker: yum install -y docker",
            .. RedHatFilesAndServices,
        ], Lines(Steps(os, version)));

    [Theory]
    [InlineData("debian")]
    [InlineData("ubuntu")]
    public void Steps_with_apt(string os) =>
        Assert.Equal(
        [
            "enable-repositories: apt-get update -q",
            "install-flannel: apt-get install -y -q flannel",
            "install-docker: apt-get install -y -q docker.io",
            "configure-flannel: write /etc/default/flanneld 644",
            "configure-docker: write /etc/default/docker 644",
            "start-flannel: systemctl enable flanneld && systemctl restart flanneld",
            "start-docker: systemctl enable docker && systemctl restart docker",
        ], Lines(Steps(os)));

    [Fact]
    public void Atomic_installs_no_packages() => Assert.Equal(RedHatFilesAndServices, Lines(Steps("atomic", "7.9")));

    [Fact]
    public void Every_supported_system_has_steps_with_unique_names_and_deadlines() =>
        Assert.All(OsDialect.Supported, os =>
        {
            var steps = Steps(os, "7");
            Assert.Distinct(steps.Select(s => s.Name));
            Assert.All(steps, s => Assert.Equal(s.Name.StartsWith("install-", StringComparison.Ordinal) || s.Name == "enable-repositories"
                ? Settings.InstallDeadline : Settings.StepDeadline, s.Deadline));
        });

    [Fact]
    public void An_unsupported_system_throws() => Assert.Throws<ArgumentException>(() => Steps("plan9"));

    [Fact]
    public void Packages_are_configurable()
    {
        Assert.Equal(["install-flannel: dnf install -y flannel-0.5.5", "install-docker: dnf install -y moby-engine"],
            Lines(Steps("fedora", settings: Settings with { FlannelPackage = "flannel-0.5.5", DockerPackage = "moby-engine" }))[..2]);
        Assert.Equal("install-docker: dnf install -y docker", Lines(Steps("fedora", settings: Settings with { FlannelPackage = "" }))[0]);
    }

    [Theory]
    [InlineData("fedora")]
    [InlineData("centos")]
    [InlineData("debian")]
    [InlineData("atomic")]
    public void Without_a_flannel_package_nothing_of_flannel_is_installed_configured_or_started(string os)
    {
        var without = Settings with { FlannelPackage = "", Etcd = Settings.Etcd with { Certificate = "c"u8.ToArray() } };
        Assert.DoesNotContain(Steps(os, settings: without), s => s.Name.Contains("flannel", StringComparison.Ordinal)
            || s.Name.Contains("etcd", StringComparison.Ordinal));
        Assert.Contains(Steps(os, settings: without), s => s.Name == "start-docker");
    }

    [Fact]
    public void A_planned_step_of_flannel_does_nothing_once_flannel_is_configured_away()
    {
        var without = Settings with { FlannelPackage = "" };
        Assert.All(Steps("debian").Select(s => s.Name).Where(name => name.Contains("flannel", StringComparison.Ordinal)),
            name => Assert.True(Commissaire.Bootstrap.BootstrapSteps.Skips(name, without)));
        Assert.False(Commissaire.Bootstrap.BootstrapSteps.Skips("install-docker", without));
        Assert.False(Commissaire.Bootstrap.BootstrapSteps.Skips("install-flannel", Settings));
    }

    [Fact]
    public void A_package_name_is_quoted() =>
        Assert.Equal("install-docker: dnf install -y 'docker; reboot'",
            Lines(Steps("fedora", settings: Settings with { DockerPackage = "docker; reboot" }))[1]);
}
