#!/bin/sh
# Registers this machine with Commissaire at its first boot. Running it again is safe. Secrets are never printed or passed as arguments.
# The directory of this script also contains enrol.conf (the settings) and enrol.curl (the URL and credentials for curl).
set -eu
umask 077
PATH=$PATH:/usr/sbin:/sbin:/usr/bin:/bin
cd "$(dirname "$0")"
. ./enrol.conf

log() { echo "commissaire: $*"; }

if [ ! -e enrol.curl ]; then
    log "already registered"
    exit 0
fi

id "$remote_user" >/dev/null 2>&1 || useradd -m "$remote_user"
if [ "$(id -u "$remote_user")" -ne 0 ]; then
    # sudo ignores files with a dot in their name, and reads some characters of user names only after a backslash.
    sudoers=/etc/sudoers.d/commissaire-$(printf '%s' "$remote_user" | tr -c 'A-Za-z0-9_-' _)
    printf '%s ALL=(ALL) NOPASSWD: ALL\n' "$(printf '%s' "$remote_user" | sed 's/[^A-Za-z0-9_.-]/\\&/g')" >"$sudoers.new~"
    chmod 0440 "$sudoers.new~"
    mv -f "$sudoers.new~" "$sudoers"
fi

owner=$(id -u "$remote_user"):$(id -g "$remote_user")
home=$(getent passwd "$remote_user" | cut -d: -f6)
authorized=${authorized_keys_path:-$home/.ssh/authorized_keys}
key=${ssh_key_path:-$home/.ssh/id_ed25519}
if [ -z "$ssh_key_path" ] && [ ! -e "$key" ] && [ -e "$home/.ssh/id_rsa" ]; then
    key=$home/.ssh/id_rsa
fi

make_directory() {
    [ ! -d "$1" ] || return 0
    make_directory "$(dirname "$1")" 0755
    mkdir "$1"
    chmod "$2" "$1"
    case $1 in "$home"/* | "$(dirname "$key")" | "$(dirname "$authorized")") chown "$owner" "$1" ;; esac
}
make_directory "$(dirname "$key")" 0700
make_directory "$(dirname "$authorized")" 0700

create_key() { ssh-keygen -q -N '' -t "$1" -C commissaire -f "$2" </dev/null; }
if [ ! -e "$key" ]; then
    case $(basename "$key") in *ecdsa*) type=ecdsa ;; *rsa*) type=rsa ;; *) type=ed25519 ;; esac
    if ! create_key "$type" "$key"; then
        # In FIPS mode, ssh-keygen creates no ed25519 key.
        [ -z "$ssh_key_path" ] || exit 1
        key=$home/.ssh/id_rsa
        create_key rsa "$key"
    fi
fi
[ -e "$key.pub" ] || ssh-keygen -y -f "$key" >"$key.pub"
[ -e "$authorized" ] || : >"$authorized"
if ! grep -qF "$(cut -d' ' -f2 "$key.pub")" "$authorized"; then
    [ -z "$(tail -c 1 "$authorized")" ] || echo >>"$authorized"
    cat "$key.pub" >>"$authorized"
fi
chmod 0600 "$authorized"
chmod 0644 "$key.pub"
chown "$owner" "$key" "$key.pub" "$authorized"
if command -v restorecon >/dev/null; then
    restorecon -R "$(dirname "$key")" "$(dirname "$authorized")" || :
fi

# The host key of sshd: ed25519, else ecdsa, else rsa.
host_key=
files=$(sshd -T 2>/dev/null | sed -n 's/^hostkey //p' || :)
files=${files:-/etc/ssh/ssh_host_ed25519_key /etc/ssh/ssh_host_ecdsa_key /etc/ssh/ssh_host_rsa_key}
for kind in ssh-ed25519 ecdsa-sha2- ssh-rsa; do
    for file in $files; do
        if [ -z "$host_key" ] && [ -r "$file.pub" ] && grep -q "^$kind" "$file.pub"; then
            host_key=$(cut -d' ' -f1,2 "$file.pub")
        fi
    done
done

{
    printf '{"remote_user": "%s", "ssh_priv_key": "' "$(printf '%s' "$remote_user" | sed 's/\\/\\&/g')"
    base64 "$key" | tr -d '\n'
    printf '"'
    [ -z "$cluster" ] || printf ', "cluster": "%s"' "$cluster"
    [ -z "$port" ] || printf ', "port": %s' "$port"
    [ -z "$bootstrap" ] || printf ', "bootstrap": "%s"' "$bootstrap"
    [ -z "$host_key" ] || printf ', "host_key": "%s"' "$host_key"
    printf '}'
} >enrol.body

pause=1
waited=0
while :; do
    status=$(curl -q --config enrol.curl --upload-file enrol.body --output enrol.answer) || status=000
    case $status in
        2??)
            log "Commissaire response: $status"
            rm -f enrol.body enrol.answer enrol.curl
            exit 0
            ;;
        000) log "no response from the server" ;;
        *) log "Commissaire response: $status $(sed -n 's/.*"detail": *"\([^"]*\)".*/\1/p' enrol.answer)" ;;
    esac
    # Retry only transient errors.
    case $status in
        000 | 408 | 425 | 429 | 500 | 502 | 503 | 504) ;;
        *) waited=$retry_seconds ;;
    esac
    if [ "$waited" -ge "$retry_seconds" ]; then
        rm -f enrol.body enrol.answer
        log "not registered"
        exit 1
    fi
    sleep "$pause"
    waited=$((waited + pause))
    pause=$((pause < 16 ? pause * 2 : 30))
done
