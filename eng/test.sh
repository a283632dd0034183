#!/bin/bash
# test.sh: every check of this repository, from formatting to leases over real tunnels.
#
#   eng/test.sh [--unit] [--no-vm] [--filter PATTERN]
#
#   --unit            format, build and unit tests only: needs no root
#   --no-vm           without the virtual machine with kernel WireGuard
#   --filter PATTERN  only tests whose full name (namespace, class, method)
#                     contains PATTERN; * at its start or end for the exact rest
#
# The last line is "N passed, N failed, N skipped"; the status is 0 if none failed.
# Reports and logs: artifacts/test-results.
set -euo pipefail
# shellcheck source=eng/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

unit_only='' vm=1 filter=()
while (($#)); do
	case $1 in
	--unit) unit_only=1; shift ;;
	--no-vm) vm=''; shift ;;
	--filter)
		(($# > 1)) || die "--filter needs a pattern"
		case $2 in *\**) filter=(-method "$2") ;; *) filter=(-method "*$2*") ;; esac
		shift 2 ;;
	-h | --help) sed -n '2,/^set -e/{/^set -e/d;s/^# \{0,1\}//;p}' "$0"; exit 0 ;;
	*) die "unknown argument $1 (see -h)" ;;
	esac
done

vm_beside=  # 1: the virtual machine runs beside the namespaces, for machines with cores to spare
time_limit=1500 # seconds for one test executable; an emulated processor is slow
results=$root/artifacts/test-results
passed=0 failed=0 skipped=0 failures='' skips=''

# ---- counting -------------------------------------------------------------

# fail WHAT: something other than a test failed.
fail() {
	failed=$((failed + 1))
	failures+="$1"$'\n'
}

skip() {
	skipped=$((skipped + 1))
	skips+="$1"$'\n'
}

# finish runs when the script ends, however it ends; $status is run_cleanups'.
finish() {
	((status == 0 || (status == 1 && failed > 0))) || fail "$me ended early, status $status"
	[[ ! $skips ]] || printf '\n%s' "$skips"
	[[ ! $failures ]] || printf '\n%s' "$failures" | head -n 400 # every message is in the logs
	say
	say "$passed passed, $failed failed, $skipped skipped"
	((failed == 0)) || ((status)) || status=1
}
on_exit finish

# tally WHERE NAME: counts what NAME's run in WHERE left behind.
tally() {
	local dir=$results/$1 label=$2 report=$results/$1/$2.json status p f s
	[[ $1 == unit ]] || label="$2 ($1)"
	status=$(cat "$dir/$2.status" 2>/dev/null || say none)
	if ! read -r p f s < <(jq -r '.results | [.summary.passed, .summary.failed + ([.extra.suites[]?.errors[]?] | length), .summary.skipped] | @tsv' "$report" 2>/dev/null); then
		fail "FAILED $label: no report (exit status $status)"$'\n'"$(tail -n 20 "$dir/$2.log" 2>/dev/null | cut -c1-300 | sed 's/^/    /')"
		say "   $label: no report"
		return
	fi
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
	say "   $label: $p passed, $f failed, $s skipped$(cat "$dir/$2.time" 2>/dev/null || true)"
	((f)) || [[ $status == 0 ]] || fail "FAILED $label: exit status $status though no test failed: $dir/$2.log"
	((${#filter[@]} || p + f + s)) || fail "FAILED $label: holds no tests"
	skips+=$(jq -r --arg in "$label" '.results.tests[] | select(.status == "skipped")
		| "SKIPPED \($in): \(.name): \(.message // "no reason" | gsub("\\s+"; " ") | .[:300])"' "$report" | sort; echo .)
	skips=${skips%.}
	failures+=$(jq -r --arg in "$label" '
		def indented: split("\n") | map("    " + (gsub("[[:cntrl:]]"; " ") | .[:300])) | join("\n");
		(.results.tests[] | select(.status == "failed")
			| "FAILED \($in): \(.name)\n" + (.message // "" | split("\n")[:15] | join("\n") | indented) + "\n"
			+ (.trace // "" | split("\n") | map(select(test(" in /"))) | .[:3] | join("\n") | indented)),
		(.results.extra.suites[]?.errors[]? | "FAILED \($in): \(.name // "?"), outside of a test\n" + (.message // tostring | .[:1000] | indented))' "$report"; echo .)
	failures=${failures%.}
}

# timed TITLE COMMAND…: a step with its duration.
timed() {
	local begin=$SECONDS status=0
	step "$1"
	shift
	"$@" || status=$?
	say "   $((SECONDS - begin)) s"
	return "$status"
}

# ---- steps ----------------------------------------------------------------

install() {
	need_dotnet
	need jq:jq strace:strace
	[[ $unit_only ]] || need setpriv:util-linux wireguard-go:wireguard-go wg:wireguard-tools ip:iproute2 \
		ping:iputils-ping nft:nftables mkfs.ext4:e2fsprogs
	[[ $unit_only ]] || unpack_name_tools
	[[ $unit_only ]] || unpack_shells
	# The units are rated by systemd itself, which need not run here. Where it cannot be had, their tests say so and skip.
	[[ -x $root/artifacts/systemd/usr/bin/systemd-analyze ]] || command -v systemd-analyze >/dev/null ||
		(unpack "$root/artifacts/systemd" systemd libsystemd-shared) || true
}

# openresolv and systemd-resolved for the tests and for nobody else: installed,
# either would take over this machine's /etc/resolv.conf. The latter may be
# packaged otherwise elsewhere; its test says so and skips.
unpack_name_tools() {
	local openresolv=$root/artifacts/openresolv resolved=$root/artifacts/systemd-resolved
	if [[ ! -x $openresolv/sbin/resolvconf ]]; then
		unpack "$openresolv" openresolv
		sed -i "s|^LIBEXECDIR=.*|LIBEXECDIR=$openresolv/lib/resolvconf|" "$openresolv/sbin/resolvconf"
	fi
	[[ -x $resolved/usr/bin/resolvectl ]] || (unpack "$resolved" systemd-resolved libsystemd-shared dbus-daemon) || true
}

# Two versions of the Debian packages and a Debian to try them in, for machines
# with apt; elsewhere their tests say what is missing, and skip.
prepare_packages() {
	local debs=$root/artifacts/test-packages debian=$root/artifacts/package-root log=$results/packages.log stock
	command -v apt-get >/dev/null || return 0
	need lintian:lintian
	rm -rf "$debs/now" "$debs/next"
	export DPKG_DEB_COMPRESSOR_TYPE=gzip DPKG_DEB_COMPRESSOR_LEVEL=1 # quick to make, and to install
	quietly "$log" eng/package.sh --no-build --output "$debs/now" &&
		quietly "$log" eng/package.sh --no-build --output "$debs/next" --version 99 &&
		quietly "$log" eng/debian-root "$debian" wireguard-tools wireguard-go iproute2 iputils-ping libsqlite3-0 \
			systemd-standalone-sysusers systemd-standalone-tmpfiles || return
	# The same wireguard-tools as are in it.
	# shellcheck disable=SC2016 # dpkg-query expands it
	stock=$(dpkg-query --admindir="$debian/var/lib/dpkg" -W -f '${Version}' wireguard-tools) || return
	[[ ! -e $debs/stock/$stock ]] || return 0
	rm -rf "$debs/stock"
	mkdir -p "$debs/stock"
	(cd "$debs/stock" && quietly "$log" apt-get -q download "wireguard-tools=$stock") && : >"$debs/stock/$stock"
}

# A Debian whose systemd the virtual machine boots, to install the packages in.
prepare_systemd() {
	quietly "$results/systemd-root.log" eng/debian-root "$root/artifacts/systemd-root" systemd-sysv udev dbus kmod procps systemd-resolved \
		polkitd iproute2 iputils-ping nftables wireguard-tools libsqlite3-0 libstdc++6
}

# What reads completions and manuals, for the tests and for nobody else. Where a
# package is called otherwise, its test says so and skips.
unpack_shells() {
	local shells=$root/artifacts/shells
	[[ -x $shells/usr/bin/mandoc ]] || (unpack "$shells" zsh zsh-common fish fish-common libpcre2-32-0 mandoc) || true
}

# The solution says which tests there are: a project that is listed and gone
# breaks the build, and one that is not listed is an error here.
list_tests() {
	local project
	mapfile -t unit_tests < <(grep -o '[^\\"]*\.Tests\.csproj' "$root/WgDynamic.sln" | sed 's/\.csproj$//' | sort)
	((${#unit_tests[@]})) || fail "FAILED: WgDynamic.sln lists no tests/*.Tests"
	for project in "$root"/tests/*/*.csproj; do
		grep -qF "\\${project##*/}" "$root/WgDynamic.sln" || fail "FAILED: ${project#"$root"/} is not in WgDynamic.sln"
	done
	[[ $unit_only ]] || grep -qF '\WgDynamic.EndToEnd.csproj' "$root/WgDynamic.sln" ||
		fail "FAILED: tests/WgDynamic.EndToEnd is not in WgDynamic.sln"
}

executable() { say "$root/artifacts/bin/$1/release/$1"; }

systemd_tests='*.EndToEnd.Systemd*' # they have a machine to themselves: in_systemd
needs_daemons=needs=daemons         # tests of the module that need the native executables

# run_tests WHERE NAME [NAME=VALUE…]: one test executable, to its report, log and status.
run_tests() {
	local dir=$results/$1 name=$2 begin=$SECONDS status=0 command part=(-trait- "$needs_daemons")
	[[ $1 != namespaces || $2 != *.Tests ]] || part=(-trait "$needs_daemons")
	shift 2
	command=(env PATH="$PATH" HOME="$HOME" DOTNET_ROOT="$DOTNET_ROOT" "$@" timeout --foreground -k 10 "$time_limit"
		"$(executable "$name")" -noLogo -noColor -class- "$systemd_tests" "${part[@]}" "${filter[@]}" -result-ctrf "$dir/$name.json")
	mkdir -p "$dir"
	if [[ $unit_only ]]; then "${command[@]}"; else isolated "${command[@]}"; fi >"$dir/$name.log" 2>&1 || status=$?
	say ", $((SECONDS - begin)) s" >"$dir/$name.time"
	say "$status" >"$dir/$name.status"
}

# Two executables at a time: most wait more than they compute.
unit() {
	local name running=()
	for name in "${unit_tests[@]}"; do
		if ((${#running[@]} == 2)); then
			wait "${running[0]}" || true
			running=("${running[1]}")
		fi
		start run_tests unit "$name"
		running+=("$started")
	done
	for name in "${running[@]}"; do wait "$name" || true; done
	for name in "${unit_tests[@]}"; do tally unit "$name"; done
}

in_namespaces() {
	local sleeper=0
	# Fetches the kernel while there is a network; a machine that mostly sleeps takes nothing from the others.
	[[ ! $vm ]] || ! eng/kernel-vm -s true >"$results/sleeping-machine.log" 2>&1 || sleeper=1
	run run_tests namespaces WgDynamic.EndToEnd WGDYNAMIC_PUBLISH="$root/artifacts/publish" WGDYNAMIC_SLEEPING_MACHINE="$sleeper" || true
	tally namespaces WgDynamic.EndToEnd
	run run_tests namespaces WgDynamic.PowerShell.Tests WGDYNAMIC_PUBLISH="$root/artifacts/publish" || true
	tally namespaces WgDynamic.PowerShell.Tests
}

pester_tests=(pester/WgDynamic.Tests.ps1 pester/WgDynamic.RedChecks.Tests.ps1)

# The same module in pwsh itself, by Pester, on a hub with two clients. Of Pester
# the oldest, too, that pester/ promises to work with.
in_pwsh() {
	local version name
	if ! need_pwsh; then
		while read -r name; do skip "SKIPPED (pester): $name: $no_powershell"; done < <(grep -ohP "^\s*It '\K[^']+" "${pester_tests[@]}")
		return
	fi
	for version in "$(pinned PesterVersion)" "$(pinned OldestPesterVersion)"; do run_pester "$version"; done
}

# run_pester VERSION
run_pester() {
	local name=Pester-$1 dir=$results/pester begin=$SECONDS status=0
	mkdir -p "$dir"
	run eng/site.sh env PSModulePath="$tools/pester-$1:$root/artifacts/module" "${powershell[@]}" \
		-File eng/pester.ps1 -Path "$(IFS=,; say "${pester_tests[*]}")" -Report "$dir/$name.json" -PesterVersion "$1" \
		${filter:+-Filter "${filter[1]}"} >"$dir/$name.log" 2>&1 || status=$?
	say ", $((SECONDS - begin)) s" >"$dir/$name.time"
	say "$status" >"$dir/$name.status"
	tally pester "$name"
}

vm_tests=(WgDynamic.EndToEnd WgDynamic.Netlink.Tests)

start_vm() {
	local name executables=()
	for name in "${vm_tests[@]}"; do executables+=("$(executable "$name")"); done
	mkdir -p "$results/vm"
	# shellcheck disable=SC2016 # the guest's shell expands it
	# Only what asks a kernel, and of that not what is the same over any WireGuard: every instruction is emulated. Counting what could
	# be inlined better (PGO) costs more there than it brings.
	start "$root/eng/kernel-vm" -t $((${#vm_tests[@]} * time_limit + 60)) -o "$results/vm" -e DOTNET_ROOT="$DOTNET_ROOT" \
		-e DOTNET_TieredPGO=0 \
		-e WGDYNAMIC_PUBLISH="$root/artifacts/publish" -e WGDYNAMIC_KERNEL_WIREGUARD=1 -- \
		bash -c '
			results=$1 limit=$2 count=$3
			tests=("${@:4:count}")
			shift $((3 + count))
			for test in "${tests[@]}"; do
				begin=$SECONDS
				case $test in
				*.EndToEnd) only=(-class "*.LeaseScenarios" -class "*.PushScenarios" -class "*.HubScenarios" -class "*.LifeScenarios" -class "*.OperatorScenarios" -class "*.CrowdScenarios" -class "*.QuickScenarios" -class "*.ServiceScenarios" -trait- "over=any WireGuard") ;;
				*) only=(-class "*.KernelWireGuardTests" -class "*.RouteClientTests" -class "*.RouteMonitorTests") ;;
				esac
				timeout -k 10 "$limit" "$test" -noLogo -noColor "${only[@]}" "$@" \
					-result-ctrf "$results/${test##*/}.json" >"$results/${test##*/}.log" 2>&1
				echo $? >"$results/${test##*/}.status"
				echo ", $((SECONDS - begin)) s" >"$results/${test##*/}.time"
			done' _ "$results/vm" "$time_limit" "${#vm_tests[@]}" \
		"${executables[@]}" "${filter[@]}" >"$results/vm/kernel-vm.log" 2>&1
	vm_job=$started
}

in_vm() {
	local status=0 name
	[[ ${vm_job:-} ]] || start_vm
	wait "$vm_job" || status=$?
	for name in "${vm_tests[@]}"; do tally vm "$name"; done
	((status == 0)) || fail "FAILED: eng/kernel-vm ended with status $status"$'\n'"$(tail -n 10 "$results/vm/kernel-vm.log" | cut -c1-300 | sed 's/^/    /')"
}

in_systemd() {
	local name=WgDynamic.EndToEnd dir=$results/systemd begin=$SECONDS status=0 pwsh=()
	mkdir -p "$dir"
	# There is no ICU in that Debian; whoever installs PowerShell's own package has it.
	! need_pwsh || pwsh=(-e WGDYNAMIC_PWSH="$(command -v pwsh)" -e PSModulePath="$tools/pester-$(pinned PesterVersion)"
		-e PATH="$PATH:$DOTNET_ROOT" -e DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 -e POWERSHELL_TELEMETRY_OPTOUT=1 -e POWERSHELL_UPDATECHECK=Off)
	# shellcheck disable=SC2016 # the guest's shell expands it
	run eng/kernel-vm -t "$time_limit" -r artifacts/systemd-root -b "$DOTNET_ROOT" -o "$dir" -e DOTNET_ROOT="$DOTNET_ROOT" -e DOTNET_TieredPGO=0 \
		-e WGDYNAMIC_SYSTEMD=1 -e WGDYNAMIC_PUBLISH=/usr/sbin -e WGDYNAMIC_KERNEL_WIREGUARD=1 "${pwsh[@]}" -- \
		bash -c '
			dpkg -i artifacts/test-packages/now/*.deb || exit
			"${@:2}" || { status=$?; journalctl --output=short-monotonic >"$1/journal.log"; exit $status; }' _ "$dir" \
		"$(executable "$name")" -noLogo -noColor -class "$systemd_tests" "${filter[@]}" -result-ctrf "$dir/$name.json" >"$dir/$name.log" 2>&1 || status=$?
	say ", $((SECONDS - begin)) s" >"$dir/$name.time"
	say "$status" >"$dir/$name.status"
	tally systemd "$name"
}

# ---- all of it ------------------------------------------------------------

cd "$root"
rm -rf "$results"
mkdir -p "$results"

timed "install what is missing" install
list_tests
timed "restore" quietly "$results/restore.log" dotnet restore WgDynamic.sln -v quiet -nologo ||
	{ fail "FAILED: dotnet restore"; exit 1; }
timed "formatting" quietly "$results/format.log" dotnet format WgDynamic.sln --verify-no-changes --no-restore ||
	fail "FAILED: dotnet format --verify-no-changes"
timed "build" quietly "$results/build.log" dotnet build WgDynamic.sln -c Release --no-restore -v quiet -nologo -clp:NoSummary ||
	{ fail "FAILED: dotnet build"; exit 1; }

if [[ ! $unit_only ]] && ! can_isolate; then
	fail "FAILED: no root or no namespaces here, so no tunnels: see eng/test.sh --unit"
	unit_only=1
fi
timed "unit tests" unit
if [[ ! $unit_only ]]; then
	if timed "native executables" run eng/build.sh; then
		if [[ $vm ]] && ! reason=$(eng/kernel-vm --check); then
			skip "SKIPPED: kernel WireGuard in a virtual machine: $reason"
			vm=
		fi
		timed "packages" prepare_packages || fail "FAILED: packages; see $results/packages.log"
		[[ ! $vm || ! $vm_beside ]] || start_vm
		timed "tunnels in network namespaces (wireguard-go)" in_namespaces
		timed "PowerShell (pwsh and Pester)" in_pwsh
		[[ ! $vm ]] || timed "tunnels in a virtual machine (kernel WireGuard)" in_vm
		[[ ! $vm ]] || timed "a Debian with systemd" prepare_systemd || fail "FAILED: a Debian with systemd; see $results/systemd-root.log"
		[[ ! $vm || ! -d artifacts/systemd-root ]] || timed "units under systemd in a virtual machine" in_systemd
		((EUID == 0)) || as_root chown -R "$(id -u):$(id -g)" "$results"
	else
		fail "FAILED: eng/build.sh; the tunnels were not tried"
	fi
fi
((!${#filter[@]} || passed + failed + skipped)) || fail "FAILED: no test matches --filter"
