# shellcheck shell=bash
# What it takes to build for an architecture that is not this machine's. Source it after eng/lib.sh.
# shellcheck disable=SC2154 # $root is lib.sh's

# is_native ARCH: whether it is what this machine builds for anyhow; no ARCH is.
is_native() { [[ ! $1 || $1 == "$(native_arch)" ]]; }

# native_arch: this machine's architecture by Debian's name.
native_arch() {
	case $(uname -m) in
	x86_64) say amd64 ;;
	aarch64) say arm64 ;;
	*) die "there is no .NET with native executables for $(uname -m)" ;;
	esac
}

# sysroot ARCH: where the libraries of that architecture are, and what dpkg knows of them.
sysroot() { say "$root/artifacts/$1/sysroot"; }

# prepare_cross ARCH: leaves in $cross_properties what `dotnet publish` needs to know.
# Nothing but the compiler is installed: the libraries come into artifacts, by
# an apt configuration of its own, so that this machine's dpkg hears of no second architecture.
prepare_cross() {
	local arch=$1 directory=$root/artifacts/$1
	[[ $arch == arm64 && $(native_arch) == amd64 ]] ||
		die "cannot build for $arch on $(native_arch): only for arm64 on amd64"
	need aarch64-linux-gnu-gcc:gcc-aarch64-linux-gnu
	mkdir -p "$directory"
	[[ -d $directory/sysroot ]] || (make_sysroot "$arch" "$directory/sysroot")
	# .NET tells every compiler the target, which gcc has in its name and not in its options.
	cat >"$directory/gcc" <<-'EOF'
		#!/bin/bash
		for argument; do [[ $argument == --target=* ]] || arguments+=("$argument"); done
		exec aarch64-linux-gnu-gcc "${arguments[@]}"
	EOF
	chmod +x "$directory/gcc"
	# Its own directories for what is compiled: the assemblies name their processor.
	# shellcheck disable=SC2034 # build.sh reads it
	cross_properties=(-r "linux-$arch" "-p:ArtifactsPath=$directory" "-p:SysRoot=$directory/sysroot"
		"-p:CppCompilerAndLinker=$directory/gcc" -p:ObjCopyName=aarch64-linux-gnu-objcopy)
}

# make_sysroot ARCH DIRECTORY: what programs are linked with, from the sources of this machine's apt.
make_sysroot() {
	local arch=$1 directory=$2 apt=$root/artifacts/$1/apt file info=$2.new/var/lib/dpkg/info package kind link
	step "libraries for $arch"
	command -v apt-get >/dev/null || die "no apt-get to download the libraries for $arch with"
	rm -rf "$apt" "$directory.new"
	mkdir -p "$apt/state/lists/partial" "$apt/cache/archives/partial" "$apt/packages" "$info"
	apt-get indextargets --format "deb [arch=$arch] \$(REPO_URI) \$(RELEASE) \$(COMPONENT)" \
		'Created-By: Packages' 'Origin: Debian' | sort -u >"$apt/sources.list"
	[[ -s $apt/sources.list ]] || die "the apt of this machine has no sources of Debian for $arch; try: apt-get update"
	cat >"$apt/apt.conf" <<-EOF
		APT::Architecture "$arch";
		APT::Architectures { "$arch"; };
		Dir::State "$apt/state";
		Dir::State::status "/dev/null";
		Dir::Cache "$apt/cache";
		Dir::Etc::sourcelist "$apt/sources.list";
		Dir::Etc::sourceparts "-";
	EOF
	export APT_CONFIG=$apt/apt.conf
	quietly "$root/artifacts/logs/sysroot-$arch.log" apt-get -q update || die "no package lists for $arch"
	(cd "$apt/packages" && quietly "$root/artifacts/logs/sysroot-$arch.log" apt-get -q download \
		libc6 libc6-dev libgcc-s1 linux-libc-dev zlib1g zlib1g-dev libsqlite3-0 libsqlite3-dev) ||
		die "the libraries for $arch cannot be downloaded"
	for file in "$apt/packages"/*.deb; do
		dpkg-deb -x "$file" "$directory.new"
		# As dpkg would have noted it had it been the one of this directory, for
		# dpkg-shlibdeps, which asks for whole paths.
		package=$(dpkg-deb -f "$file" Package)
		{ dpkg-deb -f "$file"; say "Status: install ok installed"; say; } >>"$info/../status"
		dpkg-deb --fsys-tarfile "$file" | tar -t | sed -e "s|^\.|$directory|" -e 's|/$||' >"$info/$package:$arch.list"
		dpkg-deb -e "$file" "$apt/control"
		for kind in symbols shlibs; do
			[[ ! -e $apt/control/$kind ]] || cp "$apt/control/$kind" "$info/$package:$arch.$kind"
		done
		rm -rf "$apt/control"
	done
	say 1 >"$info/format"
	# Links to /lib lead out of it, and the linker would take libm.a instead.
	while read -r link; do
		ln -sfr "$directory.new$(readlink "$link")" "$link"
	done < <(find "$directory.new/usr/lib" -type l -lname '/*')
	rm -rf "$apt"
	mv "$directory.new" "$directory"
}
