#!/usr/bin/env bash
# Starts a server and three throw-away hosts, registers the hosts, and shows them become members of a cluster.
# The server is killed with SIGKILL in the middle and started again, to show that it goes on. Leaves nothing behind.
# Needs root: the hosts are real sshd processes in mount namespaces of their own.
set -euo pipefail
cd "$(dirname "$0")/.."
[ "$(id -u)" -eq 0 ] || exec sudo --preserve-env=PATH,DOTNET_ROOT,NUGET_PACKAGES "$0" "$@"

dir=$(mktemp -d)
port=${COMMISSAIRE_DEMO_PORT:-8042}
api="http://127.0.0.1:$port/api/v0"
trap 'kill $(jobs -p) 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$dir"' EXIT
say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
until_ok() { for _ in $(seq 300); do if "$@" >/dev/null 2>&1; then return 0; fi; sleep 0.1; done; echo "gave up waiting for: $*" >&2; exit 1; }

say 'Building'
dotnet build Commissaire.sln -c Release --nologo -v quiet -clp:NoSummary
server() {
  dotnet src/Commissaire.Server/bin/Release/net10.0/commissaire-server.dll --no-config-file -i 127.0.0.1 -p "$port" --data-dir "$dir/data" \
    >>"$dir/server.out" 2>>"$dir/server.log" &
  server_pid=$!
  until_ok curl -sf "http://127.0.0.1:$port/healthz/ready"
}

say 'Three hosts: fedora, centos, atomic (installing a package takes them half a second)'
dotnet tests/Commissaire.Lab/bin/Release/net10.0/Commissaire.Lab.dll up 3 --os fedora,centos,atomic --dir "$dir/lab" --package-delay 500ms >"$dir/lab.out" 2>&1 &
until_ok test -f "$dir/lab/lab.json"
sed -n '1,4p' "$dir/lab.out"

say 'A server'
server
cat "$dir/server.out"
password=$(sed -n "s/.*password '\([^']*\)'.*/\1/p" "$dir/server.out")
# The credentials go to curl through a file, so that they stand on no command line.
(umask 077; printf 'user = "admin:%s"\n' "$password" >"$dir/curl.conf")
call() { curl -sS --fail-with-body -K "$dir/curl.conf" "$@"; echo; }

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
kill -9 "$server_pid"
wait "$server_pid" 2>/dev/null || true
server

all_active() { [ "$(call "$api/hosts" | grep -o '"status":"active"' | wc -l)" -eq 3 ]; }
until_ok all_active

say 'What became of them'
call "$api/cluster/demo"
for host in $hosts; do
  call "$api/host/$host"
done

say "The story of the first one"
call "$api/host/$(head -n 1 <<<"$hosts")/history" | sed 's/},{/},\n {/g' | sed -n 's/.*"at":"\([^"]*\)","event":"\([^"]*\)","summary":"\([^"]*\)".*/\1  \3/p'
