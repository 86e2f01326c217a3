namespace Commissaire.Bootstrap;

/// <summary>What bootstrapping needs to know of the place Commissaire runs in. Operators set it; the defaults are the documented ones.</summary>
public sealed record BootstrapSettings
{
    /// <summary>The registry mirror container runtimes are pointed at, as a URL; empty for none.</summary>
    public string RegistryMirror { get; init; } = "http://127.0.0.1:8080";

    /// <summary>The etcd key under which flannel finds its network configuration.</summary>
    public string FlannelKey { get; init; } = "/atomic01/network";

    /// <summary>The package that holds flannel; empty where the image or the operator brings it.</summary>
    public string FlannelPackage { get; init; } = "flannel";

    /// <summary>The package that holds the container runtime; empty to use the operating system's usual one.</summary>
    public string DockerPackage { get; init; } = "";

    /// <summary>The etcd that flannel reads its network from.</summary>
    public EtcdSettings Etcd { get; init; } = new();

    /// <summary>What nodes of Kubernetes are made of.</summary>
    public KubernetesSources Kubernetes { get; init; } = new();

    /// <summary>How long installing a package may take.</summary>
    public TimeSpan InstallDeadline { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How long writing a file or starting a service may take.</summary>
    public TimeSpan StepDeadline { get; init; } = TimeSpan.FromMinutes(2);
}

/// <summary>The etcd that flannel reads its network from, and how hosts prove themselves to it.</summary>
public sealed record EtcdSettings
{
    /// <summary>One or more client URLs, separated by commas.</summary>
    public string Endpoints { get; init; } = "http://127.0.0.1:2379";

    /// <summary>The client certificate (PEM) put on each host; empty for none.</summary>
    public ReadOnlyMemory<byte> Certificate { get; init; }

    /// <summary>The client certificate's private key (PEM); empty for none.</summary>
    public ReadOnlyMemory<byte> CertificateKey { get; init; }

    /// <summary>The certificate authority hosts verify etcd with (PEM); empty for none.</summary>
    public ReadOnlyMemory<byte> CertificateAuthority { get; init; }
}
