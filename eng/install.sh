#!/bin/bash
# install.sh: installs WgDynamic on this machine, for distributions without .deb packages.
#
#   eng/install.sh [--prefix PREFIX]               builds first, if that has not been done
#   eng/install.sh [--prefix PREFIX] --uninstall   takes back what it has installed
#
#   --prefix PREFIX   where the programs go, in PREFIX/bin and PREFIX/sbin (/usr/local)
#
# With DESTDIR in the environment it only puts the files below that directory: for
# those who make packages. What is installed is listed in PREFIX/share/wg-dynamic/installed.
# Configuration (/etc/wg-dynamic) and leases (/var/lib/wg-dynamic) are never removed.
set -euo pipefail
# shellcheck source=eng/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=eng/stage.sh
. "$root/eng/stage.sh"

arguments=("$@") prefix=/usr/local uninstall=
while (($#)); do
	case $1 in
	--prefix)
		(($# > 1)) || die "--prefix needs a directory"
		prefix=${2%/}
		shift 2 ;;
	--uninstall) uninstall=1; shift ;;
	-h | --help) sed -n '2,/^set -e/{/^set -e/d;s/^# \{0,1\}//;p}' "$0"; exit 0 ;;
	*) die "unknown argument $1 (see -h)" ;;
	esac
done
[[ $prefix == /* ]] || die "the prefix must begin with a slash: $prefix"
destdir=${DESTDIR:-}
destdir=${destdir%/}
manifest=$prefix/share/wg-dynamic/installed
units=('wg-dynamic-server@*.service' 'wg-dynamic-client@*.service')

# tell COMMAND…: says it as wg-quick does, and runs it.
tell() {
	say "[#] $*"
	"$@"
}

# for_real: whether this is the machine itself and not a tree for a package.
for_real() { [[ ! $destdir ]]; }

has_systemd() { for_real && [[ -d /run/systemd/system ]]; }

refuse_beside_package() {
	local package
	for_real && command -v dpkg-query >/dev/null || return 0
	for package in wg-dynamic wg-dynamic-server wg-dynamic-powershell; do
		# shellcheck disable=SC2016 # dpkg-query expands it
		[[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) != installed ]] ||
			die "the Debian package $package is installed, and two would be in each other's way; for this one, first: apt-get remove wg-dynamic"
	done
}

# ---- installing -----------------------------------------------------------

# remember_staged: the list of what is there from now on, also if we are interrupted.
remember_staged() {
	((${#staged[@]})) || return 0
	{ [[ ! -e $destdir$manifest ]] || cat "$destdir$manifest"; printf '%s\n' "${staged[@]}"; } |
		awk '!seen[$0]++' >"$destdir$manifest.new" && mv -f "$destdir$manifest.new" "$destdir$manifest"
}

# forget_old: removes the files of an earlier version that this one does not have.
forget_old() {
	local line lines
	mapfile -t lines <"$destdir$manifest"
	for line in "${lines[@]}"; do
		if [[ $line == */ || ${current[$line]:-} ]]; then
			say "$line" >&3
		else
			tell rm -f "$destdir$line"
		fi
	done 3>"$destdir$manifest.new"
	mv -f "$destdir$manifest.new" "$destdir$manifest"
}

make_user() {
	if command -v systemd-sysusers >/dev/null; then
		tell systemd-sysusers "$prefix/lib/sysusers.d/wg-dynamic.conf"
	elif ! getent passwd wg-dynamic >/dev/null; then
		tell useradd --system --user-group --home-dir /var/lib/wg-dynamic --no-create-home \
			--shell "$(command -v nologin || say /bin/false)" wg-dynamic
	fi
	if command -v systemd-tmpfiles >/dev/null; then
		tell systemd-tmpfiles --create "$prefix/lib/tmpfiles.d/wg-dynamic.conf"
	else
		tell install -d -o wg-dynamic -g wg-dynamic -m 750 /var/lib/wg-dynamic
		tell install -d -o wg-dynamic -g wg-dynamic -m 2755 /run/wg-dynamic
	fi
}

install_files() {
	local file
	declare -A current
	put_directory "${manifest%/*}"
	on_exit remember_staged
	stage "$root/artifacts/publish" "$destdir" "$prefix"
	staged+=("$manifest")
	remember_staged
	for file in "${staged[@]}"; do current[$file]=1; done
	forget_old
	say "installed $(grep -vc '/$' "$destdir$manifest") files; they are listed in $destdir$manifest"
}

what_next() {
	say
	say "A hub, whose interface wg0 is up or comes up with wg-quick:"
	if has_systemd; then
		say "    systemctl enable --now wg-dynamic-server@wg0"
	else
		say "    PostUp = $prefix/sbin/wg-dynamic-server %i     # in its /etc/wireguard/wg0.conf"
	fi
	say "A client, so that wg-quick understands \"Address = fe80::…/128, auto\":"
	say "    $prefix/bin/wg-dynamic quick install"
	say "More: man 7 wg-dynamic"
	case $prefix in
	/usr | /usr/local) ;;
	*) warn "systemd, man and shells look into /usr and /usr/local; for $prefix you have to tell them yourself" ;;
	esac
}

# ---- taking it back -------------------------------------------------------

undo_quick() {
	local wrapper=/usr/local/bin/wg-quick
	# Somebody else's, and another wg-dynamic's, are left alone.
	if [[ -f $wrapper && -x $prefix/bin/wg-dynamic ]] && grep -qwF "$prefix/bin/wg-dynamic" "$wrapper"; then
		tell "$prefix/bin/wg-dynamic" quick uninstall
	fi
}

remove_files() {
	local lines=() i path
	mapfile -t lines <"$destdir$manifest"
	for ((i = ${#lines[@]} - 1; i >= 0; i--)); do
		path=$destdir${lines[i]}
		if [[ $path != */ ]]; then
			[[ ! -e $path ]] || tell rm -f "$path"
		elif [[ -d $path && ! $(ls -A "$path") ]]; then
			tell rmdir "$path"
		fi
	done
}

say_what_is_left() {
	local directory
	for directory in /var/lib/wg-dynamic /run/wg-dynamic; do
		[[ ! -d $directory || $(ls -A "$directory") ]] || tell rmdir "$directory"
	done
	for directory in /etc/wg-dynamic /var/lib/wg-dynamic; do
		[[ ! -e $directory ]] || say "left alone: $directory"
	done
	! getent passwd wg-dynamic >/dev/null || say "left alone: the user wg-dynamic, whose files there may be; to remove it: userdel wg-dynamic"
}

# ---- all of it ------------------------------------------------------------

refuse_beside_package
if [[ $uninstall ]]; then
	[[ -e $destdir$manifest ]] || die "nothing was installed with this script in $prefix: there is no $destdir$manifest"
elif [[ ! -x $root/artifacts/publish/wg-dynamic ]]; then
	run "$root/eng/build.sh"
fi
if for_real && ((EUID)); then
	can_be_root || die "not root; run it with sudo"
	as_root "$0" "${arguments[@]}"
	exit
fi

if [[ ! $uninstall ]]; then
	install_files
	if for_real; then
		make_user
		! has_systemd || tell systemctl daemon-reload
		what_next
	fi
else
	! has_systemd || tell systemctl stop "${units[@]}"
	! for_real || undo_quick
	remove_files
	! has_systemd || tell systemctl daemon-reload
	! for_real || say_what_is_left
fi
