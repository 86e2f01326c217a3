#!/usr/bin/env bash
# Starts a server and four throw-away hosts, registers the hosts, shows them become members of a cluster, and then restarts, upgrades and
# deploys them. The server is killed with SIGKILL in the middle of it, twice, and started again, to show that it goes on. Leaves nothing behind.
# Needs root: the hosts are real sshd processes in mount namespaces of their own.
#
# With COMMISSAIRE_DEMO_API (such as http://127.0.0.1:8051/api/v0) and COMMISSAIRE_DEMO_CURL (a configuration file of curl with the credentials) it
# takes a server of this machine that runs already, kills nobody, and removes what it registered.
set -euo pipefail
cd "$(dirname "$0")/.."
[ "$(id -u)" -eq 0 ] || exec sudo --preserve-env=PATH,DOTNET_ROOT,NUGET_PACKAGES,COMMISSAIRE_DEMO_API,COMMISSAIRE_DEMO_CURL "$0" "$@"

dir=$(mktemp -d)
port=${COMMISSAIRE_DEMO_PORT:-8042}
api=${COMMISSAIRE_DEMO_API:-http://127.0.0.1:$port/api/v0}
credentials=${COMMISSAIRE_DEMO_CURL:-$dir/curl.conf}
trap 'kill $(jobs -p) 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$dir"' EXIT
say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
until_ok() { for _ in $(seq 300); do if "$@" >/dev/null 2>&1; then return 0; fi; sleep 0.1; done; echo "gave up waiting for: $*" >&2; exit 1; }

say 'Building'
dotnet build Commissaire.sln -c Release --nologo -v quiet -clp:NoSummary
ours() { [ -z "${COMMISSAIRE_DEMO_API:-}" ]; }
server() {
  dotnet src/Commissaire.Server/bin/Release/net10.0/commissaire-server.dll --no-config-file -i 127.0.0.1 -p "$port" --data-dir "$dir/data" \
    >>"$dir/server.out" 2>>"$dir/server.log" &
  server_pid=$!
  until_ok curl -sf "http://127.0.0.1:$port/healthz/ready"
}

kill_server() {
  if ours; then
    kill -9 "$server_pid"
    wait "$server_pid" 2>/dev/null || true
    server
  else
    echo 'It is not ours: it lives.'
  fi
}

say 'Four hosts: fedora, centos, debian, atomic (installing a package takes them half a second)'
dotnet tests/Commissaire.Lab/bin/Release/net10.0/Commissaire.Lab.dll up 4 --os fedora,centos,debian,atomic --dir "$dir/lab" --package-delay 500ms >"$dir/lab.out" 2>&1 &
until_ok test -f "$dir/lab/lab.json"
sed -n '1,5p' "$dir/lab.out"

if ours; then
  say 'A server'
  server
  cat "$dir/server.out"
  password=$(sed -n "s/.*password '\([^']*\)'.*/\1/p" "$dir/server.out")
  # The credentials go to curl through a file, so that they stand on no command line.
  (umask 077; printf 'user = "admin:%s"\n' "$password" >"$credentials")
fi
call() { curl -sS --fail-with-body -K "$credentials" "$@"; echo; }

say 'A container manager and a cluster'
call -X PUT "$api/containermanager/lab" -d '{"type": "trivial"}'
call -X PUT "$api/cluster/demo" -d '{"container_manager": "lab"}'

say 'Registering the hosts'
key=$(sed -n 's/.*"keyPath": "\(.*\)".*/\1/p' "$dir/lab/lab.json")
hosts=$(sed -n 's/.*"address": "\(.*\)".*/\1/p' "$dir/lab/lab.json")
hostport=$(sed -n 's/.*"port": \([0-9]*\).*/\1/p' "$dir/lab/lab.json" | head -n 1)
(umask 077; printf '{"cluster": "demo", "port": %s, "ssh_priv_key": "%s"}' "$hostport" "$(base64 -w0 "$key")" >"$dir/host.json")
for host in $hosts; do
  call -X PUT "$api/host/$host" -d "@$dir/host.json" | cut -c1-120
done

say 'Killing the server with SIGKILL in the middle of it, and starting it again'
kill_server

all_active() { [ "$(call "$api/hosts" | grep -o '"status":"active"' | wc -l)" -eq 4 ]; }
until_ok all_active

say 'What became of them'
call "$api/cluster/demo"
for host in $hosts; do
  call "$api/host/$host"
done

say "The story of the first one"
call "$api/host/$(head -n 1 <<<"$hosts")/history" | sed 's/},{/},\n {/g' | sed -n 's/.*"at":"\([^"]*\)","event":"\([^"]*\)","summary":"\([^"]*\)".*/\1  \3/p'

# Prints what the stream of events says of the cluster from now on. When the server is gone it waits, and takes the stream up where it was left.
touch "$dir/events"
follow() {
  local last=
  while :; do
    curl -sN -K "$credentials" ${last:+-H "Last-Event-ID: $last"} "$api/events?cluster=demo" 2>/dev/null | tee -a "$dir/events" |
      sed -un 's/^data: {"at":"[^T]*T\([^"]*\)...","subject":"\([^"]*\)","name":"\([^"]*\)","event":"\(begun\|host-began\|turn-step-started\|rebooted\|turn-ended\|finished\|failed\)","summary":"\(.*\)"}$/\1  \2 \3: \5/p' || true
    last=$(sed -n 's/^id: //p' "$dir/events" | tail -n 1)
    sleep 0.2
  done
}
follow &
status() { call "$api/cluster/demo/$1" | sed -n 's/.*"status":"\([^"]*\)".*/\1/p'; }
over() { [ -n "$(status "$1")" ] && [ "$(status "$1")" != in_process ]; }
boots() { for host in $hosts; do call "$api/host/$host" | sed -n 's/.*"boot_id":"\([^"]*\)".*/\1/p'; done; }

say 'Restarting the cluster, two hosts at a time; the server is killed with SIGKILL while the first two are down'
before=$(boots)
call -X PUT "$api/cluster/demo/restart" -d '{"max_unavailable": "50%"}'
until_ok grep -q '"began back"' "$dir/events"
kill_server
until_ok over restart
call "$api/cluster/demo/restart"
if [ "$(printf '%s\n' "$before" "$(boots)" | sort | uniq -d | wc -l)" -ne 0 ]; then echo 'a host was not restarted' >&2; exit 1; fi

say 'Upgrading it; hosts reboot where that is needed'
call -X PUT "$api/cluster/demo/upgrade" -d '{"max_unavailable": 4, "reboot": "if-needed"}' >/dev/null
until_ok over upgrade
call "$api/cluster/demo/upgrade"

say 'Deploying a version; it is for the host that was booted from an ostree'
call -X PUT "$api/cluster/demo/deploy" -d '{"version": "42.20250601.0", "reboot": "always"}' >/dev/null
until_ok over deploy
call "$api/cluster/demo/deploy"

say 'What the hosts themselves were told'
for host in $hosts; do
  dotnet tests/Commissaire.Lab/bin/Release/net10.0/Commissaire.Lab.dll log "$host" --dir "$dir/lab" | grep -E 'update|dist-upgrade|rpm-ostree (upgrade|deploy)|systemctl reboot' | sed "s/^/$host  /"
done
[ "$(status restart) $(status upgrade) $(status deploy)" = 'finished finished finished' ]

if ! ours; then
  say 'Removing what it registered'
  for host in $hosts; do
    call -X DELETE "$api/host/$host"
  done
  call -X DELETE "$api/cluster/demo"
  call -X DELETE "$api/containermanager/lab"
fi
