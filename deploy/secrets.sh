#!/usr/bin/env bash
# Makes the files that are secret, once, in a directory of their own: secret.keys, users.json with a user "admin", and a database password as
# "password" (for PostgreSQL) and "pgpass" (for the server). Needs openssl, and commctl or the .NET SDK. What is there already stays as it is.
set -euo pipefail
[ $# -eq 1 ] || { echo "Usage: $0 DIRECTORY" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
commctl=(commctl)
command -v commctl >/dev/null || commctl=(dotnet run --project "$here/../src/Commissaire.Cli" --)

# Whoever may enter the directory may read the files: a container sees them under another user, and without the directory.
mkdir -p "$1"
chmod 700 "$1"
umask 022
cd "$1"
# Says so, and is false, when a file need not be made.
missing() { [ ! -e "$1" ] || { echo "$1 is there already."; return 1; }; }

# There with all it holds, or not at all.
keep() { cat >"$1.new" && mv "$1.new" "$1"; }

if missing password; then
  password=$(openssl rand -hex 24)
  printf '%s' "$password" | keep password
fi
! missing pgpass || printf '*:*:*:commissaire:%s\n' "$(<password)" | keep pgpass
if missing secret.keys; then
  key=$(openssl rand -base64 32)
  printf '{"keys": [{"id": "k1", "key": "%s"}]}\n' "$key" | keep secret.keys
fi
if missing users.json; then
  password=$(openssl rand -hex 12)
  hash=$("${commctl[@]}" passhash --file - <<<"$password")
  printf '{"admin": {"hash": "%s"}}\n' "$hash" | keep users.json
  echo "User admin, password $password. This is said only once; users.json keeps the hash."
fi
echo "Back up secret.keys, apart from the database: without it what the database holds of the hosts' keys cannot be read."
