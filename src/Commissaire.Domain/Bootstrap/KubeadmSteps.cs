using System.Collections.Immutable;
using System.Text;
using Commissaire.Hosts;
using Commissaire.Shell;

namespace Commissaire.Bootstrap;

/// <summary>What turns an investigated host into a node of Kubernetes: containerd, kubelet, and <c>kubeadm join</c>.</summary>
public static class KubeadmSteps
{
    /// <summary>The step that joins the cluster. It needs a token, which its container manager hands out when its time has come.</summary>
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

    /// <summary>The steps for a host; all but <see cref="Join"/> can be said as they are.</summary>
    /// <exception cref="ArgumentException">The host's operating system is not supported.</exception>
    public static ImmutableArray<BootstrapStep> For(HostFacts facts, BootstrapSettings settings)
    {
        var os = OsDialect.Of(facts.Os) ?? throw new ArgumentException($"'{facts.Os}' is not supported.", nameof(facts));
        var (sources, steps) = (settings.Kubernetes, ImmutableArray.CreateBuilder<BootstrapStep>());
        void Step(string name, ShellCommand command, TimeSpan? deadline = null) => steps.Add(new BootstrapStep(name, command, deadline ?? settings.StepDeadline));
        void File(string name, string path, string content) => Step(name, ShellCommand.WriteFile(path, "644", Encoding.UTF8.GetBytes(content)));

        // Where packages are part of the image, these are, too.
        if (os.Install is { } install)
        {
            foreach (var (name, command) in os.KubernetesRepositories(sources))
            {
                Step(name, command, settings.InstallDeadline);
            }

            Step("install-containerd", install(sources.ContainerdPackage is { Length: > 0 } package ? package : os.ContainerdPackage), settings.InstallDeadline);
            Step("install-kubelet", install(sources.KubeletPackage), settings.InstallDeadline);
            Step("install-kubeadm", install(sources.KubeadmPackage), settings.InstallDeadline);
        }

        File("configure-modules", "/etc/modules-load.d/kubernetes.conf", Modules);
        File("configure-kernel", "/etc/sysctl.d/99-kubernetes.conf", Kernel);
        Step("apply-kernel-settings", ShellCommand.Of("systemctl", "restart", "systemd-modules-load", "systemd-sysctl"));
        File("configure-containerd", "/etc/containerd/config.toml", Containerd);
        if (settings.RegistryMirror is { Length: > 0 } mirror)
        {
            File("configure-registry-mirror", "/etc/containerd/certs.d/docker.io/hosts.toml", Mirror(mirror));
        }

        Step("start-containerd", ShellCommand.Script("systemctl enable \"$1\" && systemctl restart \"$1\"", "containerd"));
        Step("enable-kubelet", ShellCommand.Of("systemctl", "enable", "kubelet"));
        steps.Add(new BootstrapStep(Join, null, sources.JoinDeadline));
        return steps.ToImmutable();
    }

    private static string Mirror(string url) => $$"""
        # Written by Commissaire.
        server = "https://registry-1.docker.io"
        [host."{{url.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}}"]
          capabilities = ["pull", "resolve"]

        """;
}
