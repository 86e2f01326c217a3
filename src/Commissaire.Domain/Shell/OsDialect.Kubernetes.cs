using System.Text;
using Commissaire.Bootstrap;

namespace Commissaire.Shell;

/// <content>Package repositories for Kubernetes nodes.</content>
public sealed partial record OsDialect
{
    // Downloads the signing key to a temporary file and renames it, so that an interrupted download leaves no partial key.
    private const string FetchKey = """
        { command -v curl > /dev/null || DEBIAN_FRONTEND=noninteractive apt-get install -y -q curl ca-certificates; } &&
        mkdir -p -m 755 "$(dirname "$2")" && curl -fsSL --retry 3 -o "$2.commissaire" "$1" &&
        chmod 644 "$2.commissaire" && mv -f "$2.commissaire" "$2"
        """;

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

    private static ImmutableArray<(string Name, ShellCommand Command)> AptRepositories(KubernetesSources sources)
    {
        if (sources.Repository is not { Length: > 0 } url)
        {
            return [];
        }

        const string Key = "/etc/apt/keyrings/kubernetes.asc";
        var deb = $"{WithSlash(url)}deb/";
        var list = Encoding.UTF8.GetBytes($"deb [signed-by={Key}] {deb} /\n");
        return
        [
            ("add-kubernetes-key", sources.RepositoryKey.IsEmpty
                ? ShellCommand.Script(FetchKey, $"{deb}Release.key", Key) : ShellCommand.WriteFile(Key, "644", sources.RepositoryKey)),
            ("add-kubernetes-repository", ShellCommand.WriteFile("/etc/apt/sources.list.d/kubernetes.list", "644", list)),
            ("update-package-lists", ShellCommand.Of("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "update", "-q")),
        ];
    }

    private static ShellCommand Repo(string name, string url, string key) => ShellCommand.WriteFile(
        $"/etc/yum.repos.d/{name}.repo", "644", Encoding.UTF8.GetBytes(
            $"# Written by Commissaire.\n[{name}]\nname={name}\nbaseurl={url}\nenabled=1\ngpgcheck=1\ngpgkey={key}\n"));

    private static string WithSlash(string url) => url.EndsWith('/') ? url : url + "/";
}
