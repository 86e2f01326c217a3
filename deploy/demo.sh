#!/usr/bin/env bash
# Shows Commissaire at work, through commctl: starts a server and four throw-away hosts, registers the hosts, and restarts, upgrades and
# deploys their cluster. Kills the server with SIGKILL twice on the way, and checks that the work continued. Leaves nothing behind.
# Needs root: the hosts are real sshd processes in mount namespaces of their own.
#
# To use a server that already runs on this machine, set COMMISSAIRE_DEMO_API (such as http://127.0.0.1:8051/api/v0) and
# COMMISSAIRE_DEMO_CURL (a curl configuration file with the credentials). That server is not killed, and everything the demo registered is
# removed at the end. COMMISSAIRE_DEMO_PORT is the port of the demo's own server (8042).
set -euo pipefail
cd "$(dirname "$0")/.."
keep=PATH,DOTNET_ROOT,NUGET_PACKAGES,COMMISSAIRE_DEMO_API,COMMISSAIRE_DEMO_CURL,COMMISSAIRE_DEMO_PORT
[ "$(id -u)" -eq 0 ] || exec sudo --preserve-env="$keep" "$0" "$@"

dir=$(mktemp -d)
port=${COMMISSAIRE_DEMO_PORT:-8042}
api=${COMMISSAIRE_DEMO_API:-http://127.0.0.1:$port/api/v0}
credentials=${COMMISSAIRE_DEMO_CURL:-$dir/curl.conf}
export COMMCTL_CONFIG=$dir/commctl.json
trap 'kill $(jobs -p) 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$dir"' EXIT

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
# Prints a command as a person types it, and runs it.
try() { printf '$ %s\n' "$*" >&2; "$@"; }
until_ok() {
  for _ in $(seq 300); do
    if "$@" >/dev/null 2>&1; then return 0; fi
    sleep 0.1
  done
  echo "Gave up waiting for: $*" >&2
  exit 1
}
ours() { [ -z "${COMMISSAIRE_DEMO_API:-}" ]; }
commctl_dll=src/Commissaire.Cli/bin/Release/net10.0/commctl.dll
lab_dll=tests/Commissaire.Lab/bin/Release/net10.0/Commissaire.Lab.dll
commctl() { dotnet "$commctl_dll" "$@"; }
lab() { dotnet "$lab_dll" "$@"; }

say 'Building the server, commctl and the lab'
SECONDS=0
for project in src/Commissaire.Server src/Commissaire.Cli tests/Commissaire.Lab; do
  dotnet build "$project" -c Release --nologo -v quiet >"$dir/build.log" || { cat "$dir/build.log"; exit 1; }
done
echo "Built in $SECONDS s."
SECONDS=0

server() {
  dotnet src/Commissaire.Server/bin/Release/net10.0/commissaire-server.dll --no-config-file -i 127.0.0.1 -p "$port" --data-dir "$dir/data" \
    >>"$dir/server.out" 2>>"$dir/server.log" &
  server_pid=$!
  until_ok curl -sf "http://127.0.0.1:$port/healthz/ready"
}

kill_server() {
  if ours; then
    say "KILLING THE SERVER NOW (SIGKILL, process $server_pid) while $1"
    kill -9 "$server_pid"
    wait "$server_pid" 2>/dev/null || true
    server
    say "The server is up again (process $server_pid), from its journal alone. $2"
  else
    say 'Here the demo kills its server. This server is not the demo'\''s own, so it stays up.'
  fi
}

say 'Four hosts that play Fedora, CentOS, Debian and Atomic. Installing a package takes each of them half a second'
# Not through the function: the trap must reach the process itself.
dotnet "$lab_dll" up 4 --os fedora,centos,debian,atomic --dir "$dir/lab" --package-delay 500ms >"$dir/lab.out" 2>&1 &
until_ok test -f "$dir/lab/lab.json"
sed -n '1,5p' "$dir/lab.out"
key=$(sed -n 's/.*"keyPath": "\(.*\)".*/\1/p' "$dir/lab/lab.json")
mapfile -t hosts < <(sed -n 's/.*"address": "\(.*\)".*/\1/p' "$dir/lab/lab.json")
hostport=$(sed -n 's/.*"port": \([0-9]*\).*/\1/p' "$dir/lab/lab.json" | head -n 1)

if ours; then
  say 'A server'
  server
  cat "$dir/server.out"
  password=$(sed -n "s/.*password '\([^']*\)'.*/\1/p" "$dir/server.out")
  (umask 077; printf 'user = "admin:%s"\n' "$password" >"$credentials")
fi
# commctl reads user and password from its configuration file: neither appears on a command line.
as_json='{"username": "\1", "password": "\2", "endpoint": "'${api%/api/v0}'"}'
(umask 077; sed -n 's|^user = "\([^:]*\):\(.*\)"$|'"$as_json"'|p' "$credentials" >"$COMMCTL_CONFIG")

say 'A container manager and a cluster'
try commctl container_manager create lab --type trivial
try commctl cluster create demo --container-manager lab

say 'Registering the hosts'
for host in "${hosts[@]}"; do
  try commctl host create --cluster demo --port "$hostport" "$host" "$key" >"$dir/created"
  grep -E '^(status|next):' "$dir/created"
done

fleet() { commctl host list --output json; }
busy() { fleet | grep -q '"status": "bootstrapping"'; }
until_ok busy
kill_server 'it bootstraps the hosts' 'Each host continues at the step that was recorded before the kill.'
all_active() { [ "$(fleet | grep -c '"status": "active"')" -eq ${#hosts[@]} ]; }
until_ok all_active
try commctl host list --output table
say 'The history of the last host. Every step is recorded before it runs, so the server knew where to continue'
try commctl host history "${hosts[-1]}" --output table

boots() { fleet | sed -n 's/.*"boot_id": "\(.*\)".*/\1/p'; }
# How often a host rebooted.
reboots() { lab log "$1" --dir "$dir/lab" | grep -c '  systemctl reboot$' || true; }

say 'Restarting the cluster, at most two hosts unavailable'
before=$(boots)
echo '$ commctl cluster restart start demo --max-unavailable 50% --wait'
dotnet "$commctl_dll" cluster restart start demo --max-unavailable 50% --wait 2> >(tee "$dir/progress") >"$dir/restarted" &
restart=$!
until_ok grep -q 'started wait-for-reboot' "$dir/progress"
kill_server 'the first hosts are down for their reboot' 'commctl keeps following the run, and each host continues at its recorded step.'
wait "$restart"
sleep 0.2
grep -E '^(status|reason):' "$dir/restarted"
if [ "$(printf '%s\n' "$before" "$(boots)" | sort | uniq -d | wc -l)" -ne 0 ]; then echo 'A host was not restarted.' >&2; exit 1; fi
for host in "${hosts[@]}"; do
  times=$(reboots "$host")
  echo "$host rebooted $times time(s)."
  [ "$times" -eq 1 ]
done
say "Every host rebooted exactly once$(if ours; then echo ', although the server was killed during the run'; fi)"

# Runs a command with --wait, and shows of its progress what happened to whom.
brief() { try "$@" 2> >(grep -E --line-buffered '^\$| demo/| (started (upgrade|deploy|reboot)|no reboot)\b' >&2) >/dev/null; }

say 'Upgrading the cluster. Hosts reboot if the upgrade needs it'
brief commctl cluster upgrade start demo --max-unavailable 4 --reboot if-needed --wait
sleep 0.2

say 'Deploying a version. Only the Atomic host can take it, the others are skipped'
brief commctl cluster deploy start demo 42.20250601.0 --reboot always --wait
sleep 0.2

say 'All runs, and the commands that the hosts received'
try commctl cluster operations demo --output table
for host in "${hosts[@]}"; do
  lab log "$host" --dir "$dir/lab" | grep -E 'update|dist-upgrade|rpm-ostree (upgrade|deploy)|systemctl reboot' | sed "s/^/$host  /"
done

if ! ours; then
  say 'Removing what the demo registered'
  try commctl host delete "${hosts[@]}"
  try commctl cluster delete demo
  try commctl container_manager delete lab
fi
say "Done, $SECONDS s after the build."
