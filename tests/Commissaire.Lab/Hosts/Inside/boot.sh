#!/bin/sh
# PID 1 of a lab host: sets up its root file system, starts its sshd, and ends when the lab closes stdin.
# $1: the directory of the host. Exit code 100: the host requested a reboot. 101: it requested a power-off.
set -eu
umask 022

# The reader is always PID 2. When the lab ends, the reader gets the end of its input, this script ends,
# and the kernel ends everything in the namespace with it.
cd /
exec 3<&0 </dev/null
cat <&3 >/dev/null 3<&- &
reader=$!
exec 3<&-

cd "$1"
exec >>launch.log 2>&1

# /usr is an overlay: the files of the distribution, then hidden commands, over the read-only /usr of the machine.
mount -t tmpfs -o mode=755,size=1m lab hidden
mkdir hidden/bin hidden/sbin
while read -r command; do
  if [ -e "/usr/$command" ]; then mknod "hidden/$command" c 0 0; fi
done <hidden-commands
if [ -L /usr/sbin ]; then rm -r hidden/sbin; fi
mount --bind root root
mount -t overlay -o ro,lowerdir=usr:hidden:/usr lab root/usr
mount --bind usr-local root/usr/local
for shared in etc/alternatives etc/ssl/certs etc/pki/tls/certs etc/pki/ca-trust/extracted etc/crypto-policies; do
  if [ -d "/$shared" ]; then mount -o bind,ro "/$shared" "root/$shared"; fi
done

mount -t proc proc root/proc
cat root/etc/hostname >root/proc/sys/kernel/hostname
mount -o bind,ro root/proc/sys root/proc/sys
if [ -e /proc/sysrq-trigger ]; then mount -o bind,ro root/proc/sysrq-trigger root/proc/sysrq-trigger; fi
mount -o bind,ro boot_id root/proc/sys/kernel/random/boot_id
mount -o bind,ro /sys root/sys

mount -t tmpfs -o mode=755,size=64m lab root/dev
mkdir root/dev/pts
mkdir -m 1777 root/dev/shm
mount -t devpts -o newinstance,ptmxmode=666,mode=620,gid=5 devpts root/dev/pts
ln -s pts/ptmx root/dev/ptmx
ln -s /proc/self/fd root/dev/fd
ln -s fd/0 root/dev/stdin
ln -s fd/1 root/dev/stdout
ln -s fd/2 root/dev/stderr
mknod -m 666 root/dev/null c 1 3
mknod -m 666 root/dev/zero c 1 5
mknod -m 666 root/dev/full c 1 7
mknod -m 666 root/dev/random c 1 8
mknod -m 666 root/dev/urandom c 1 9
mknod -m 666 root/dev/tty c 5 0

mkdir -p root/.machine
cd root
pivot_root . .machine
cd /
umount -l /.machine
rmdir /.machine

# Drop the capabilities that reach beyond this host: mounts, network, clock, kernel settings and devices.
capabilities=-all
for capability in chown dac_override fowner fsetid kill setgid setuid setpcap net_bind_service sys_chroot audit_write setfcap; do
  capabilities=$capabilities,+$capability
done
# The host may request a reboot as soon as sshd runs.
trap 'exit 100' USR1
trap 'exit 101' USR2
setpriv --bounding-set="$capabilities" --inh-caps=-all -- /usr/sbin/sshd -D -e -f /etc/ssh/sshd_config 2>>/var/log/sshd.log &
wait "$reader"
