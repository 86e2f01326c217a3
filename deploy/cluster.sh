#!/usr/bin/env bash
# Starts a temporary PostgreSQL and three server processes that share it, prints the processes that each of them sees, and runs until Ctrl-C.
# --demo runs the demo against each process; --once stops after that. Needs root and PostgreSQL's programs (package postgresql), which run as
# user postgres. Removes all its files at the end.
set -euo pipefail
cd "$(dirname "$0")/.."
[ "$(id -u)" -eq 0 ] || exec sudo --preserve-env=PATH,DOTNET_ROOT,NUGET_PACKAGES "$0" "$@"

initdb=$(command -v initdb || compgen -G '/usr/lib/postgresql/*/bin/initdb' | sort -V | tail -n 1 || true)
[ -n "$initdb" ] || { echo "initdb not found. Install the package postgresql." >&2; exit 1; }
programs=$(dirname "$initdb")
dir=$(mktemp -d)
base=${COMMISSAIRE_DEMO_PORT:-8050}
database="Host=127.0.0.1;Port=$((base + 9));Username=commissaire;Database=postgres"
as_postgres() { setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; }
stop() {
  trap - EXIT
  kill $(jobs -p) 2>/dev/null || true
  wait 2>/dev/null || true
  (cd "$dir" && as_postgres "$programs/pg_ctl" -D "$dir/pg/data" -m fast -w stop >/dev/null) || true
  rm -rf "$dir"
}
trap stop EXIT
trap 'exit 0' INT TERM

echo 'Building the server'
dotnet build src/Commissaire.Server -c Release --nologo -v quiet -clp:NoSummary

echo 'Starting PostgreSQL'
mkdir "$dir/pg" && chmod 711 "$dir" && chown postgres "$dir/pg"
(cd "$dir/pg"
  as_postgres "$programs/initdb" -D data -U commissaire --auth=trust -E UTF8 --locale=C >/dev/null
  as_postgres "$programs/pg_ctl" -D data -l log -w -o "-p $((base + 9)) -k $dir/pg -c listen_addresses=127.0.0.1" start >/dev/null)

echo 'Starting three processes'
# The processes share a data directory, so that the key file and the first user, which the first process creates, are the same for all.
start() {
  dotnet src/Commissaire.Server/bin/Release/net10.0/commissaire-server.dll --no-config-file -i 127.0.0.1 -p $((base + $1)) --data-dir "$dir/data" \
    --database "$database" >"$dir/out$1" 2>"$dir/log$1" &
  for _ in $(seq 300); do
    curl -sf "http://127.0.0.1:$((base + $1))/healthz/ready" >/dev/null && return
    sleep 0.1
  done
  echo "Process $1 did not become ready:" >&2
  tail -n 5 "$dir/out$1" "$dir/log$1" >&2
  exit 1
}
for i in 1 2 3; do start "$i"; done
password=$(sed -n "s/.*password '\([^']*\)'.*/\1/p" "$dir/out1")
(umask 077; printf 'user = "admin:%s"\n' "$password" >"$dir/curl.conf")
for i in 1 2 3; do
  echo "Processes on port $((base + i)):"
  curl -sS --fail-with-body -K "$dir/curl.conf" "http://127.0.0.1:$((base + i))/api/v0/processes"
  echo
done
echo "User admin, password $password. All ports serve the API. To test a failure, kill one of the processes $(jobs -p | tr '\n' ' ')"
for i in 1 2 3; do
  case " $* " in
    *' --demo '*) COMMISSAIRE_DEMO_API="http://127.0.0.1:$((base + i))/api/v0" COMMISSAIRE_DEMO_CURL="$dir/curl.conf" deploy/demo.sh ;;
  esac
done
case " $* " in *' --once '*) ;; *) wait ;; esac
