# shellcheck shell=bash
# Where each file of an installation comes from and goes to. Source it after eng/lib.sh.
# shellcheck disable=SC2154 # $root is lib.sh's

staged=() # what stage has put, in order; a directory that it made ends in a slash

# stage PUBLISH DESTDIR PREFIX [ZSH]: puts what eng/build.sh has left in PUBLISH and
# what is in packaging/ below DESTDIR, for programs that will be in PREFIX; completions
# for zsh go to the directory ZSH of PREFIX/share/zsh. A file in use is replaced, not written.
stage() {
	local publish=$1 destdir=${2%/} prefix=$3 zsh=${4:-site-functions} packaging=$root/packaging shell file
	local lib=$prefix/lib share=$prefix/share page
	put 755 "$publish/wg-dynamic-server" "$prefix/sbin/wg-dynamic-server"
	put 755 "$publish/wg-dynamic-client" "$prefix/sbin/wg-dynamic-client"
	put 755 "$publish/wg-dynamic" "$prefix/bin/wg-dynamic"
	put 644 "$packaging/systemd/wg-dynamic-server@.service" "$lib/systemd/system/wg-dynamic-server@.service"
	put 644 "$packaging/systemd/wg-dynamic-client@.service" "$lib/systemd/system/wg-dynamic-client@.service"
	put 644 "$packaging/systemd/wg-dynamic.sysusers" "$lib/sysusers.d/wg-dynamic.conf"
	put 644 "$packaging/systemd/wg-dynamic.tmpfiles" "$lib/tmpfiles.d/wg-dynamic.conf"
	# polkit does not look into /usr/local.
	put 644 "$packaging/systemd/wg-dynamic.rules" /usr/share/polkit-1/rules.d/wg-dynamic.rules
	for page in wg-dynamic-server.8 wg-dynamic-client.8 wg-dynamic.8 wg-dynamic.conf.5 wg-dynamic.7; do
		put 644 "$packaging/man/$page" "$share/man/man${page##*.}/$page"
	done
	for shell in bash zsh fish; do
		for file in "$packaging/completions/$shell"/*; do
			case $shell in
			bash) put 644 "$file" "$share/bash-completion/completions/${file##*/}" ;;
			zsh) put 644 "$file" "$share/zsh/$zsh/${file##*/}" ;;
			fish) put 644 "$file" "$share/fish/vendor_completions.d/${file##*/}" ;;
			esac
		done
	done
	# In /usr/local, that is where PowerShell looks.
	while IFS= read -r file; do
		put 644 "$root/artifacts/module/$file" "$share/powershell/Modules/$file"
	done < <(cd "$root/artifacts/module" 2>/dev/null && find WgDynamic -type f | sort)
	[[ " ${staged[*]} " == */WgDynamic.psd1\ * ]] || die "the PowerShell module is missing: run eng/build.sh"
	for file in Invoke-WgDynamicChecks.ps1 WgDynamic.Checks.Tests.ps1; do
		put 644 "$root/pester/$file" "$share/wg-dynamic/pester/$file"
	done
	put 644 "$packaging/wg-dynamic.conf" "$share/doc/wg-dynamic/examples/wg-dynamic.conf"
	put_directory /etc/wg-dynamic
}

# put MODE SOURCE TARGET: one file; the parameters of stage hold.
put() {
	local mode=$1 source=$2 target=$3
	[[ -f $source ]] || die "$source is missing$([[ $source != "$publish"/* ]] || say ": run eng/build.sh")"
	put_directory "${target%/*}"
	if [[ $source == *.service ]]; then
		sed "s|@sbindir@|$prefix/sbin|g" "$source"
	else
		cat "$source"
	fi >"$destdir$target.new"
	chmod "$mode" "$destdir$target.new"
	mv -f "$destdir$target.new" "$destdir$target"
	staged+=("$target")
}

put_directory() {
	local directory=$1
	[[ ! -d $destdir$directory/ ]] || return 0
	[[ $directory ]] || { mkdir -p "$destdir"; return; }
	put_directory "${directory%/*}"
	mkdir -m 755 "$destdir$directory"
	staged+=("$directory/")
}
