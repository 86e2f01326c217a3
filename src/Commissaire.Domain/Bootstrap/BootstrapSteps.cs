using System.Text;
using Commissaire.Networks;
using Commissaire.Shell;

namespace Commissaire.Bootstrap;

/// <summary>The bootstrap of a host with docker and flannel.</summary>
public static class BootstrapSteps
{
    private const string ClientCertificate = "/etc/etcd/client.crt";
    private const string ClientKey = "/etc/etcd/key.crt";
    private const string CertificateAuthority = "/etc/etcd/cacert.pem";

    /// <summary>Returns the steps for a host on a network, in order.</summary>
    /// <exception cref="ArgumentException">The host's operating system is not supported.</exception>
    public static ImmutableArray<BootstrapStep> For(HostFacts facts, NetworkDefinition network, BootstrapSettings settings)
    {
        var os = OsDialect.Of(facts) ?? throw new ArgumentException($"Operating system '{facts.Os}' is not supported.", nameof(facts));
        var (steps, flannel) = (ImmutableArray.CreateBuilder<BootstrapStep>(), settings.FlannelPackage.Length > 0);
        void Step(string name, ShellCommand command) => steps.Add(new BootstrapStep(name, command, settings.StepDeadline));
        void Install(string name, ShellCommand command, string? package = null) =>
            steps.Add(new BootstrapStep(name, command, settings.InstallDeadline) { Package = package });
        void Credential(string name, string path, string mode, ReadOnlyMemory<byte> content)
        {
            if (!content.IsEmpty)
            {
                Step(name, ShellCommand.WriteFile(path, mode, content));
            }
        }

        if (os.Install is { } install)
        {
            if (os.EnableRepositories(facts.OsVersion) is { } enable)
            {
                Install("enable-repositories", enable);
            }

            if (flannel)
            {
                Install("install-flannel", install(settings.FlannelPackage), settings.FlannelPackage);
            }

            var docker = settings.DockerPackage is { Length: > 0 } package ? package : os.DockerPackage;
            Install("install-docker", install(docker), docker);
        }

        if (flannel)
        {
            Step("configure-flannel", ShellCommand.WriteFile(os.FlannelFile, "644", Flannel(network, settings)));
        }

        if (flannel && network.Type == NetworkType.FlannelEtcd)
        {
            // The key comes before the certificate: flannel fails if it finds a certificate without a key.
            Credential("configure-etcd-key", ClientKey, "600", settings.Etcd.CertificateKey);
            Credential("configure-etcd-certificate", ClientCertificate, "644", settings.Etcd.Certificate);
            Credential("configure-etcd-ca", CertificateAuthority, "644", settings.Etcd.CertificateAuthority);
        }

        Step("configure-docker", ShellCommand.WriteFile(os.DockerFile, "644", Docker(os, settings)));
        if (flannel)
        {
            Step("start-flannel", Start("flanneld"));
        }

        Step("start-docker", Start("docker"));
        return steps.ToImmutable();
    }

    /// <summary>Whether a step installs packages or enables their repositories.</summary>
    public static bool Installs(string step) => step.StartsWith("install-", StringComparison.Ordinal) || step == "enable-repositories";

    /// <summary>Whether a planned step does nothing, because the operator has since configured hosts without flannel.</summary>
    public static bool Skips(string step, BootstrapSettings settings) => settings.FlannelPackage.Length == 0
        && step is "install-flannel" or "configure-flannel" or "configure-etcd-key" or "configure-etcd-certificate" or "configure-etcd-ca"
            or "start-flannel";

    /// <summary>Returns the reason why hosts cannot be bootstrapped on a network; null if they can.</summary>
    public static string? Problem(NetworkDefinition network) =>
        network.Type == NetworkType.FlannelServer && string.IsNullOrEmpty(network.ServerAddress)
            ? $"network '{network.Name}' of type flannel_server has no option 'address': delete the network and create it with the option"
            : null;

    internal static ShellCommand Start(string service) =>
        ShellCommand.Script("systemctl enable \"$1\" && systemctl restart \"$1\"", service) with
        {
            ByHand = $"systemctl enable {service} && systemctl restart {service}",
        };

    private static byte[] Flannel(NetworkDefinition network, BootstrapSettings settings)
    {
        var file = new StringBuilder("# Written by Commissaire.\n");
        if (network.Type == NetworkType.FlannelServer)
        {
            file.Append(Line("FLANNEL_OPTIONS", $"--remote={network.ServerAddress}"));
            return Encoding.UTF8.GetBytes(file.ToString());
        }

        // flannel's unit reads the short names up to version 0.5 and the long names since.
        file.Append(Line("FLANNEL_ETCD", settings.Etcd.Endpoints)).Append(Line("FLANNEL_ETCD_ENDPOINTS", settings.Etcd.Endpoints))
            .Append(Line("FLANNEL_ETCD_KEY", settings.FlannelKey)).Append(Line("FLANNEL_ETCD_PREFIX", settings.FlannelKey));
        string[] options =
        [
            .. settings.Etcd.Certificate.IsEmpty ? [] : new[] { $"--etcd-certfile={ClientCertificate}", $"--etcd-keyfile={ClientKey}" },
            .. settings.Etcd.CertificateAuthority.IsEmpty ? [] : new[] { $"--etcd-cafile={CertificateAuthority}" },
        ];
        file.Append(options.Length > 0 ? Line("FLANNEL_OPTIONS", string.Join(' ', options)) : "");
        return Encoding.UTF8.GetBytes(file.ToString());
    }

    private static byte[] Docker(OsDialect os, BootstrapSettings settings)
    {
        string[] options =
        [
            .. settings.RegistryMirror.Length == 0 ? [] : new[] { $"--registry-mirror={settings.RegistryMirror}" },
            .. os.SelinuxEnabled ? new[] { "--selinux-enabled" } : [],
            "--log-driver=journald",
        ];
        return Encoding.UTF8.GetBytes(
            "# Written by Commissaire.\n" + Line(os.DockerVariable, string.Join(' ', options)) + Line("DOCKER_CERT_PATH", "/etc/docker"));
    }

    // systemd.exec(5), EnvironmentFile: these characters need a backslash inside double quotes. A line break would start another variable.
    private static string Line(string name, string value)
    {
        var quoted = new StringBuilder(value.Length + 2).Append('"');
        foreach (var c in value)
        {
            if (c is '\n' or '\r' or '\0')
            {
                throw new ArgumentException($"The value of {name} must be one line.", nameof(value));
            }

            quoted.Append(c is '"' or '\\' or '$' or '`' ? "\\" : "").Append(c);
        }

        return $"{name}={quoted}\"\n";
    }
}

/// <summary>One step of a bootstrap. Running it twice is harmless.</summary>
/// <param name="Name">The name of the step in events and history.</param>
/// <param name="Command">The command to run on the host as root; null if the container manager prepares it,
/// or if this version does not know the step.</param>
/// <param name="Deadline">The time limit of the step.</param>
public sealed record BootstrapStep(string Name, ShellCommand? Command, TimeSpan Deadline)
{
    /// <summary>The package that the step installs; null for other steps.</summary>
    public string? Package { get; init; }
}
