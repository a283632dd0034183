#!/bin/bash
# demo.sh: a hub, a laptop, a WireGuard tunnel between them, and addresses leased inside it.
#
# Everything runs in network namespaces of its own, over wireguard-go, and is
# gone when the script ends.
set -euo pipefail
# shellcheck source=eng/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

lease=6 # seconds: short enough to be watched running out

hub() { ip netns exec hub "$@"; }
laptop() { ip netns exec laptop "$@"; }

# Tells what it does, as wg-quick does.
show() {
	say "[#] ${*/#"$bin"\//}"
	"$@"
}

leases_of_hub() { hub wg show wghub allowed-ips | cut -f2 | tr ' ' '\n' | grep -v '^fe80' || true; }
addresses_of_laptop() { laptop ip -oneline address show dev wglap scope global | awk '{print $4}'; }

# until_true COMMAND…: looks four times a second, for half a minute.
until_true() {
	local i
	for ((i = 0; i < 120; i++)); do
		! "$@" || return 0
		sleep 0.25
	done
	die "waited in vain for: $*"
}
is_leased() { (($(addresses_of_laptop | wc -l) == 2)); }
is_over() { [[ -z $(addresses_of_laptop)$(leases_of_hub) ]]; }

tunnel() {
	local hub_key laptop_key
	ip netns add hub
	ip netns add laptop
	ip link add wire netns hub type veth peer name wire netns laptop
	ip -n hub address add 203.0.113.1/24 dev wire
	ip -n laptop address add 203.0.113.2/24 dev wire
	ip -n hub link set wire up
	ip -n laptop link set wire up
	hub wireguard-go wghub >/dev/null 2>&1
	laptop wireguard-go wglap >/dev/null 2>&1

	umask 077
	hub_key=$(wg genkey) laptop_key=$(wg genkey)
	hub wg setconf wghub /dev/stdin <<-CONF
		[Interface]
		PrivateKey = $hub_key
		ListenPort = 51820
		[Peer]
		PublicKey = $(wg pubkey <<<"$laptop_key")
		AllowedIPs = fe80::abcd/128
	CONF
	laptop wg setconf wglap /dev/stdin <<-CONF
		[Interface]
		PrivateKey = $laptop_key
		[Peer]
		PublicKey = $(wg pubkey <<<"$hub_key")
		Endpoint = 203.0.113.1:51820
		AllowedIPs = fe80::/128, 10.66.0.0/24, fd66::/64
	CONF
	ip -n laptop address add fe80::abcd/128 dev wglap
	ip -n hub link set wghub up
	ip -n laptop link set wglap up
	# What wg-quick does with AllowedIPs.
	ip -n laptop route add 10.66.0.0/24 dev wglap
	ip -n laptop route add fd66::/64 dev wglap
}

scene() {
	local address
	step "a hub and a laptop, each knowing no more of the other than its public key and its fe80:: address"
	tunnel
	hub wg show wghub allowed-ips
	say
	step "the hub has addresses to give: the routes of its interface"
	show ip -n hub address add 10.66.0.1/24 dev wghub
	show ip -n hub address add fd66::1/64 dev wghub
	show ip netns exec hub "$bin/wg-dynamic-server" --ephemeral --leasetime "$lease" --assign-address wghub
	say
	step "the laptop asks for one of each, inside the tunnel"
	show ip netns exec laptop "$bin/wg-dynamic-client" wglap
	until_true is_leased
	laptop ip -brief address show dev wglap
	say "and the hub lets it use them:"
	hub wg show wghub allowed-ips
	say
	step "they work"
	for address in $(addresses_of_laptop); do
		case $address in
		*:*) show ip netns exec laptop ping -n -q -c 3 -i 0.2 -W 5 -I "${address%/*}" fd66::1 ;;
		*) show ip netns exec laptop ping -n -q -c 3 -i 0.2 -W 5 -I "${address%/*}" 10.66.0.1 ;;
		esac | grep -v '^$'
	done
	say
	step "the lease is for $lease seconds; $((lease + 2)) seconds later, the addresses are still the same"
	address=$(addresses_of_laptop)
	sleep $((lease + 2))
	[[ $(addresses_of_laptop) == "$address" ]] || die "not the same addresses: $address before, $(addresses_of_laptop) now"
	laptop ip -brief address show dev wglap
	say
	step "the client is killed without warning: the lease runs out on both sides by itself"
	show pkill -KILL -f wg-dynamic-client
	until_true is_over
	laptop ip -brief address show dev wglap
	hub wg show wghub allowed-ips
	say
	say "That was WgDynamic. How to set it up for good: README.md"
}

if [[ ${1:-} == --inside ]]; then
	bin=$root/artifacts/publish
	scene
	exit
fi
[[ ${1:-} == '' ]] || { sed -n '2,/^set -e/{/^set -e/d;s/^# \{0,1\}//;p}' "$0"; exit 0; }

need setpriv:util-linux wireguard-go:wireguard-go wg:wireguard-tools ip:iproute2 ping:iputils-ping pkill:procps
can_isolate || die "the demonstration needs root and network namespaces, which are not to be had here"
"$root/eng/build.sh"
say
run isolated "$root/eng/demo.sh" --inside
