#!/bin/bash
# build.sh: publishes the daemons as native executables, and puts the PowerShell module together.
#
#   eng/build.sh                for this machine
#   eng/build.sh --arch arm64   for 64-bit ARM, with Debian's cross compiler
#
# artifacts/publish/  what a user installs      artifacts/symbols/  debug symbols
# For arm64, both are in artifacts/arm64/.
# artifacts/module/WgDynamic/VERSION/  the module, the same for all machines
set -euo pipefail
# shellcheck source=eng/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# shellcheck source=eng/cross.sh
. "$root/eng/cross.sh"

arch=
while (($#)); do
	case $1 in
	--arch)
		(($# > 1)) || die "--arch needs an architecture, by Debian's name"
		arch=$2
		shift 2 ;;
	-h | --help) sed -n '2,/^set -e/{/^set -e/d;s/^# \{0,1\}//;p}' "$0"; exit 0 ;;
	*) die "unknown argument $1 (see -h)" ;;
	esac
done
! is_native "$arch" || arch=

programs=(wg-dynamic-server wg-dynamic-client wg-dynamic)
out=$root/artifacts${arch:+/$arch}
publish=$out/publish symbols=$out/symbols target=(--use-current-runtime)

need_dotnet
if [[ $arch ]]; then
	prepare_cross "$arch"
	target=("${cross_properties[@]}")
else
	command -v clang >/dev/null || need gcc:gcc
	need /usr/include/stdlib.h:libc6-dev /usr/include/zlib.h:zlib1g-dev /usr/include/sqlite3.h:libsqlite3-dev
fi

mkdir -p "$publish" "$symbols"
rm -f "$publish"/*.so # of an earlier build
for program in "${programs[@]}"; do
	step "publish $program${arch:+ for $arch}"
	# Nothing of an earlier build may be taken for this one's.
	rm -f "$publish/$program" "$symbols/$program.dbg"
	quietly "$root/artifacts/logs/publish-$program${arch:+-$arch}.log" \
		dotnet publish "$root/src/$program" -c Release "${target[@]}" -o "$publish" -nologo -v quiet \
		-p:PublishDocumentationFiles=false || die "publishing $program failed"
	find "$publish" \( -name '*.dbg' -o -name '*.pdb' \) -exec mv -t "$symbols" {} +
	[[ -x $publish/$program && ! -e $publish/$program.dll ]] ||
		die "$program is not a native executable: does its project say <PublishAot>true</PublishAot>?"
done

step "put the PowerShell module together"
quietly "$root/artifacts/logs/module.log" \
	dotnet build "$root/module/WgDynamic.ModuleBuilder" -c Release -nologo -v quiet || die "making the module failed"

say
find "$publish" -type f -printf '%f %s\n' | sort | awk '
	{ printf "%-24s %6.2f MB\n", $1, $2 / 1e6 }'
