using System.Text;
using Commissaire.Bootstrap;

namespace Commissaire.Shell;

/// <content>Debian, Ubuntu and their relatives.</content>
public sealed partial record OsDialect
{
    // try runs a command of apt. A power cut leaves packages unpacked or half-configured, and apt then refuses to work: they are completed
    // first, with the same answers about configuration files, and the command runs again. Output goes to standard output, unless it is the
    // reason for which the script fails.
    private const string Apt = """
        export LC_ALL=C DEBIAN_FRONTEND=noninteractive DPKG_FORCE=confdef,confold
        keep='-o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold'
        attempt() { said="$("$@" 2>&1)"; status=$?; [ "$status" -eq 0 ]; }
        report() { if [ "$status" -eq 0 ]; then printf '%s\n' "$said"; else printf '%s\n' "$said" >&2; fi; return "$status"; }
        complete() {
          case $said in
            *'dpkg was interrupted'*)
              printf '%s\n' "$said"
              attempt dpkg --force-confdef --force-confold --configure -a || complete_dependencies ;;
            *'--fix-broken'*|*'apt-get -f install'*) printf '%s\n' "$said"; complete_dependencies ;;
            *) return 1 ;;
          esac
        }
        complete_dependencies() {
          case $said in *'locked by another process'*) return 1 ;; esac
          attempt apt-get $keep -f install -y -q
        }
        try() {
          attempt "$@" && return
          complete || return
          printf '%s\n' "$said"
          attempt "$@"
        }
        reached() { case $said in *'W: Failed to fetch'*|*'E: Failed to fetch'*|*'Some index files failed'*) return 1 ;; esac; }

        """;

    // A repository that cannot be reached fails the upgrade. Old releases of apt ignore the option and print warnings only.
    private const string AptUpgrade = Apt + """
        lock='-o DPkg::Lock::Timeout=10'
        try apt-get $lock -o APT::Update::Error-Mode=any update -q || { report; exit; }
        reached || { status=100; report; exit; }
        report
        try apt-get $lock $keep dist-upgrade -y -q
        report
        """;

    // One repository of several may be down, so that only an update without any answer fails.
    private const string AptUpdate = Apt + """
        try apt-get update -q
        if [ "$status" -eq 0 ] && ! reached; then
          case "
        $said" in *'
        Hit:'*|*'
        Get:'*) ;; *) status=100 ;; esac
        fi
        report
        """;

    // The package lists may be older than the repository, or missing: an earlier update had no network. They are fetched again, and if
    // that fails, its errors come first because they are the cause.
    private const string AptInstall = Apt + """
        try apt-get install -y -q "$1" && { report; exit; }
        case $said in
          *'Unable to locate package'*|*'has no installation candidate'*|*"Couldn't find any package"*) ;;
          *'Failed to fetch'*|*'apt-get update'*) ;;
          *) report; exit ;;
        esac
        attempt apt-get update -q
        fetched="$said"
        if [ "$status" -eq 0 ] && reached; then fetched=; fi
        try apt-get install -y -q "$1" && { report; exit; }
        if [ -n "$fetched" ]; then printf '%s\n' "$fetched" >&2; fi
        report
        """;

    // The newest kernel boots next. The marker file is written only where update-notifier or the like is installed. Two flavours of one
    // version need no reboot, because the boot loader chooses between them.
    private const string AptRebootNeeded = """
        export LC_ALL=C
        for marker in /run/reboot-required /var/run/reboot-required; do
          if [ -e "$marker" ]; then echo "$marker exists"; echo yes; exit; fi
        done
        running="$(uname -r)" || exit
        newest="$(for image in /boot/vmlinuz-* /boot/vmlinux-*; do
          case $image in *'*'|*.old|*.dpkg-*|*.bak|*.efi.signed|*rescue*) ;; *) echo "${image#/boot/vmlinu?-}" ;; esac
        done | sort -V | tail -n 1)"
        if [ -n "$newest" ] && [ "$newest" != "$running" ] && [ "${newest%%-[a-z]*}" != "${running%%-[a-z]*}" ]; then
          echo "kernel $newest is installed, and $running is running"
          echo yes
        else
          echo no
        fi
        """;

    // Downloads the signing key to a temporary file and renames it, so that an interrupted download leaves no partial key.
    private const string FetchKey = Apt + """
        if ! command -v curl > /dev/null; then try apt-get install -y -q curl ca-certificates; report || exit; fi
        mkdir -p -m 755 "$(dirname "$2")" && curl -fsSL --retry 3 -o "$2.commissaire" "$1" &&
        chmod 644 "$2.commissaire" && mv -f "$2.commissaire" "$2"
        """;

    private static OsDialect AptFamily(string os) => new()
    {
        Os = os,
        Install = package => ShellCommand.Script(AptInstall, package) with
        {
            ByHand = ShellCommand.Of("apt-get", "install", "-y", "-q", package).ToString(),
        },
        EnableRepositories = _ => Update,
        Upgrade = ShellCommand.Script(AptUpgrade) with { ByHand = "apt-get update && apt-get dist-upgrade" },
        RebootNeeded = ShellCommand.Script(AptRebootNeeded) with { ByHand = "ls /var/run/reboot-required /boot; uname -r" },
        PackageDatabase = "dpkg",
        DockerPackage = "docker.io",
        DockerFile = "/etc/default/docker",
        DockerVariable = "DOCKER_OPTS",
        FlannelFile = "/etc/default/flanneld",
        SelinuxEnabled = false,
        KubernetesRepositories = AptRepositories,
    };

    private static ShellCommand Update { get; } = ShellCommand.Script(AptUpdate) with { ByHand = "apt-get update -q" };

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
                ? ShellCommand.Script(FetchKey, $"{deb}Release.key", Key) with { ByHand = $"curl -fSL -o {Key} {deb}Release.key" }
                : ShellCommand.WriteFile(Key, "644", sources.RepositoryKey)),
            ("add-kubernetes-repository", ShellCommand.WriteFile("/etc/apt/sources.list.d/kubernetes.list", "644", list)),
            ("update-package-lists", Update),
        ];
    }
}
