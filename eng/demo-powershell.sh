#!/bin/bash
# demo-powershell.sh: a session in PowerShell, on a hub with two clients, as text.
#
# A client is started, leases are listed, reserved, taken back and watched; then
# the checks of pester/ run, green, and red after something was broken by hand.
# All of it is in network namespaces of its own, and gone when the script ends.
set -euo pipefail
# shellcheck source=eng/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

[[ ${1:-} == '' ]] || { sed -n '2,/^set -e/{/^set -e/d;s/^# \{0,1\}//;p}' "$0"; exit 0; }
need_pwsh || die "$no_powershell"
[[ -x $root/artifacts/publish/wg-dynamic-server && -d $root/artifacts/module ]] || "$root/eng/build.sh"
run "$root/eng/site.sh" env PSModulePath="$tools/pester-$(pinned PesterVersion):$root/artifacts/module" \
	"${powershell[@]}" -File "$root/eng/demo.ps1"
