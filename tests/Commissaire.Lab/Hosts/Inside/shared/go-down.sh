# Ends the host with a signal to its PID 1: USR1 to reboot, USR2 to power off.
# When the test holds the shutdown, the command returns, as it does with systemd, and the host goes down once the test releases it.
# Otherwise the host goes down before the command returns.
go_down() {
  must_be_root 'Call to Reboot failed: Interactive authentication required.' 1
  . $state/going-down
  if [ -z "$held" ]; then
    kill -s "$1" 1
    hang
  fi
  : >$state/stopping
  (trap '' HUP; while [ ! -e $state/shutdown-released ]; do sleep 0.05; done; kill -s "$1" 1) </dev/null >/dev/null 2>&1 &
}
