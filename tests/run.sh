#!/usr/bin/env bash
# Builds everything, runs every test and prints one closing line: N passed, N failed, N skipped.
# Installs missing packages. Needs the .NET SDK, and root (or sudo) on Debian, Ubuntu or Fedora.
#   --quick      run only the tests that start no processes: no root, no packages, no format check
#   --no-format  skip the format check
set -euo pipefail
cd "$(dirname "$0")/.."

quick='' format=yes
for option in "$@"; do
  case $option in
    --quick) quick=yes format='' ;;
    --no-format) format='' ;;
    *) echo "run.sh: unknown option '$option'. Options: --quick, --no-format." >&2; exit 2 ;;
  esac
done

if [ -z "$quick" ] && [ "$(id -u)" -ne 0 ]; then
  exec sudo --preserve-env=PATH,DOTNET_ROOT,NUGET_PACKAGES,CI "$0" "$@"
fi

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
# Test processes live for seconds: collecting profiles for the JIT takes a quarter of their processor time and gives nothing back.
export DOTNET_TieredPGO=0
results=$(mktemp -d)
beside=
trap '[ -z "$beside" ] || pkill -P "$beside" || true; rm -rf "$results"' EXIT
trap 'exit 130' INT

install_missing() {
  local missing=()
  command -v sshd >/dev/null || [ -x /usr/sbin/sshd ] || missing+=(openssh-server)
  command -v sudo >/dev/null || missing+=(sudo)
  command -v ssh-keygen >/dev/null || missing+=(openssh-client)
  # Lab hosts use /usr of this machine, and cloud-init needs these two programs there.
  [ -x /usr/bin/python3 ] || missing+=(python3)
  [ -x /usr/bin/curl ] || missing+=(curl)
  command -v script >/dev/null || missing+=(bsdutils)
  command -v ip >/dev/null || missing+=(iproute2)
  # Login shells of users on lab hosts.
  [ -x /usr/bin/tcsh ] || missing+=(tcsh)
  [ -x /usr/bin/fish ] || missing+=(fish)
  command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || missing+=(postgresql)
  [ "${#missing[@]}" -gt 0 ] || return 0
  echo "Installing ${missing[*]}"
  if command -v apt-get >/dev/null; then
    apt-get update -q >/dev/null
    # The tests start a PostgreSQL server of their own: the package must not start one.
    mkdir -p /etc/postgresql-common/createcluster.d
    echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.d/commissaire.conf
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q "${missing[@]}" >/dev/null
  elif command -v dnf >/dev/null; then
    missing=("${missing[@]/openssh-client/openssh-clients}")
    missing=("${missing[@]/bsdutils/util-linux-script}")
    missing=("${missing[@]/iproute2/iproute}")
    dnf install -y -q "${missing[@]/postgresql/postgresql-server}"
  else
    echo "Please install: ${missing[*]}" >&2
    exit 1
  fi
}

if [ -n "$quick" ]; then
  suites=(tests/Commissaire.{Domain,Server,Cli}.Tests)
  for suite in "${suites[@]}"; do
    dotnet build "$suite" --nologo -v quiet -clp:NoSummary
  done
else
  install_missing
  suites=(tests/*.Tests)
  dotnet build Commissaire.sln --nologo -v quiet -clp:NoSummary
fi

if [ -n "$format" ]; then
  dotnet format Commissaire.sln --verify-no-changes --no-restore
fi

# Every wait in the tests has a limit. The hang timeout, for one test, ends what has none.
run_suite() {
  local name ended=0
  name=$(basename "$1")
  dotnet test "$1" ${quick:+--filter 'Starts!=sshd'} --no-build --nologo -v quiet --results-directory "$results" --logger "trx;LogFileName=$name.trx" \
    --logger "console;verbosity=minimal" --blame-hang-timeout 30m --blame-hang-dump-type none >"$results/$name.log" 2>&1 || ended=$?
  echo "== $name"
  cat "$results/$name.log"
  return "$ended"
}

run_suites() {
  local suite ended=0
  for suite in "$@"; do run_suite "$suite" || ended=$?; done
  return "$ended"
}

status=0
run_beside() {
  run_suites "${@:2}" &
  beside=$!
  run_suite "$1" || status=1
  wait "$beside" || status=1
}

# Suites start real servers and hosts, and machines are small. Only those that start few processes run beside another one, which leaves the
# processors idle at times.
if [ -n "$quick" ]; then
  run_beside tests/Commissaire.{Server,Domain,Cli}.Tests
else
  run_suite tests/Commissaire.Acceptance.Tests || status=1
  run_beside tests/Commissaire.{Cluster,Server,Lab,Domain,Cli}.Tests
fi

passed=0 failed=0 skipped=0
for suite in "${suites[@]}"; do
  name=$(basename "$suite")
  if ! counters=$(grep -o '<Counters [^>]*>' "$results/$name.trx" 2>/dev/null); then
    echo "$name has no results" >&2
    status=1
    continue
  fi
  count() { sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p" <<<"$counters"; }
  passed=$((passed + $(count passed)))
  failed=$((failed + $(count failed)))
  skipped=$((skipped + $(count total) - $(count executed)))
done
[ "$passed" -gt 0 ] || status=1
echo "$passed passed, $failed failed, $skipped skipped"
exit "$status"
