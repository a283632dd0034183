# shellcheck shell=bash
# What the scripts of eng/ share. Source it right after `set -euo pipefail`.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
me=${0##*/}
PATH=$PATH:/usr/sbin:/sbin # Debian keeps ip, nft and modprobe out of a user's PATH

say() { printf '%s\n' "$*"; }
step() { if [[ -t 1 ]]; then printf '\e[1m== %s\e[0m\n' "$*"; else printf '== %s\n' "$*"; fi; }
warn() { printf '%s: %s\n' "$me" "$*" >&2; }
die() { warn "$*"; exit 1; }

# ---- cleaning up ----------------------------------------------------------

cleanups=() cleanups_made=0
# Traps run under the redirections of the command that they interrupt.
exec {script_stdout}>&1 {script_stderr}>&2

# on_exit COMMAND: evaluated when the script ends, however it ends, last one first.
on_exit() { cleanups[cleanups_made++]=$1; }

run_cleanups() {
	local i status=$?
	trap '' INT TERM HUP # a second Ctrl+C must not cut the cleaning short
	set +e
	exec 1>&"$script_stdout"
	exec 2>&"$script_stderr"
	for ((i = cleanups_made - 1; i >= 0; i--)); do eval "${cleanups[i]:-}"; done
	exit "$status"
}

trap run_cleanups EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# start COMMAND…: runs it in the background; its process id is in $started. It
# gets a process group of its own, so that the whole tree can be ended, and
# does not inherit bash's "background jobs ignore SIGINT".
start() {
	set -m
	"$@" </dev/null {script_stdout}>&- {script_stderr}>&- &
	started=$!
	set +m
	on_exit "stop $started"
}

# signal_group SIGNAL PID: sudo's children can only be signalled through sudo.
signal_group() {
	kill "-$1" -- "-$2" 2>/dev/null || ((EUID)) || return 1
	((EUID == 0)) || sudo -n kill "-$1" -- "-$2" 2>/dev/null
}

# stop PID: ends what `start` started, children included.
stop() {
	local i
	signal_group TERM "$1" || return 0
	for ((i = 0; i < 50; i++)); do
		signal_group 0 "$1" || return 0
		sleep 0.1
	done
	signal_group KILL "$1" || true
}

# run COMMAND…: like calling it, but a signal is acted on at once: bash delays
# traps while it waits for a foreground command.
run() {
	local status=0 i
	start "$@"
	i=$((cleanups_made - 1))
	wait "$started" || status=$?
	# Usually nobody of the group is left; what is left (a compiler server) is
	# ended with the script.
	signal_group 0 "$started" || unset "cleanups[i]"
	return "$status"
}

# ---- privileges -----------------------------------------------------------

# can_be_root: whether as_root can work, asking for a password only at a terminal.
can_be_root() {
	((EUID == 0)) || { command -v sudo >/dev/null && { sudo -n true 2>/dev/null || { [[ -t 0 && -t 2 ]] && sudo -v; }; }; }
}

as_root() { if ((EUID == 0)); then "$@"; else sudo "$@"; fi; }

# isolated COMMAND…: runs it as root in process, mount and network namespaces
# of its own, with an empty /run. The kernel takes everything in them away when
# the command ends or this script dies: processes, named network namespaces,
# interfaces, sockets in /run/wireguard. And two runs cannot meet.
isolated() {
	# shellcheck disable=SC2016 # the inner shell expands it
	as_root setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child --mount-proc --net --propagation private \
		bash -c '
			mount -t tmpfs -o mode=755 run /run
			mkdir -p /run/lock /run/netns /run/wireguard
			# Some tests run wireguard-go as another user, for whom a distribution opens this device, and a container does not.
			chmod 1777 /run/wireguard
			[[ ! -c /dev/net/tun ]] || { mknod -m 666 /run/tun c 10 200 && mount --bind /run/tun /dev/net/tun; } || true
			ip link set lo up
			# Not exec: process 1 inherits what daemons leave behind, and bash buries its dead.
			"$@"
			exit $?' _ "$@"
}

# can_isolate: whether `isolated` works here; containers often forbid it.
can_isolate() {
	can_be_root && isolated true 2>/dev/null
}

# ---- packages -------------------------------------------------------------

apt_updated=

# Waits for other users of apt: package commands have an option for that;
# for `update`, which has none, our own scripts queue up on a directory of dpkg.
apt_get() {
	as_root flock --close /var/lib/dpkg env DEBIAN_FRONTEND=noninteractive \
		apt-get -qq -o DPkg::Lock::Timeout=300 "$@"
}

apt_update() {
	local try
	[[ ! $apt_updated ]] || return 0
	for try in 1 2 3 4 5; do
		((try == 1)) || sleep 5 # someone else's update holds the lists
		if apt_get update >/dev/null 2>&1; then
			apt_updated=1
			return 0
		fi
	done
	warn "apt-get update failed; going on with the lists that are there"
	apt_updated=1
}

# missing COMMAND:PACKAGE…: the PACKAGEs whose COMMAND (or, if it begins with a
# slash, whose file) is not there.
missing() {
	local pair
	for pair; do
		if [[ $pair == /* ]]; then [[ -e ${pair%%:*} ]]; else command -v "${pair%%:*}" >/dev/null; fi || say "${pair#*:}"
	done | sort -u
}

# need COMMAND:PACKAGE…: installs the Debian packages of what is missing.
need() {
	local packages log
	mapfile -t packages < <(missing "$@")
	((${#packages[@]})) || return 0
	command -v apt-get >/dev/null ||
		die "missing: $*. Without apt-get, install what gives these (COMMAND:DEBIAN-PACKAGE) yourself"
	can_be_root ||
		die "missing packages; as root, run: apt-get update && apt-get install --no-install-recommends ${packages[*]}"
	say "installing ${packages[*]}"
	apt_update
	log=$(apt_get install -y --no-install-recommends "${packages[@]}" 2>&1) || {
		tail -n 20 <<<"$log" >&2
		die "apt-get install ${packages[*]} failed"
	}
	mapfile -t packages < <(missing "$@")
	((${#packages[@]} == 0)) || die "installed, but still not there: ${packages[*]}"
}

# unpack DIRECTORY PACKAGE…: puts the files of Debian packages there, whole or not
# at all, without installing them.
unpack() {
	local directory=$1 log package
	shift
	command -v apt-get >/dev/null || die "no apt-get to download $* with"
	say "downloading $*"
	apt_update
	rm -rf "$directory.new"
	mkdir -p "$directory.new/packages"
	log=$(cd "$directory.new/packages" && apt-get -qq download "$@" 2>&1) || {
		tail -n 20 <<<"$log" >&2
		die "apt-get download $* failed"
	}
	for package in "$directory.new/packages"/*.deb; do dpkg-deb -x "$package" "$directory.new"; done
	rm -rf "$directory.new/packages" "$directory"
	mv "$directory.new" "$directory"
}

# ---- .NET -----------------------------------------------------------------

need_dotnet() {
	local dotnet
	command -v dotnet >/dev/null || PATH=$PATH:${DOTNET_ROOT:-$HOME/.dotnet}
	command -v dotnet >/dev/null ||
		die 'the .NET 10 SDK is missing: see "Install .NET on Linux" in the .NET documentation'
	(cd "$root" && dotnet --version >/dev/null 2>&1) ||
		die "no .NET SDK that global.json accepts ($(grep -o '"version": *"[^"]*"' "$root/global.json")): see \"Install .NET on Linux\" in the .NET documentation"
	# Executables that need the shared runtime look for it here, also as root
	# and inside the virtual machine.
	dotnet=$(readlink -f "$(command -v dotnet)")
	export DOTNET_ROOT=${dotnet%/*}
	# Build servers must not outlive the script. The compiler's is worth its
	# start, so it gets a name of its own and ends with the script.
	export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0
	export SharedCompilationId=${SharedCompilationId:-wg-dynamic-$$}
	export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_GENERATE_ASPNET_CERTIFICATE=false
	[[ -t 1 ]] || export NO_COLOR=1 MSBUILDTERMINALLOGGER=off
}

# ---- PowerShell -----------------------------------------------------------

# pinned NAME: the version that Directory.Packages.props gives to it.
pinned() { sed -n "s|.*<$1>\(.*\)</$1>.*|\1|p" "$root/Directory.Packages.props"; }

tools=$root/artifacts/tools
powershell=() # pwsh as tests want it, after need_pwsh

# need_pwsh: sets $powershell to a command with pwsh, 7.6 or later, of PATH or
# else of $tools, which it puts into PATH, and unpacks Pester below $tools. Fails, with the reason in
# $no_powershell, where they cannot be had. Nothing is put into the user's home,
# and nobody is asked whether there is a new release.
need_pwsh() {
	local log=$root/artifacts/logs/powershell.log version quiet
	need_dotnet
	quiet=(env POWERSHELL_TELEMETRY_OPTOUT=1 POWERSHELL_UPDATECHECK=Off
		XDG_CACHE_HOME="$tools/home" XDG_CONFIG_HOME="$tools/home" XDG_DATA_HOME="$tools/home")
	powershell=("${quiet[@]}" DOTNET_ROOT="$DOTNET_ROOT" pwsh -NoLogo -NoProfile -NonInteractive)
	# shellcheck disable=SC2016 # PowerShell expands it
	[[ $("${powershell[@]}" -Command '$PSVersionTable.PSVersion -ge "7.6.0"' 2>/dev/null || true) == True ]] || {
		version=$(pinned PowerShellVersion)
		[[ -x $tools/powershell-$version/pwsh ]] || {
			rm -rf "$tools/powershell-$version"
			quietly "$log" dotnet tool install PowerShell --version "$version" --tool-path "$tools/powershell-$version"
		} || { no_powershell="no pwsh 7.6 in PATH, and the dotnet tool PowerShell $version cannot be installed: $log"; return 1; }
		PATH=$tools/powershell-$version:$PATH # also for scripts that start another
	}
	for version in "$(pinned PesterVersion)" "$(pinned OldestPesterVersion)"; do
		[[ ! -e $tools/pester-$version/Pester/Pester.psd1 ]] || continue
		quietly "$log" dotnet restore "$root/eng/pester.csproj" -v quiet -nologo ||
			{ no_powershell="the package Pester $version cannot be restored: $log"; return 1; }
		mkdir -p "$tools/pester-$version"
		ln -sfn "$tools/packages/pester/$version/tools" "$tools/pester-$version/Pester"
	done
}

# quietly LOG COMMAND…: keeps the output in LOG, and shows its end only on failure.
quietly() {
	local log=$1 status=0
	shift
	mkdir -p "${log%/*}"
	run "$@" >"$log" 2>&1 || status=$?
	((status == 0)) || { tail -n 40 "$log" | cut -c1-400; say "(all of it: $log)"; }
	return "$status"
}
