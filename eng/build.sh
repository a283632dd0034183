#!/bin/bash
# build.sh: publishes the daemons as native executables for this machine.
#
#   eng/build.sh
#
# artifacts/publish/  what a user installs      artifacts/symbols/  debug symbols
set -euo pipefail
# shellcheck source=eng/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

case ${1:-} in
'') ;;
-h | --help) sed -n '2,/^set -e/{/^set -e/d;s/^# \{0,1\}//;p}' "$0"; exit 0 ;;
*) die "unknown argument $1 (see -h)" ;;
esac

programs=(wg-dynamic-server wg-dynamic-client wg-dynamic)
publish=$root/artifacts/publish symbols=$root/artifacts/symbols

need_dotnet
command -v clang >/dev/null || need gcc:gcc
need /usr/include/stdlib.h:libc6-dev /usr/include/zlib.h:zlib1g-dev /usr/include/sqlite3.h:libsqlite3-dev

mkdir -p "$publish" "$symbols"
rm -f "$publish"/*.so # of an earlier build
for program in "${programs[@]}"; do
	step "publish $program"
	# Nothing of an earlier build may be taken for this one's.
	rm -f "$publish/$program" "$symbols/$program.dbg"
	quietly "$root/artifacts/logs/publish-$program.log" \
		dotnet publish "$root/src/$program" -c Release --use-current-runtime -o "$publish" -nologo -v quiet \
		-p:PublishDocumentationFiles=false || die "publishing $program failed"
	find "$publish" \( -name '*.dbg' -o -name '*.pdb' \) -exec mv -t "$symbols" {} +
	[[ -x $publish/$program && ! -e $publish/$program.dll ]] ||
		die "$program is not a native executable: does its project say <PublishAot>true</PublishAot>?"
done

say
find "$publish" -type f -printf '%f %s\n' | sort | awk '
	{ printf "%-24s %6.2f MB\n", $1, $2 / 1e6 }'
