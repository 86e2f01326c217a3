namespace Commissaire.Bootstrap;

/// <summary>Where the packages come from that make a host a node of Kubernetes.</summary>
public sealed record KubernetesSources
{
    /// <summary>
    /// The repository that holds kubelet and kubeadm, as a URL: below it, <c>rpm/</c> for dnf and yum, <c>deb/</c> for apt, as at pkgs.k8s.io. Empty
    /// where hosts know it already.
    /// </summary>
    public string Repository { get; init; } = "https://pkgs.k8s.io/core:/stable:/v1.34/";

    /// <summary>The key the repository is signed with (armored); empty to fetch it from the repository itself.</summary>
    public ReadOnlyMemory<byte> RepositoryKey { get; init; }

    /// <summary>The package that holds containerd; empty to use the operating system's usual one.</summary>
    public string ContainerdPackage { get; init; } = "";

    /// <summary>The packages that hold kubelet and kubeadm.</summary>
    public string KubeletPackage { get; init; } = "kubelet";

    /// <inheritdoc cref="KubeletPackage"/>
    public string KubeadmPackage { get; init; } = "kubeadm";

    /// <summary>How long joining may take. What a host joins with is worthless after <see cref="KubeadmJoin.TokenLifetime"/>.</summary>
    public TimeSpan JoinDeadline { get; init; } = TimeSpan.FromMinutes(5);
}
