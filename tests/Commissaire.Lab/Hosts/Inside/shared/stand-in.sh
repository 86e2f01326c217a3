# Every stand-in sources this file first: it logs the command, then runs the script of the test, if there is one.
# The usual behaviour of the stand-in follows, with say, complain, must_be_root and the files in $state.
name=${0##*/}
state=/var/lib/lab
told=$*
quiet=

say() { [ -n "$quiet" ] || printf '%s\n' "$*"; }
complain() { printf '%s\n' "$*" >&2; }

json() {
  case $1 in
    *[\\\"[:cntrl:]]*) escaped=$(printf '%s' "$1" | sed 's/[\\"]/\\&/g; s/\t/\\t/g; s/\r/\\r/g; $!s/$/\\n/' | tr -d '\000-\037') ;;
    *) escaped=$1 ;;
  esac
  printf '"%s"' "$escaped"
}

write_down() {
  read -r boot </proc/sys/kernel/random/boot_id
  argv=$(json "$name"; for word; do printf ','; json "$word"; done)
  printf '{"at":"%s","boot":"%s","user":"%s","sudo_user":"%s","argv":[%s]}\n' \
    "$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)" "$boot" "$(id -un)" "${SUDO_USER-}" "$argv" >>$state/commands.jsonl
}

# Waits without keeping the caller's output open, so that a caller that kills the command need not wait for sleep.
take() {
  case $1 in 0|'') return ;; esac
  sleep "$1" </dev/null >/dev/null 2>&1 &
  wait $!
}

# The functions of a script: see Behaviour.cs.
when() { case $told in $1) return 0 ;; *) return 1 ;; esac; }
at_most() {
  turn=1
  while [ "$turn" -le "$1" ]; do
    if mkdir "$state/used/$2.$turn" 2>/dev/null; then return 0; fi
    turn=$((turn + 1))
  done
  return 1
}
leave_process() { (trap '' HUP; exec sleep 2147483647) & }
hang() { exec sleep 2147483647; }
hold() { while [ -e "$state/scripts/$name" ]; do sleep 0.05; done; }
print() { printf '%s' "$1"; quiet=yes; }
print_error() { printf '%s' "$1" >&2; }
end_with() { case $1 in 0) ;; *) exit "$1" ;; esac; }
scripted() { if [ -r "$state/scripts/$name" ]; then . "$state/scripts/$name"; fi; }

must_be_root() {
  [ "$(id -u)" = 0 ] && return
  complain "$1"
  exit "$2"
}

# Splits the command line of a package manager into $verb, $packages and $yes. $1 lists the options that take a value.
parse_packages() {
  valued=" $1 "
  shift
  verb= packages= yes= skip=
  for word; do
    if [ -n "$skip" ]; then skip=; continue; fi
    case $word in
      --assumeyes|--assume-yes|--yes) yes=yes ;;
      --*) ;;
      -*) case $valued in *" $word "*) skip=yes ;; esac
          case $word in -*y*) yes=yes ;; esac ;;
      *) if [ -z "$verb" ]; then verb=$word; else packages="$packages $word"; fi ;;
    esac
  done
}

broken() { [ -e "$state/faults/$1" ]; }

installed() { [ -e "$state/packages/$1" ]; }

. $state/settings
write_down "$@"
scripted
