#!/bin/bash
# bench.sh: what this machine gives, as one table of figures and ratios.
#
#   eng/bench.sh [--quick] [PART]…
#
#   --quick   a minute instead of five, and less certain
#   PART      only this: disk, renewals, new_grants, through_tunnel, starts, pools or module
#
# What a figure stands beside was measured in the same run, on the same processors:
# a bare echo server for the network, fdatasync for the disk. Nothing here
# passes or fails. The table is also in artifacts/bench/table.txt.
set -euo pipefail
# shellcheck source=eng/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

inside='' quick='' parts=()
while (($#)); do
	case $1 in
	--inside) inside=1; shift ;;
	--quick) quick=1; shift ;;
	disk | renewals | new_grants | through_tunnel | starts | pools | module) parts+=("$1"); shift ;;
	-h | --help) sed -n '2,/^set -e/{/^set -e/d;s/^# \{0,1\}//;p}' "$0"; exit 0 ;;
	*) die "unknown argument $1 (see -h)" ;;
	esac
done

server=$root/artifacts/publish/wg-dynamic-server
bench=$root/artifacts/bench/bin/WgDynamic.Bench
data=$root/artifacts/bench/data # on a disk, and not in memory as /tmp may be
logs=$root/artifacts/bench/logs
seconds=3 turns=2 sessions=(1 16 64 256) grants=(4000 6000 8000 8000) memory=(10000 100000 1000000) few=1000
if [[ $quick ]]; then seconds=1 turns=1 grants=(500 2000 3000 3000) memory=(10000 100000); fi

hub() { ip netns exec hub "$@"; }
laptop() { ip netns exec laptop "$@"; }

# ---- the table ------------------------------------------------------------

row() { printf '%-58s %10s  %-24s %6s %7s %7s  %s\n' "$@"; } # WHAT FIGURE BESIDE RATIO P50 P99 AIM
title() { printf '\n%s\n' "$*"; }

# grouped NUMBER: with commas.
grouped() { sed ':a;s/\B[0-9]\{3\}\>/,&/;ta' <<<"$1"; }

ratio() { awk -v a="$1" -v b="$2" 'BEGIN { if (b > 0) printf "%.2f", a / b; else printf "-" }'; }

# ---- the network ----------------------------------------------------------

# One route and one neighbour for all peers: neither address table nor neighbour
# discovery is what is to be measured.
network() {
	local mac=02:00:00:00:00:0
	ip netns add hub
	ip netns add laptop
	ip link add veth0 netns hub address ${mac}1 type veth peer name veth1 netns laptop address ${mac}2
	ip -n hub link set veth0 addrgenmode none up
	ip -n laptop link set veth1 addrgenmode none up
	ip -n hub address add fe80::/64 dev veth0 nodad
	ip -n laptop address add fe80::ffff/64 dev veth1 nodad
	ip -n hub neighbour replace fe80::ffff lladdr ${mac}2 dev veth0 nud permanent
	ip -n laptop neighbour replace fe80:: lladdr ${mac}1 dev veth1 nud permanent
	ip -n hub route add fe80::1:0:0/96 via fe80::ffff dev veth0
	ip -n laptop route add local fe80::1:0:0/96 dev veth1
	laptop sysctl -q -w net.ipv6.ip_nonlocal_bind=1
}

tunnel() {
	local hub_key laptop_key
	ip link add wire netns hub type veth peer name wire netns laptop
	ip -n hub address add 203.0.113.1/24 dev wire
	ip -n laptop address add 203.0.113.2/24 dev wire
	ip -n hub link set wire up
	ip -n laptop link set wire up
	hub wireguard-go wg0 >/dev/null 2>&1
	laptop wireguard-go wg1 >/dev/null 2>&1
	umask 077
	hub_key=$(wg genkey) laptop_key=$(wg genkey)
	hub wg setconf wg0 /dev/stdin <<-CONF
		[Interface]
		PrivateKey = $hub_key
		ListenPort = 51820
		[Peer]
		PublicKey = $(wg pubkey <<<"$laptop_key")
		AllowedIPs = fe80::1:0:0/128
	CONF
	laptop wg setconf wg1 /dev/stdin <<-CONF
		[Interface]
		PrivateKey = $laptop_key
		[Peer]
		PublicKey = $(wg pubkey <<<"$hub_key")
		Endpoint = 203.0.113.1:51820
		AllowedIPs = fe80::/128
	CONF
	ip -n hub address add fe80::/64 dev wg0 nodad
	ip -n laptop address add fe80::1:0:0/128 dev wg1 nodad
	ip -n hub link set wg0 up
	ip -n laptop link set wg1 up
	ip -n laptop route add fe80::/128 dev wg1
}

# ---- what runs ------------------------------------------------------------

# started_saying WORDS LOG COMMAND…: starts it in the hub and waits until it says so.
started_saying() {
	local words=$1 log=$logs/$2.log i
	shift 2
	start ip netns exec hub "$@" >"$log" 2>&1
	for ((i = 0; i < 600; i++)); do
		! grep -q "$words" "$log" || return 0
		sleep 0.05
	done
	tail -n 5 "$log" >&2
	die "waited in vain for '$words' from $*"
}

peers_on_device() { started_saying ready uapi "$bench" uapi veth0 "$1" "$2"; device=$started; }
echo_on() { started_saying ready "echo-$1" "$bench" echo "$1" 971; }

# serve INTERFACE DATABASE: the real thing, as a user would start it.
serve() {
	started_saying "serving on" server "$server" --foreground --config "$data/server.conf" --database "$data/$2" "$1"
	serving=$started
}

load() { laptop "$bench" load "$@"; }

# compare WHAT MODE SESSIONS FIRST-PEER PEERS FAMILIES AIM [INTERFACE]: server and echo server in turns, twice,
# since others use the machine too. A peer's first address it gets once, so each turn has peers of its own.
compare() {
	local what=$1 mode=$2 count=$3 first=$4 peers=$5 families=$6 aim=$7 link=${8:-veth1}
	local turn rate=0 echoed=0 p50=0 p99=0 failed=0 its_rate its_p50 its_p99 its_failed its_echo
	[[ $mode == renew ]] || ((peers /= turns))
	for ((turn = 0; turn < turns; turn++)); do
		read -r its_rate its_p50 its_p99 its_failed < <(load "$link" 970 "$mode" "$count" "$seconds" "$first" "$peers" "$families")
		read -r its_echo _ < <(load "$link" 971 "$mode" "$count" "$seconds" "$first" "$peers" "$families")
		[[ ${its_failed-} && ${its_echo-} ]] || die "no figures for $what: see $logs"
		((rate += its_rate / turns, echoed += its_echo / turns, p50 += its_p50 / turns, p99 += its_p99 / turns, failed += its_failed)) || true
		[[ $mode == renew ]] || ((first += peers))
	done
	((failed == 0)) || what+=" ($failed REFUSED)"
	row "$what" "$(grouped "$rate")" "echo $(grouped "$echoed")" "$(ratio "$rate" "$echoed")" "$(milliseconds "$p50")" "$(milliseconds "$p99")" "$aim"
}

milliseconds() { awk -v us="$1" 'BEGIN { printf "%.2f", us / 1000 }'; }

# What the disk gives right now: it may have been another minutes ago.
disk_meanwhile() {
	local one
	one=$("$bench" fdatasync "$data" 1 0.5)
	row "the disk meanwhile: records alone" "$(grouped "$one")" "" "" "" "" ""
}

# ---- the figures ----------------------------------------------------------

disk() {
	local one many
	one=$("$bench" fdatasync "$data" 1 "$seconds")
	many=$("$bench" fdatasync "$data" 100 "$seconds")
	title "Disk: records of 100 bytes a second, appended and fdatasynced ($(stat -f -c %T "$data"))"
	row "one record at a time" "$(grouped "$one")" "" "" "" "" ""
	row "100 records at a time" "$(grouped "$many")" "alone $(grouped "$one")" "$(ratio "$many" "$one")" "" "" ""
}

renewals() {
	local i aim
	title "Durable renewals a second, IPv4 and IPv6 in each; $few peers on the device"
	peers_on_device "$few" 0
	serve veth0 renewals.db
	for i in "${sessions[@]}"; do
		aim=''
		((i != 64)) || aim="ratio 0.5"
		compare "renewals, $i sessions" renew "$i" 0 "$i" both "$aim"
	done
	disk_meanwhile
	stop "$serving"
	stop "$device"
}

new_grants() {
	local i first=0 total=0 aim
	for i in "${grants[@]}"; do ((total += i)); done
	((total += 2 * grants[2]))
	title "New durable grants a second, each to a peer of its own; $(grouped "$total") peers on the device"
	peers_on_device "$total" 0
	serve veth0 grants.db
	for i in "${!sessions[@]}"; do
		aim=''
		((sessions[i] < 64)) || aim="15,000"
		compare "grants of IPv4, ${sessions[i]} at a time" grant "${sessions[i]}" "$first" "${grants[i]}" ipv4 "$aim"
		((first += grants[i]))
	done
	compare "grants of IPv4 and IPv6, 64 at a time" grant 64 "$first" "${grants[2]}" both ""
	((first += grants[2]))
	compare "grants of IPv4, 64 at a time, connecting included" connect 64 "$first" "${grants[2]}" ipv4 ""
	disk_meanwhile
	stop "$serving"
	stop "$device"
}

through_tunnel() {
	local i
	title "Durable renewals a second through wireguard-go, all sessions of one peer"
	tunnel
	echo_on wg0
	serve wg0 tunnel.db
	for i in 1 4 64; do
		compare "renewals through the tunnel, $i sessions" renew "$i" 0 1 both "ratio 0.9" wg1
	done
	disk_meanwhile
	stop "$serving"
}

# start_of LEASES PEERS TEXT AIMS: PEERS of the leases' peers are on the device, with their addresses.
start_of() {
	local elapsed kib aim=''
	peers_on_device "$2" "$2"
	read -r elapsed kib < <(hub "$bench" start "$server" --foreground --config "$data/server.conf" --database "$data/filled.db" veth0)
	stop "$device"
	[[ ! $4 ]] || aim="under 1 s, under 60 MiB"
	row "$(grouped "$1") leases, $3" "$elapsed ms" "$((kib / 1024)) MiB resident" "" "" "" "$aim"
}

starts() {
	local i
	title "From start to serving, and memory after two looks at the device, twelve seconds later"
	for i in "${memory[@]}"; do
		rm -f "$data"/filled.db*
		"$bench" fill "$data/filled.db" "$i"
		start_of "$i" 1 "none of their peers on the device" "$([[ $i != 100000 ]] || say 1)"
		((i > 100000)) || start_of "$i" "$i" "all of their peers on the device" "$([[ $i != 100000 ]] || say 1)"
	done
}

pools() {
	local name ns empty=''
	title "Choosing, taking and freeing one address, in nanoseconds"
	while IFS=$'\t' read -r name ns; do
		[[ $name != *" 0 % full" && $name != *empty ]] || empty=$ns
		row "$name" "$ns" "empty $empty" "$(ratio "$ns" "$empty")" "" "" "the same"
	done < <("$bench" pools ${quick:+quick})
}

# The PowerShell module, in a pwsh that is there already: importing it, and 100,000 leases out of the server.
module() {
	local name value count=100000
	local -A figure=()
	[[ ! $quick ]] || count=10000
	title "PowerShell module: import, and Get-WgLease over $(grouped "$count") leases, in milliseconds"
	need_pwsh || { row "not measured: $no_powershell" "" "" "" "" "" ""; return 0; }
	"$bench" fill "$data/module.db" "$count"
	peers_on_device "$count" "$count"
	serve veth0 module.db
	while read -r name value; do figure[$name]=$value; done < <(
		hub "${powershell[@]}" -File eng/bench.ps1 -Module "$(echo "$root"/artifacts/module/WgDynamic/*)" -Scratch "$data" -Interface veth0
	)
	[[ ${figure[count]-} == "$count" ]] || die "Get-WgLease gave ${figure[count]-nothing} of $count leases"
	row "import, in a new process" "${figure[import]}" "empty module ${figure[empty]}" "$(ratio "${figure[import]}" "${figure[empty]}")" "" "" "300"
	row "the first lease" "${figure[first]}" "the very first time ${figure[cold]}" "" "" "" "100"
	row "all leases" "$(grouped "${figure[all]}")" "$(awk -v n="$count" -v ms="${figure[all]}" 'BEGIN { printf "%d a second", n * 1000 / ms }')" "" "" "" "3,000"
	row "MiB of objects left afterwards" "${figure[memory]}" "" "" "" "" ""
	stop "$serving"
	stop "$device"
}

table() {
	say "$(date -u +%Y-%m-%dT%H:%MZ), $(nproc) processors, $(uname -sr), $(git -C "$root" rev-parse --short HEAD 2>/dev/null || say unknown); everything on one machine, the load too"
	row what figure beside ratio "p50 ms" "p99 ms" aim
	local part
	for part in "${parts[@]}"; do "$part"; done
}

((${#parts[@]})) || parts=(disk renewals new_grants through_tunnel starts pools module)
if [[ $inside ]]; then
	rm -rf "$data" "$logs"
	mkdir -p "$data" "$logs"
	# shellcheck disable=SC2016 # run_cleanups expands it
	on_exit 'rm -rf "$data"'
	cat >"$data/server.conf" <<-CONF
		[Server]
		ConnectionsPerPeer = 1024
		[Pool]
		Range = 10.0.0.0/8
		[Pool]
		Range = fd66::/64
	CONF
	network
	echo_on veth0
	table | tee "$root/artifacts/bench/table.txt"
	exit
fi

need setpriv:util-linux wireguard-go:wireguard-go wg:wireguard-tools ip:iproute2 sysctl:procps
can_isolate || die "benchmarks need root and network namespaces, which are not to be had here"
"$root/eng/build.sh"
say
need_dotnet
step "publish WgDynamic.Bench"
quietly "$root/artifacts/logs/publish-bench.log" \
	dotnet publish "$root/tests/WgDynamic.Bench" -c Release --use-current-runtime -o "$root/artifacts/bench/bin" -nologo -v quiet \
	-p:PublishDocumentationFiles=false || die "publishing WgDynamic.Bench failed"
need_pwsh || warn "$no_powershell"
run isolated env PATH="$PATH" HOME="$HOME" "$root/eng/bench.sh" --inside ${quick:+--quick} "${parts[@]}"
