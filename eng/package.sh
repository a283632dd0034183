#!/bin/bash
# package.sh: builds Debian packages.
#
#   eng/package.sh [--arch ARCH] [--no-build] [--version VERSION] [--output DIRECTORY]
#
#   --arch ARCH          for this architecture, by Debian's name: this machine's, or arm64
#   --no-build           of what eng/build.sh has published already
#   --version VERSION    instead of the one of Directory.Build.props, with revision 1
#   --output DIRECTORY   where they go, instead of artifacts/packages
#
# packaging/debian says what is in which: PACKAGE.files. For another package: a
# paragraph in control and such a list.
set -euo pipefail
# shellcheck source=eng/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
# shellcheck source=eng/cross.sh
. "$root/eng/cross.sh"
# shellcheck source=eng/stage.sh
. "$root/eng/stage.sh"

arch='' build=1 version='' output=$root/artifacts/packages
while (($#)); do
	case $1 in
	--no-build) build=''; shift; continue ;;
	-h | --help) sed -n '2,/^set -e/{/^set -e/d;s/^# \{0,1\}//;p}' "$0"; exit 0 ;;
	--arch | --version | --output) (($# > 1)) || die "$1 needs a value (see -h)" ;;
	*) die "unknown argument $1 (see -h)" ;;
	esac
	case $1 in
	--arch) arch=$2 ;;
	--version) version=$2 ;;
	--output) output=$2 ;;
	esac
	shift 2
done
arch=${arch:-$(native_arch)}
debian=$root/packaging/debian work=$root/artifacts/$arch/packages
publish=$root/artifacts/publish
is_native "$arch" || publish=$root/artifacts/$arch/publish

# project_version: Directory.Build.props', in Debian's form: 1.2.0-rc.1 is 1.2.0~rc.1, which comes before 1.2.0.
project_version() {
	local prefix suffix
	prefix=$(sed -n 's|.*<VersionPrefix>\(.*\)</VersionPrefix>.*|\1|p' "$root/Directory.Build.props")
	suffix=$(sed -n 's|.*<VersionSuffix>\(.*\)</VersionSuffix>.*|\1|p' "$root/Directory.Build.props")
	[[ $prefix ]] || die "$root/Directory.Build.props says no <VersionPrefix>"
	say "$prefix${suffix:+~${suffix//-/.}}-1"
}

# changelog: CHANGELOG.md in Debian's form. What is unreleased is in this version, of this commit's time.
changelog() {
	local maintainer
	maintainer=$(sed -n 's/^Maintainer: //p' "$debian/control")
	awk '
		function flush() { if (item != "") print item; item = "" }
		/^## / {
			flush()
			gsub(/[][]/, "", $2)
			print "## " $2 " " $4
			next
		}
		/^### / { flush(); kind = $2; next }
		/^- / { flush(); item = "* " kind ": " substr($0, 3); next }
		/^  / && item != "" { sub(/^ +/, ""); item = item " " $0; next }
		{ flush() }
		END { flush() }' "$root/CHANGELOG.md" |
		{
			local line this='' date
			trailer() { [[ ! $this ]] || printf '\n -- %s  %s\n\n' "$maintainer" "$date"; }
			while read -r line; do
				if [[ $line == '## '* ]]; then
					trailer
					read -r _ this date <<<"$line"
					if [[ $this == Unreleased ]]; then
						this=$version date=$(date -Rud "@$SOURCE_DATE_EPOCH")
					else
						this=$this-1 date=$(date -Rud "$date")
					fi
					printf 'wg-dynamic (%s) unstable; urgency=medium\n\n' "$this"
				else
					fold -s -w 74 <<<"$line" | sed -e 's/ *$//' -e '1s/^/  /' -e '2,$s/^/    /'
				fi
			done
			trailer
		}
}

# fill FILE: with what it includes, and without the files' directory.
fill() {
	local line
	while IFS= read -r line; do
		case $line in
		'@include '*@) line=${line#@include }; cat "$debian/${line%@}" ;;
		@license@) sed -n '5,$s/^/ /p' "$root/LICENSE" | sed 's/^ $/ ./' ;;
		*) printf '%s\n' "$line" ;;
		esac
	done <"$1"
}

# split STAGED: moves each file to the one package whose list names it.
split() {
	local list package pattern path paths
	for list in "$debian"/*.files; do
		package=${list##*/} package=${package%.files}
		while read -r pattern; do
			[[ $pattern && $pattern != '#'* ]] || continue
			mapfile -t paths < <(cd "$1" && compgen -G "$pattern")
			((${#paths[@]})) || die "$list names $pattern, which is not there, or in another package"
			for path in "${paths[@]}"; do
				mkdir -p "$work/$package/${path%/*}"
				mv "$1/$path" "$work/$package/$path"
			done
		done <"$list"
	done
	path=$(find "$1" ! -type d -o -type d -empty ! -path "$1" | head -n 1)
	[[ ! $(find "$1" ! -type d) ]] || die "no $debian/*.files names ${path#"$1"/}"
}

# needed_libraries PACKAGE: the substitution shlibs:Depends, if it has programs.
needed_libraries() {
	local programs options=()
	mapfile -t programs < <(find "$work/$1" -type f -path '*bin/*' -exec sh -c 'head -c 4 "$1" | grep -q ELF' _ {} \; -print)
	((${#programs[@]})) || return 0
	# dpkg-shlibdeps asks dpkg whose a library is.
	is_native "$arch" || options=(--admindir="$(sysroot "$arch")/var/lib/dpkg"
		-l"$(sysroot "$arch")/lib/aarch64-linux-gnu" -l"$(sysroot "$arch")/usr/lib/aarch64-linux-gnu")
	(cd "$work" && DEB_HOST_ARCH=$arch dpkg-shlibdeps -O "${options[@]}" "${programs[@]}")
}

# build_package PACKAGE: of its tree, the .deb.
build_package() {
	local package=$1 tree=$work/$1 doc=$work/$1/usr/share/doc/$1 script name
	mkdir -p "$tree/DEBIAN" "$doc"
	fill "$debian/copyright" >"$doc/copyright"
	gzip -9n <"$work/debian/changelog" >"$doc/changelog.Debian.gz"
	gzip -9n <"$root/CHANGELOG.md" >"$doc/changelog.gz"
	find "$tree/usr/share/man" -type f -exec gzip -9n {} + 2>/dev/null || true
	if [[ -e $debian/$package.lintian-overrides ]]; then
		install -D -m 644 "$debian/$package.lintian-overrides" "$tree/usr/share/lintian/overrides/$package"
	fi
	for script in preinst postinst prerm postrm; do
		[[ ! -e $debian/$package.$script ]] || fill "$debian/$package.$script" >"$tree/DEBIAN/$script"
	done
	(cd "$tree" && find usr -type f -print0 | sort -z | xargs -0 md5sum) >"$tree/DEBIAN/md5sums"
	chmod -R u=rwX,go=rX "$tree"
	find "$tree/DEBIAN" -type f ! -name md5sums -exec chmod 755 {} +
	needed_libraries "$package" >"$work/substvars"
	(cd "$work" && DEB_HOST_ARCH=$arch dpkg-gencontrol -p"$package" -P"$tree" -Tsubstvars)
	chmod 644 "$tree/DEBIAN/control"
	find "$tree" -newermt "@$SOURCE_DATE_EPOCH" -exec touch -hd "@$SOURCE_DATE_EPOCH" {} +
	name=${package}_${version}_$(sed -n 's/^Architecture: //p' "$tree/DEBIAN/control").deb
	dpkg-deb --root-owner-group -b "$tree" "$work/$name" >/dev/null
	mv "$work/$name" "$output/$name"
	say "$output/$name"
}

# ---- all of it ------------------------------------------------------------

need dpkg-gencontrol:dpkg-dev dpkg-deb:dpkg
if [[ $build ]]; then
	run "$root/eng/build.sh" --arch "$arch"
elif ! is_native "$arch"; then
	prepare_cross "$arch"
fi
version=${version:-$(project_version)}
# The same commit gives the same packages, byte for byte.
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$root" log -1 --format=%ct 2>/dev/null || stat -c %Y "$root/CHANGELOG.md")}
umask 022

step "packages of $version for $arch"
rm -rf "$work"
mkdir -p "$work/debian" "$output"
changelog >"$work/debian/changelog"
cp "$debian/control" "$work/debian/control"
stage "$publish" "$work/staged" /usr vendor-completions
split "$work/staged"
install -D -m 755 "$root/packaging/wg-quick" "$work/wg-dynamic/usr/libexec/wg-dynamic/wg-quick"
for list in "$debian"/*.files; do
	name=${list##*/}
	build_package "${name%.files}"
done
