namespace Commissaire.Bootstrap;

/// <summary>The operator's settings for bootstrapping hosts.</summary>
public sealed record BootstrapSettings
{
    /// <summary>The URL of the registry mirror for container runtimes; empty for none.</summary>
    public string RegistryMirror { get; init; } = "http://127.0.0.1:8080";

    /// <summary>The etcd key of flannel's network configuration.</summary>
    public string FlannelKey { get; init; } = "/atomic01/network";

    /// <summary>The flannel package; empty for hosts without flannel, which is then neither configured nor started.</summary>
    public string FlannelPackage { get; init; } = "flannel";

    /// <summary>The container runtime package; empty for the default of the operating system.</summary>
    public string DockerPackage { get; init; } = "";

    /// <summary>The etcd with flannel's network configuration.</summary>
    public EtcdSettings Etcd { get; init; } = new();

    /// <summary>The packages that make a host a Kubernetes node.</summary>
    public KubernetesSources Kubernetes { get; init; } = new();

    /// <summary>The time limit for installing a package.</summary>
    public TimeSpan InstallDeadline { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>The time limit for writing a file or starting a service.</summary>
    public TimeSpan StepDeadline { get; init; } = TimeSpan.FromMinutes(2);
}

/// <summary>The etcd with flannel's network configuration, and the credentials of hosts.</summary>
public sealed record EtcdSettings
{
    /// <summary>One or more client URLs, separated by commas.</summary>
    public string Endpoints { get; init; } = "http://127.0.0.1:2379";

    /// <summary>The client certificate of hosts (PEM); empty for none.</summary>
    public ReadOnlyMemory<byte> Certificate { get; init; }

    /// <summary>The private key of the client certificate (PEM); empty for none.</summary>
    public ReadOnlyMemory<byte> CertificateKey { get; init; }

    /// <summary>The certificate authority of etcd (PEM); empty for none.</summary>
    public ReadOnlyMemory<byte> CertificateAuthority { get; init; }
}
