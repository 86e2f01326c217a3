namespace Commissaire.Shell;

/// <content>Fedora, Red Hat Enterprise Linux and their relatives.</content>
public sealed partial record OsDialect
{
    // $1 is dnf, yum or either. dnf and yum wait for their lock without end and without a message that reaches anybody, so that a lock
    // whose process is alive ends the script, and the server tries again. yum leaves a journal of a transaction that a power cut ended;
    // dnf leaves both versions of a package. Berkeley DB, which rpm used before Fedora 33, can need a rebuild.
    private const string Rpm = """
        export LC_ALL=C
        case $1 in dnf-or-yum) if command -v dnf > /dev/null; then tool=dnf; else tool=yum; fi ;; *) tool=$1 ;; esac
        for lock in /var/run/yum.pid /var/cache/dnf/metadata_lock.pid /var/cache/dnf/download_lock.pid /var/lib/dnf/rpmdb_lock.pid; do
          pid="$(cat "$lock" 2> /dev/null)"
          case $pid in ''|*[!0-9]*) continue ;; esac
          holder="$(cat "/proc/$pid/comm" 2> /dev/null)"
          case $holder in
            *dnf*|*yum*|*python*|*packagekit*)
              echo "Existing lock $lock: another copy is running as pid $pid ($holder)." >&2
              exit 200 ;;
          esac
        done
        if command -v rpm > /dev/null; then
          case "$(rpm -q rpm 2>&1)" in *DB_RUNRECOVERY*|*BDB0113*|*'rpmdb open failed'*) rpm --rebuilddb || exit ;; esac
          if command -v dnf > /dev/null &&
            [ -n "$(rpm -qa --qf '%{NAME}.%{ARCH}\n' 2> /dev/null | grep -v -e ^kernel -e ^kmod- -e ^gpg-pubkey | sort | uniq -d)" ]; then
            older="$(dnf -q repoquery --installed --duplicates --latest-limit=-1 2> /dev/null)"
            if [ -n "$older" ]; then
              dnf remove -y --setopt=clean_requirements_on_remove=False $older ||
                echo 'The older of duplicate packages could not be removed.'
            fi
          fi
        fi
        complete() {
          if ! command -v yum-complete-transaction > /dev/null; then
            echo "A transaction of yum is incomplete: install yum-utils, run 'yum-complete-transaction', and try again." >&2
            exit 1
          fi
          yum-complete-transaction -y || exit
        }
        for journal in /var/lib/yum/transaction-all.*; do
          if [ "$tool" = yum ] && [ -e "$journal" ] && [ "${journal%.disabled}" = "$journal" ]; then complete; break; fi
        done

        """;

    private const string RpmInstall = Rpm + """
        exec "$tool" install -y "$2"
        """;

    // dnf 5 ends with status 0 without any enabled repository; dnf 4 and yum fail.
    private const string RpmUpgrade = Rpm + """
        said="$("$tool" update -y 2>&1)"; status=$?
        if [ "$status" -ne 0 ]; then printf '%s\n' "$said" >&2; exit "$status"; fi
        printf '%s\n' "$said"
        case $said in
          *'Complete!'*) ;;
          *'Nothing to do.'*)
            if [ -d /etc/yum.repos.d ] && listed="$("$tool" repolist 2> /dev/null)" && [ -z "$listed" ]; then
              echo 'There are no enabled repositories in /etc/yum.repos.d.' >&2
              exit 1
            fi ;;
        esac
        """;

    // The exit status 1 is also that of any failure, so that the sentence decides. dnf 5 before 5.1 does not know -r.
    private const string RpmRebootNeeded = """
        export LC_ALL=C
        cannot_tell() { echo "cannot tell: $*"; exit; }
        if command -v needs-restarting > /dev/null; then tool=needs-restarting
        elif command -v dnf > /dev/null; then tool='dnf needs-restarting'
        else cannot_tell 'needs-restarting is not installed; install the package yum-utils'; fi
        said="$($tool -r 2>&1)"; status=$?
        case $said in *'Unknown argument "-r"'*) said="$($tool 2>&1)"; status=$? ;; esac
        printf '%s\n' "$said"
        case $status:$said in
          1:*'Reboot is required'*) echo yes ;;
          0:*'Reboot should not be necessary'*|0:*'Reboot is probably not necessary'*) echo no ;;
          *'No such command: needs-restarting'*|*'Unknown argument "needs-restarting"'*|127:*)
            cannot_tell "needs-restarting is not installed; install the package yum-utils, or with dnf 5, dnf5-plugins" ;;
          *) cannot_tell "'$tool -r' ended with status $status and without a known answer" ;;
        esac
        """;

    private static OsDialect RpmFamily(string os, string tool) => new()
    {
        Os = os,
        Install = package => ShellCommand.Script(RpmInstall, tool, package) with
        {
            ByHand = ShellCommand.Of(Tool(tool), "install", "-y", package).ToString(),
        },
        Upgrade = ShellCommand.Script(RpmUpgrade, tool) with { ByHand = $"{Tool(tool)} update -y" },
        RebootNeeded = ShellCommand.Script(RpmRebootNeeded) with { ByHand = "needs-restarting -r" },
        KubernetesRepositories = sources => RpmRepositories(sources, null),
    };

    // Amazon Linux 2, Oracle Linux 7 and the like have yum only.
    private static string Tool(string tool) => tool == EitherTool ? "dnf" : tool;

    private const string EitherTool = "dnf-or-yum";

    private static OsDialect WithDockerRepository(OsDialect os, string site) => os with
    {
        ContainerdPackage = "containerd.io",
        KubernetesRepositories = sources => RpmRepositories(sources, site),
    };

    // Only release 7 has the extras and optional repositories.
    private static OsDialect Rhel(string os) => WithDockerRepository(RpmFamily(os, "yum"), "rhel") with
    {
        EnableRepositories = version => version.Split('.')[0] == "7"
            ? ShellCommand.Of("subscription-manager", "repos", "--enable=rhel-7-server-extras-rpms", "--enable=rhel-7-server-optional-rpms")
            : null,
    };
}
