# Ends the host by a signal to its PID 1: USR1 to come back, USR2 to stay down.
# Like systemd, it answers first and goes down later when the test gave it $lingers seconds; otherwise nobody lives to hear an answer.
go_down() {
  must_be_root 'Call to Reboot failed: Interactive authentication required.' 1
  . $state/going-down
  if [ "$lingers" = 0 ]; then
    kill -s "$1" 1
    hang
  fi
  (trap '' HUP; sleep "$lingers"; kill -s "$1" 1) </dev/null >/dev/null 2>&1 &
}
