using System.Text;
using Commissaire.Shell;

namespace Commissaire.Bootstrap;

/// <summary>The bootstrap of a host as a Kubernetes node: containerd, kubelet and <c>kubeadm join</c>.</summary>
public static class KubeadmSteps
{
    /// <summary>The step that joins the cluster. Its container manager prepares the command, which needs a new token.</summary>
    public const string Join = "join-cluster";

    private const string Modules = "# Written by Commissaire.\noverlay\nbr_netfilter\n";

    private const string Kernel = """
        # Written by Commissaire.
        net.ipv4.ip_forward = 1
        net.bridge.bridge-nf-call-iptables = 1
        net.bridge.bridge-nf-call-ip6tables = 1

        """;

    private const string Containerd = """
        # Written by Commissaire.
        version = 2
        [plugins."io.containerd.grpc.v1.cri".registry]
          config_path = "/etc/containerd/certs.d"
        [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
          runtime_type = "io.containerd.runc.v2"
          [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
            SystemdCgroup = true

        """;

    /// <summary>Returns the steps for a host, in order. The step <see cref="Join"/> has no command.</summary>
    /// <exception cref="ArgumentException">The host's operating system is not supported.</exception>
    public static ImmutableArray<BootstrapStep> For(HostFacts facts, BootstrapSettings settings)
    {
        var os = OsDialect.Of(facts) ?? throw new ArgumentException($"Operating system '{facts.Os}' is not supported.", nameof(facts));
        var (sources, steps) = (settings.Kubernetes, ImmutableArray.CreateBuilder<BootstrapStep>());
        void Step(string name, ShellCommand command) => steps.Add(new BootstrapStep(name, command, settings.StepDeadline));
        void Install(string name, ShellCommand command, string? package = null) =>
            steps.Add(new BootstrapStep(name, command, settings.InstallDeadline) { Package = package });
        void File(string name, string path, string text) => Step(name, ShellCommand.WriteFile(path, "644", Encoding.UTF8.GetBytes(text)));

        // An image without a package manager contains these packages.
        if (os.Install is { } install)
        {
            foreach (var (name, command) in os.KubernetesRepositories(sources))
            {
                Install(name, command);
            }

            var containerd = sources.ContainerdPackage is { Length: > 0 } package ? package : os.ContainerdPackage;
            Install("install-containerd", install(containerd), containerd);
            Install("install-kubelet", install(sources.KubeletPackage), sources.KubeletPackage);
            Install("install-kubeadm", install(sources.KubeadmPackage), sources.KubeadmPackage);
        }

        File("configure-modules", "/etc/modules-load.d/kubernetes.conf", Modules);
        File("configure-kernel", "/etc/sysctl.d/99-kubernetes.conf", Kernel);
        Step("apply-kernel-settings", ShellCommand.Of("systemctl", "restart", "systemd-modules-load", "systemd-sysctl"));
        File("configure-containerd", "/etc/containerd/config.toml", Containerd);
        if (settings.RegistryMirror is { Length: > 0 } mirror)
        {
            File("configure-registry-mirror", "/etc/containerd/certs.d/docker.io/hosts.toml", Mirror(mirror));
        }

        Step("start-containerd", BootstrapSteps.Start("containerd"));
        Step("enable-kubelet", ShellCommand.Of("systemctl", "enable", "kubelet"));
        steps.Add(new BootstrapStep(Join, Command: null, sources.JoinDeadline));
        return steps.ToImmutable();
    }

    private static string Mirror(string url) => $$"""
        # Written by Commissaire.
        server = "https://registry-1.docker.io"
        [host."{{url.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}}"]
          capabilities = ["pull", "resolve"]

        """;
}
