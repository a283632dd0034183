#!/bin/bash
# sleeping-machine.sh: a server and a client on a machine that sleeps, and whose clock is set.
# For eng/kernel-vm -s; ClockScenarios runs it, and reads its lines "ok …" and "FAILED …".
#
#   sleeping-machine.sh DIRECTORY-OF-THE-PROGRAMS
set -euo pipefail

# virtiofs lets no machine sleep (virtio_fs_freeze(), fs/fuse/virtio_fs.c). So what is
# needed goes into memory, and the machine's files are let go of.
move_to_memory() {
	local memory=/run/memory tools=(bash cat chroot date grep ip mkdir mount rtcwake sed sleep tail umount wc wg) file
	modprobe -a wireguard veth
	mkdir "$memory"
	mount -t tmpfs -o mode=755 memory "$memory"
	mkdir -p "$memory"/{bin,dev,etc,old,proc,run,sys,tmp,var/lib}
	for file in "${tools[@]}"; do cp -L "$(command -v "$file")" "$memory/bin/"; done
	cp "$1"/wg-dynamic-{server,client} "$memory/bin/"
	cp "${BASH_SOURCE[0]}" "$memory/script"
	# The server loads libssl only when it writes its history.
	for file in "$memory"/bin/* "$(ldconfig -p | sed -n '/libssl\.so\.[13]/{s/.*=> //p;q}')"; do
		[[ $file == "$memory"/* ]] || echo "$file"
		ldd "$file"
	done | grep -o '/[^ ]*' | sort -u | while read -r file; do
		mkdir -p "$memory${file%/*}"
		cp -L "$file" "$memory$file"
	done
	cd "$memory"
	pivot_root . old
	exec chroot . /bin/bash /script in-memory
}

let_go_of_files() {
	local directory device
	for directory in proc sys dev run; do mount --move "/old/$directory" "/$directory"; done
	umount -l /old
	for device in /sys/bus/virtio/drivers/virtiofs/virtio*; do
		echo "${device##*/}" >/sys/bus/virtio/drivers/virtiofs/unbind
	done
}

# uptime and awake: seconds since the machine started, with and without its sleep.
uptime() { sed 's/[. ].*//' /proc/uptime; }
awake() { sed -n '/^now at/{s/now at //;s/[0-9]\{9\} nsecs//p}' /proc/timer_list; }

give_up() {
	local log
	echo "FAILED $*"
	for log in server client; do
		echo "-- $log"
		cat "/tmp/$log"
	done
	exit 1
}

# wait_for LOG PATTERN [COUNT [SECONDS]]: for lines since the last mark.
declare -A marks=([server]=0 [client]=0)
mark() { local log; for log in server client; do marks[$log]=$(wc -l <"/tmp/$log"); done; }
since_mark() { tail -n "+$((marks[$1] + 1))" "/tmp/$1"; }
wait_for() {
	local begin
	begin=$(uptime)
	until (($(since_mark "$1" | grep -c -e "$2" || true) >= ${3:-1})); do
		(($(uptime) < begin + ${4:-60})) || give_up "no line like '$2' in the $1's log after ${4:-60} s"
		sleep 0.2
	done
}
never() { ! since_mark "$1" | grep -q -e "$2" || give_up "a line like '$2' in the $1's log"; }

addresses() { ip -n client -o address show dev wg1 scope global | sed 's/.* inet6\? \([^ ]*\) .*/\1/'; }
same_addresses() { [[ $(addresses) == "$leased" ]] || give_up "addresses are $(addresses), were $leased"; }

lease_time() {
	printf '[Server]\nLeaseTime = %ss\nPoolsFromRoutes = true\n' "$1" >/tmp/wg0.conf
	[[ ! ${server:-} ]] || kill -HUP "$server"
}

set_up() {
	local public_hub public_client
	ip link set lo up
	ip netns add client
	ip link add wire0 type veth peer name wire1 netns client
	ip link add wg0 type wireguard
	ip -n client link add wg1 type wireguard
	(umask 077; wg genkey >/tmp/hub; wg genkey >/tmp/peer)
	public_hub=$(wg pubkey </tmp/hub) public_client=$(wg pubkey </tmp/peer)
	wg set wg0 private-key /tmp/hub listen-port 51820 peer "$public_client" allowed-ips fe80::abcd/128
	ip netns exec client wg set wg1 private-key /tmp/peer peer "$public_hub" endpoint 10.255.0.1:51820 \
		allowed-ips fe80::/128,192.168.4.0/28,2001:db8:1234::/124
	ip -batch - <<-END
		address add 10.255.0.1/30 dev wire0
		link set wire0 up
		address add fe80::/64 dev wg0
		address add 192.168.4.1/28 dev wg0
		address add 2001:db8:1234::1/124 dev wg0
		link set wg0 up
	END
	ip -n client -batch - <<-END
		address add 10.255.0.2/30 dev wire1
		link set wire1 up
		address add fe80::abcd/128 dev wg1
		link set wg1 up
	END
}

# sleep_for SECONDS: the machine, not this script.
sleep_for() {
	local before=$(($(uptime) - $(awake)))
	rtcwake -m mem -s "$1" >/dev/null
	(($(uptime) - $(awake) - before >= $1 - 3)) || give_up "the machine did not sleep"
}

# ---------------------------------------------------------------------------

[[ ${1:-} == in-memory ]] || move_to_memory "$1"
PATH=/bin
let_go_of_files
set_up
lease_time 60
wg-dynamic-server -f --log-level debug --config /tmp/wg0.conf --database /var/lib/wg0.db wg0 2>/tmp/server &
server=$!
: >/tmp/client
wait_for server 'serving on'
ip netns exec client wg-dynamic-client -f --log-level debug wg1 2>/tmp/client &
wait_for client 'leased '
leased=$(addresses)

mark
sleep_for 35
wait_for client 'renewed ' 1 16
never client 'the lease is over'
same_addresses
echo "ok a short sleep"

lease_time 10
wait_for server 'configuration read anew'
ip -n client link set wg1 down
ip -n client link set wg1 up
wait_for client 'renewed .* for 10 s'
mark
sleep_for 25
wait_for client 'the lease is over' 1 16
wait_for client 'leased '
wait_for server 'ended: Expired'
same_addresses
echo "ok a long sleep"

for step in '+1 year' '-2 years' '+1 year'; do
	mark
	date -s "$step" >/dev/null
	wait_for client 'renewed ' 2
	never client 'the lease is over'
	never server 'ended'
	same_addresses
done
echo "ok a clock that jumps"
