using System.Text;
using Commissaire.Bootstrap;

namespace Commissaire.Shell;

/// <content>Package repositories for Kubernetes nodes.</content>
public sealed partial record OsDialect
{
    /// <summary>The containerd package.</summary>
    public string ContainerdPackage { get; init; } = "containerd";

    /// <summary>Returns the steps that add the repositories of kubelet, kubeadm and containerd.</summary>
    public Func<KubernetesSources, ImmutableArray<(string Name, ShellCommand Command)>> KubernetesRepositories { get; init; } = _ => [];

    // Fedora packages containerd; the other distributions install it from Docker's repository.
    private static ImmutableArray<(string Name, ShellCommand Command)> RpmRepositories(KubernetesSources sources, string? docker)
    {
        var steps = ImmutableArray.CreateBuilder<(string, ShellCommand)>();
        if (docker is not null && sources.ContainerdPackage.Length == 0)
        {
            var site = $"https://download.docker.com/linux/{docker}";
            steps.Add(("add-containerd-repository", Repo("docker-ce", $"{site}/$releasever/$basearch/stable", $"{site}/gpg")));
        }

        if (sources.Repository is { Length: > 0 } url)
        {
            const string Key = "/etc/pki/rpm-gpg/RPM-GPG-KEY-kubernetes";
            if (!sources.RepositoryKey.IsEmpty)
            {
                steps.Add(("add-kubernetes-key", ShellCommand.WriteFile(Key, "644", sources.RepositoryKey)));
            }

            var rpm = $"{WithSlash(url)}rpm/";
            var key = sources.RepositoryKey.IsEmpty ? $"{rpm}repodata/repomd.xml.key" : $"file://{Key}";
            steps.Add(("add-kubernetes-repository", Repo("kubernetes", rpm, key)));
        }

        return steps.ToImmutable();
    }

    private static ShellCommand Repo(string name, string url, string key) => ShellCommand.WriteFile(
        $"/etc/yum.repos.d/{name}.repo", "644", Encoding.UTF8.GetBytes(
            $"# Written by Commissaire.\n[{name}]\nname={name}\nbaseurl={url}\nenabled=1\ngpgcheck=1\ngpgkey={key}\n"));

    private static string WithSlash(string url) => url.EndsWith('/') ? url : url + "/";
}
