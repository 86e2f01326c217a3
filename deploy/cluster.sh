#!/usr/bin/env bash
# Starts a private PostgreSQL and three processes of the server that share it, shows that they have found each other, and leaves them running
# until Ctrl-C; with --demo it runs the demo against each of them, and with --once it stops then. Needs root, and PostgreSQL's programs (package postgresql), which run as their own user; leaves nothing behind.
set -euo pipefail
cd "$(dirname "$0")/.."
[ "$(id -u)" -eq 0 ] || exec sudo --preserve-env=PATH,DOTNET_ROOT,NUGET_PACKAGES "$0" "$@"

initdb=$(command -v initdb || compgen -G '/usr/lib/postgresql/*/bin/initdb' | sort -V | tail -n 1 || true)
[ -n "$initdb" ] || { echo "Please install postgresql: initdb is not there." >&2; exit 1; }
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

echo 'Building'
dotnet build src/Commissaire.Server -c Release --nologo -v quiet -clp:NoSummary

echo 'A PostgreSQL of its own'
mkdir "$dir/pg" && chmod 711 "$dir" && chown postgres "$dir/pg"
(cd "$dir/pg"
  as_postgres "$programs/initdb" -D data -U commissaire --auth=trust -E UTF8 --locale=C >/dev/null
  as_postgres "$programs/pg_ctl" -D data -l log -w -o "-p $((base + 9)) -k $dir/pg -c listen_addresses=127.0.0.1" start >/dev/null)

echo 'Three processes'
# They share a data directory here: the key file and the first user's password are the same for all. The first one makes them.
start() {
  dotnet src/Commissaire.Server/bin/Release/net10.0/commissaire-server.dll --no-config-file -i 127.0.0.1 -p $((base + $1)) --data-dir "$dir/data" --database "$database" \
    >"$dir/out$1" 2>"$dir/log$1" &
  for _ in $(seq 300); do
    curl -sf "http://127.0.0.1:$((base + $1))/healthz/ready" >/dev/null && return
    sleep 0.1
  done
  echo "Process $1 does not come up:" >&2
  tail -n 5 "$dir/out$1" "$dir/log$1" >&2
  exit 1
}
for i in 1 2 3; do start "$i"; done
password=$(sed -n "s/.*password '\([^']*\)'.*/\1/p" "$dir/out1")
(umask 077; printf 'user = "admin:%s"\n' "$password" >"$dir/curl.conf")
for i in 1 2 3; do
  echo "Port $((base + i)) sees:"
  curl -sS --fail-with-body -K "$dir/curl.conf" "http://127.0.0.1:$((base + i))/api/v0/processes"
  echo
done
echo "User admin, password $password. Any of the ports serves; kill one of the processes ($(jobs -p | tr '\n' ' ')) and see."
for i in 1 2 3; do
  case " $* " in *' --demo '*) COMMISSAIRE_DEMO_API="http://127.0.0.1:$((base + i))/api/v0" COMMISSAIRE_DEMO_CURL="$dir/curl.conf" deploy/demo.sh ;; esac
done
case " $* " in *' --once '*) ;; *) wait ;; esac
