#!/bin/bash
# site.sh: runs a command on a hub that leases addresses to two clients.
#
#   eng/site.sh [--leasetime SECONDS] COMMAND [ARGUMENT]…
#
# Hub, laptop and phone are network namespaces with tunnels between them over
# wireguard-go; wg-dynamic-server serves wg0, and wg-dynamic-client has leases on
# wg1 (laptop) and wg2 (phone). COMMAND runs in the hub's namespace. All is gone
# with it. What it finds in its environment:
#
#   WGDYNAMIC_SITE   a directory: key.laptop and key.phone (public keys), wg0.conf
#                    and leases.db (the server's), *.log
#   WGDYNAMIC_BIN    our programs, each of which goes to where the interface in its
#                    arguments is; first in PATH, too
set -euo pipefail
# shellcheck source=eng/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

publish=$(realpath "${WGDYNAMIC_PUBLISH:-$root/artifacts/publish}")
leasetime=600

in_hub() { ip netns exec hub "$@"; }

# make_programs: a name for each of our programs that runs it where the interface is.
make_programs() {
	local program
	mkdir -p "$site/bin"
	for program in wg-dynamic wg-dynamic-server wg-dynamic-client; do
		cat >"$site/bin/$program" <<-END
			#!/bin/bash
			where=hub more=()
			for argument; do
				case \$argument in wg1) where=laptop ;; wg2) where=phone ;; esac
			done
			if [[ $program == wg-dynamic-server ]]; then
				[[ " \$*" == *" --config"* ]] || more+=(--config "$site/wg0.conf")
				[[ " \$*" == *" --database"* ]] || more+=(--database "$site/leases.db")
			fi
			case \$(ip netns identify) in
			"\$where") exec "$publish/$program" "\${more[@]}" "\$@" ;;
			*) exec ip netns exec "\$where" "$publish/$program" "\${more[@]}" "\$@" ;;
			esac
		END
		chmod 755 "$site/bin/$program"
	done
	export WGDYNAMIC_SITE=$site WGDYNAMIC_BIN=$site/bin PATH=$site/bin:$PATH
}

# client NAME NUMBER: a machine with a tunnel to the hub.
client() {
	local name=$1 number=$2 key
	ip netns add "$name"
	ip -n "$name" link set lo up
	ip link add "to-$name" netns hub type veth peer name wire netns "$name"
	ip -n hub address add "203.0.113.$((4 * number + 1))/30" dev "to-$name"
	ip -n "$name" address add "203.0.113.$((4 * number + 2))/30" dev wire
	ip -n hub link set "to-$name" up
	ip -n "$name" link set wire up
	ip netns exec "$name" wireguard-go "wg$number" >/dev/null 2>&1
	key=$(wg genkey)
	wg pubkey <<<"$key" >"$site/key.$name"
	ip netns exec "$name" wg setconf "wg$number" /dev/stdin <<-CONF
		[Interface]
		PrivateKey = $key
		[Peer]
		PublicKey = $(cat "$site/key.hub")
		Endpoint = 203.0.113.$((4 * number + 1)):51820
		AllowedIPs = fe80::/128, 10.66.0.0/24, fd66::/64
	CONF
	ip -n "$name" address add "fe80::c:$number/128" dev "wg$number"
	ip -n "$name" link set "wg$number" up
	ip -n "$name" route add 10.66.0.0/24 dev "wg$number"
	ip -n "$name" route add fd66::/64 dev "wg$number"
	in_hub wg set wg0 peer "$(cat "$site/key.$name")" allowed-ips "fe80::c:$number/128"
}

hub() {
	local key
	ip netns add hub
	ip -n hub link set lo up
	in_hub wireguard-go wg0 >/dev/null 2>&1
	key=$(wg genkey)
	wg pubkey <<<"$key" >"$site/key.hub"
	in_hub wg set wg0 private-key <(printf %s "$key") listen-port 51820
	ip -n hub address add fe80::/64 dev wg0 nodad
	ip -n hub link set wg0 up
	ip -n hub address add 10.66.0.1/24 dev wg0
	ip -n hub address add fd66::1/64 dev wg0 nodad
	cat >"$site/wg0.conf" <<-CONF
		[Server]
		LeaseTime = $leasetime
		[Pool]
		Name = office
		Range = 10.66.0.0/24
		[Pool]
		Name = office6
		Range = fd66::/64
	CONF
}

# leased NAME NUMBER: waits until it has its addresses; nobody announces that to a script.
leased() {
	local i
	for ((i = 0; i < 300; i++)); do
		(($(ip -n "$1" -oneline address show dev "wg$2" scope global | wc -l) < 2)) || return 0
		sleep 0.1
	done
	die "$1 gets no addresses: $(tail -n 3 "$site/$1.log")"
}

# remove_machines: not left to the end of all namespaces, since tests make one site after the other.
remove_machines() {
	local name
	for name in hub laptop phone; do
		[[ -e /run/netns/$name ]] || continue
		# shellcheck disable=SC2046 # one word each
		kill -KILL $(ip netns pids "$name") 2>/dev/null
		ip netns delete "$name"
	done
	rm -f /run/wg-dynamic/wg[012].* /run/wireguard/wg[012].sock
}

inside() {
	site=$(mktemp -d)
	# shellcheck disable=SC2016 # run_cleanups expands it
	on_exit 'rm -rf "$site"'
	umask 077
	mkdir -p /run/wg-dynamic
	on_exit remove_machines
	hub
	make_programs
	client laptop 1
	client phone 2
	wg-dynamic-server wg0 2>"$site/hub.log" || die "the server does not start: $(cat "$site/hub.log")"
	wg-dynamic-client wg1 2>"$site/laptop.log" || die "the client does not start: $(cat "$site/laptop.log")"
	wg-dynamic-client wg2 2>"$site/phone.log" || die "the client does not start: $(cat "$site/phone.log")"
	leased laptop 1
	leased phone 2
	in_hub "$@"
}

case ${1:-} in
--leasetime)
	(($# > 1)) || die "--leasetime needs seconds"
	leasetime=$2
	shift 2 ;;
-h | --help | '') sed -n '2,/^set -e/{/^set -e/d;s/^# \{0,1\}//;p}' "$0"; exit 0 ;;
esac
if [[ $1 == --inside ]]; then
	leasetime=$2
	shift 2
	inside "$@"
	exit
fi
need setpriv:util-linux wireguard-go:wireguard-go wg:wireguard-tools ip:iproute2
can_isolate || die "needs root and network namespaces, which are not to be had here"
[[ -x $publish/wg-dynamic-server ]] || die "no programs in $publish: run eng/build.sh"
isolated env PATH="$PATH" HOME="$HOME" "$root/eng/site.sh" --inside "$leasetime" "$@"
