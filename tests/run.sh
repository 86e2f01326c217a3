#!/usr/bin/env bash
# Sets up what a bare machine lacks, builds everything, runs every test, and closes with one line: N passed, N failed, N skipped.
# Needs the .NET SDK, and root (or sudo) on Debian, Ubuntu or Fedora: the lab starts real sshd hosts in mount namespaces of their own.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ "$(id -u)" -ne 0 ]; then
  exec sudo --preserve-env=PATH,DOTNET_ROOT,NUGET_PACKAGES,CI "$0" "$@"
fi

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

postgres() { command -v initdb >/dev/null || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; }
missing=()
command -v sshd >/dev/null || [ -x /usr/sbin/sshd ] || missing+=(openssh-server)
command -v sudo >/dev/null || missing+=(sudo)
command -v ssh-keygen >/dev/null || missing+=(openssh-client)
# Hosts of the lab see /usr of this machine: what cloud-init and its scripts run on is looked for there.
[ -x /usr/bin/python3 ] || missing+=(python3)
[ -x /usr/bin/curl ] || missing+=(curl)
command -v script >/dev/null || missing+=(bsdutils)
command -v ip >/dev/null || missing+=(iproute2)
postgres || missing+=(postgresql)
if [ "${#missing[@]}" -gt 0 ]; then
  echo "Installing ${missing[*]}"
  if command -v apt-get >/dev/null; then
    apt-get update -q >/dev/null
    # Only the programs are wanted: the tests start a server of their own.
    mkdir -p /etc/postgresql-common/createcluster.d && echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.d/commissaire.conf
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
fi

dotnet build Commissaire.sln --nologo -v quiet -clp:NoSummary
if [ "${1:-}" != "--no-format" ]; then
  dotnet format Commissaire.sln --verify-no-changes --no-restore
fi

# One project after the other: they start real servers and hosts, and machines are small.
status=0
for project in tests/*.Tests; do
  name=$(basename "$project")
  echo "== $name"
  dotnet test "$project" --no-build --nologo -v quiet --logger "trx;LogFileName=$results/$name.trx" --logger "console;verbosity=minimal" || status=1
done

passed=0 failed=0 skipped=0
for trx in "$results"/*.trx; do
  counters=$(grep -o '<Counters [^>]*>' "$trx")
  count() { sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p" <<<"$counters"; }
  total=$(count total)
  passed=$((passed + $(count passed)))
  failed=$((failed + $(count failed)))
  skipped=$((skipped + total - $(count executed)))
done
[ "$passed" -gt 0 ] || status=1
echo "$passed passed, $failed failed, $skipped skipped"
exit "$status"
