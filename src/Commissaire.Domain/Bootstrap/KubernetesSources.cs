namespace Commissaire.Bootstrap;

/// <summary>The packages that make a host a Kubernetes node, and their repository.</summary>
public sealed record KubernetesSources
{
    /// <summary>
    /// The URL above the directories <c>rpm/</c> and <c>deb/</c> of kubelet and kubeadm; empty if hosts have a repository.
    /// </summary>
    public string Repository { get; init; } = "https://pkgs.k8s.io/core:/stable:/v1.34/";

    /// <summary>The signing key of the repository (armored); empty to download it from the repository.</summary>
    public ReadOnlyMemory<byte> RepositoryKey { get; init; }

    /// <summary>The containerd package; empty for the default of the operating system.</summary>
    public string ContainerdPackage { get; init; } = "";

    /// <summary>The kubelet package.</summary>
    public string KubeletPackage { get; init; } = "kubelet";

    /// <summary>The kubeadm package.</summary>
    public string KubeadmPackage { get; init; } = "kubeadm";

    /// <summary>The time limit for joining; less than <see cref="KubeadmJoin.TokenLifetime"/>.</summary>
    public TimeSpan JoinDeadline { get; init; } = TimeSpan.FromMinutes(5);
}
