using System.Collections.Immutable;
using System.Text;
using Commissaire.Bootstrap;
using Commissaire.Domain.Tests.Shell;
using Commissaire.Hosts;
using Commissaire.Shell;

namespace Commissaire.Domain.Tests.Bootstrap;

public sealed class KubeadmStepsTests : BootstrapSpec
{
    private static readonly string[] FilesAndServices =
    [
        "configure-modules: write /etc/modules-load.d/kubernetes.conf 644",
        "configure-kernel: write /etc/sysctl.d/99-kubernetes.conf 644",
        "apply-kernel-settings: systemctl restart systemd-modules-load systemd-sysctl",
        "configure-containerd: write /etc/containerd/config.toml 644",
        "configure-registry-mirror: write /etc/containerd/certs.d/docker.io/hosts.toml 644",
        "start-containerd: systemctl enable containerd && systemctl restart containerd",
        "enable-kubelet: systemctl enable kubelet",
        "join-cluster: prepared later",
    ];

    [Fact]
    public void Fedora_installs_containerd_from_its_own_repository() =>
        Assert.Equal(
        [
            "add-kubernetes-repository: write /etc/yum.repos.d/kubernetes.repo 644",
            "install-containerd: dnf install -y containerd", "install-kubelet: dnf install -y kubelet",
            "install-kubeadm: dnf install -y kubeadm",
            .. FilesAndServices,
        ], Lines(Steps("fedora")));

    [Theory]
    [InlineData("rocky", "dnf", "centos")]
    [InlineData("almalinux", "dnf", "centos")]
    [InlineData("centos", "yum", "centos")]
    [InlineData("rhel", "yum", "rhel")]
    [InlineData("redhat", "yum", "rhel")]
    public void Other_rpm_distributions_install_containerd_from_the_docker_repository(string os, string manager, string docker)
    {
        var steps = Steps(os);
        Assert.Equal(
        [
            "add-containerd-repository: write /etc/yum.repos.d/docker-ce.repo 644",
            "add-kubernetes-repository: write /etc/yum.repos.d/kubernetes.repo 644",
            $"install-containerd: {manager} install -y containerd.io", $"install-kubelet: {manager} install -y kubelet",
            $"install-kubeadm: {manager} install -y kubeadm",
            .. FilesAndServices,
        ], Lines(steps));
        Assert.Contains($"baseurl=https://download.docker.com/linux/{docker}/$releasever/$basearch/stable\n",
            File(steps, "add-containerd-repository"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("debian")]
    [InlineData("ubuntu")]
    public void With_apt_the_signing_key_is_downloaded_or_configured(string os)
    {
        var words = Assert.Single(Steps(os), s => s.Name == "add-kubernetes-key").Command!.Words;
        Assert.Equal(["https://pkgs.k8s.io/core:/stable:/v1.34/deb/Release.key", "/etc/apt/keyrings/kubernetes.asc"],
            words[4..].AsEnumerable());
        Assert.Equal("deb [signed-by=/etc/apt/keyrings/kubernetes.asc] https://pkgs.k8s.io/core:/stable:/v1.34/deb/ /\n",
            File(Steps(os), "add-kubernetes-repository"));
        Assert.Equal("KEY", File(Steps(os, new KubernetesSources { RepositoryKey = "KEY"u8.ToArray() }), "add-kubernetes-key"));
    }

    [Fact]
    public void Atomic_installs_no_packages() => Assert.Equal(FilesAndServices, Lines(Steps("atomic")));

    [Fact]
    public void Without_a_repository_setting_no_repository_is_added() =>
        Assert.Equal(
        [
            "install-containerd: yum install -y cri", "install-kubelet: yum install -y kubelet-1.34",
            "install-kubeadm: yum install -y kubeadm-1.34", .. FilesAndServices,
        ], Lines(Steps("rhel", new KubernetesSources
        {
            Repository = "",
            ContainerdPackage = "cri",
            KubeletPackage = "kubelet-1.34",
            KubeadmPackage = "kubeadm-1.34",
        })));

    [Theory]
    [InlineData(30, "v1beta3")]
    [InlineData(31, "v1beta4")]
    public void The_configuration_uses_the_format_of_the_cluster_version(int minor, string format) =>
        Assert.StartsWith(
            $"apiVersion: kubeadm.k8s.io/{format}\nkind: JoinConfiguration\n", Configuration(minor), StringComparison.Ordinal);

    [Fact]
    public void The_token_is_redacted_from_the_output()
    {
        Assert.Equal("token *** of abcdef", KubeadmJoin.Redact("token 0123456789abcdef of abcdef", Configuration()));
        Assert.Equal("all is well", KubeadmJoin.Redact("all is well", Configuration()));
    }

    [Fact]
    public void The_token_is_not_on_the_command_line() =>
        Assert.DoesNotContain(
            "0123456789abcdef", KubeadmJoin.Command(Encoding.UTF8.GetBytes(Configuration())).ToString(), StringComparison.Ordinal);

    // Runs the script in the local shell, with a kubeadm that prints its arguments.
    [Fact]
    public void A_truncated_configuration_does_not_join()
    {
        var command = KubeadmJoin.Command(Encoding.UTF8.GetBytes(Configuration()));
        var line = $"kubeadm() {{ echo \"$@\"; }}; {string.Join(' ', command.Words[2].Split('\n').Select(l => l + "\n"))}";
        var script = ShellCommand.Script(line, command.Words[4], command.Words[5]).ToString();
        Assert.Equal(1, Sh.Run(script, command.Input[..20]).ExitCode);
        var whole = Sh.Run(script, command.Input);
        Assert.Equal(0, whole.ExitCode);
        Assert.StartsWith("join --config /run/commissaire-join.", Encoding.UTF8.GetString(whole.Output), StringComparison.Ordinal);
    }

    private static string Configuration(int minor = 34) =>
        KubeadmJoin.Configuration(minor, "10.0.0.9:6443", "abcdef.0123456789abcdef", ["sha256:00"], "10.0.0.1");

    private static ImmutableArray<BootstrapStep> Steps(string os, KubernetesSources? sources = null) =>
        KubeadmSteps.For(new HostFacts(os, "", 1, 1, 1, "k", "b"), Settings with { Kubernetes = sources ?? new KubernetesSources() });
}
