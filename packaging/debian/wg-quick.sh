# wg-quick is somebody's tunnel at any moment, at boot or by hand, so each step
# below leaves a wg-quick that works, and the next one that is cut off there
# goes on from it. That is why /usr/bin/wg-quick is not a file of this package,
# as dpkg would take it away for a while, and why dpkg-divert renames nothing.
wg_quick=/usr/bin/wg-quick
stock=/usr/lib/wg-dynamic/wg-quick
wrapper=/usr/libexec/wg-dynamic/wg-quick

is_diverted() { [ "$(dpkg-divert --listpackage "$wg_quick")" = wg-dynamic ]; }

divert_wg_quick() {
	if ! is_diverted; then
		mkdir -p "${stock%/*}"
		[ -L "$wg_quick" ] || cp -p "$wg_quick" "$stock"
		# It fails if somebody has diverted it already; what is stock, only he knows then.
		dpkg-divert --package wg-dynamic --no-rename --divert "$stock" --add "$wg_quick" || { rm -f "$stock"; return 1; }
	fi
	ln -sf "$wrapper" "$wg_quick.new"
	mv -fT "$wg_quick.new" "$wg_quick"
}

give_wg_quick_back() {
	is_diverted || return 0
	if [ -e "$stock" ]; then
		cp -p "$stock" "$wg_quick.new"
		mv -fT "$wg_quick.new" "$wg_quick"
	else # wireguard-tools has gone before us
		rm -f "$wg_quick"
	fi
	dpkg-divert --package wg-dynamic --no-rename --remove "$wg_quick"
}

# For the postrm: only after the programs that lead there have gone.
forget_stock_wg_quick() {
	if [ -e "$stock" ]; then
		sleep 1 # who has called the wrapper just before may be about to open it
		rm -f "$stock"
	fi
	rmdir --ignore-fail-on-non-empty "${stock%/*}" 2>/dev/null || true
}

