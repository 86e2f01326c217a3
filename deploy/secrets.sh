#!/usr/bin/env bash
# Creates the secret files of an installation in a directory: secret.keys, users.json with a user "admin", and a database password as
# "password" (for PostgreSQL) and "pgpass" (for the server). Keeps existing files. Needs openssl, and commctl or the .NET SDK.
set -euo pipefail
[ $# -eq 1 ] || { echo "Usage: $0 DIRECTORY" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
commctl=(commctl)
command -v commctl >/dev/null || commctl=(dotnet run --project "$here/../src/Commissaire.Cli" --)

# The directory protects the files. The files are readable by all users, because containers mount them without the directory and as another user.
mkdir -p "$1"
chmod 700 "$1"
umask 022
cd "$1"
# Returns false and prints a message if a file exists.
missing() { [ ! -e "$1" ] || { echo "$1 exists: keeping it."; return 1; }; }

# Writes standard input to a file atomically.
write() { cat >"$1.new" && mv "$1.new" "$1"; }

if missing password; then
  password=$(openssl rand -hex 24)
  printf '%s' "$password" | write password
fi
! missing pgpass || printf '*:*:*:commissaire:%s\n' "$(<password)" | write pgpass
if missing secret.keys; then
  key=$(openssl rand -base64 32)
  printf '{"keys": [{"id": "k1", "key": "%s"}]}\n' "$key" | write secret.keys
fi
if missing users.json; then
  password=$(openssl rand -hex 12)
  hash=$("${commctl[@]}" passhash --file - <<<"$password")
  printf '{"admin": {"hash": "%s"}}\n' "$hash" | write users.json
  echo "User admin, password $password. This password is printed only once; users.json contains its hash."
fi
echo "Back up secret.keys separately from the database: the SSH keys of hosts in the database cannot be decrypted without it."
