using System.Collections.Immutable;
using System.Text;
using Commissaire.Bootstrap;

namespace Commissaire.Shell;

/// <content>How a host is made a node of Kubernetes.</content>
public sealed partial record OsDialect
{
    // A key that comes with the settings is written; else it is fetched, whole or not at all.
    private const string FetchKey = """
        { command -v curl > /dev/null || DEBIAN_FRONTEND=noninteractive apt-get install -y -q curl ca-certificates; } &&
        mkdir -p -m 755 "$(dirname "$2")" && curl -fsSL --retry 3 -o "$2.commissaire" "$1" && chmod 644 "$2.commissaire" && mv -f "$2.commissaire" "$2"
        """;

    /// <summary>The package that holds containerd.</summary>
    public string ContainerdPackage { get; init; } = "containerd";

    /// <summary>Makes the repositories of kubelet, kubeadm and containerd known: what to do, in order, by name.</summary>
    public Func<KubernetesSources, ImmutableArray<(string Name, ShellCommand Command)>> KubernetesRepositories { get; init; } = _ => [];

    // Fedora has containerd; the others of the family have it from docker's repository.
    private static ImmutableArray<(string Name, ShellCommand Command)> RpmRepositories(KubernetesSources sources, string? docker)
    {
        var steps = ImmutableArray.CreateBuilder<(string, ShellCommand)>();
        if (docker is not null && sources.ContainerdPackage.Length == 0)
        {
            steps.Add(("add-containerd-repository", Repo("docker-ce", $"https://download.docker.com/linux/{docker}/$releasever/$basearch/stable", $"https://download.docker.com/linux/{docker}/gpg")));
        }

        if (sources.Repository is { Length: > 0 } url)
        {
            const string Key = "/etc/pki/rpm-gpg/RPM-GPG-KEY-kubernetes";
            if (!sources.RepositoryKey.IsEmpty)
            {
                steps.Add(("add-kubernetes-key", ShellCommand.WriteFile(Key, "644", sources.RepositoryKey)));
            }

            steps.Add(("add-kubernetes-repository", Repo("kubernetes", $"{Below(url)}rpm/", sources.RepositoryKey.IsEmpty ? $"{Below(url)}rpm/repodata/repomd.xml.key" : $"file://{Key}")));
        }

        return steps.ToImmutable();
    }

    private static ImmutableArray<(string Name, ShellCommand Command)> AptRepositories(KubernetesSources sources)
    {
        if (sources.Repository is not { Length: > 0 } url)
        {
            return [];
        }

        const string Key = "/etc/apt/keyrings/kubernetes.asc";
        return
        [
            ("add-kubernetes-key", sources.RepositoryKey.IsEmpty ? ShellCommand.Script(FetchKey, $"{Below(url)}deb/Release.key", Key) : ShellCommand.WriteFile(Key, "644", sources.RepositoryKey)),
            ("add-kubernetes-repository", ShellCommand.WriteFile("/etc/apt/sources.list.d/kubernetes.list", "644", Encoding.UTF8.GetBytes($"deb [signed-by={Key}] {Below(url)}deb/ /\n"))),
            ("update-package-lists", ShellCommand.Of("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "update", "-q")),
        ];
    }

    private static ShellCommand Repo(string name, string url, string key) => ShellCommand.WriteFile($"/etc/yum.repos.d/{name}.repo", "644", Encoding.UTF8.GetBytes(
        $"# Written by Commissaire.\n[{name}]\nname={name}\nbaseurl={url}\nenabled=1\ngpgcheck=1\ngpgkey={key}\n"));

    private static string Below(string url) => url.EndsWith('/') ? url : url + "/";
}
