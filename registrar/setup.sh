# setup.sh: what the project needs of the machine, said once. Sourced by registrar/quickstart.sh
# and tests/run.sh; run from the project's root. Quiet when nothing is missing.
#
#   setup_packages SET...   Debian packages of these sets: build test
#   setup_npm FOLDER...     the packages of FOLDER/package-lock.json into FOLDER/node_modules
#   setup_watch LOG COMMAND...  runs it with all it says in LOG; says now and then how far it is

setup_build="build-essential meson ninja-build pkg-config libsodium-dev libqrencode-dev
libsqlite3-dev libmicrohttpd-dev libgnutls28-dev libcurl4-gnutls-dev libjansson-dev
libunistring-dev libicu-dev libpng-dev libturbojpeg0-dev libseccomp-dev libcairo2-dev zlib1g-dev libinih-dev libpango1.0-dev fonts-noto-core
fonts-noto-cjk fonts-noto-color-emoji liboath-dev libxlsxwriter-dev libcsv-dev libzip-dev ca-certificates tzdata gettext nodejs npm"

setup_test="clang clang-tidy libclang-rt-14-dev cppcheck valgrind libcmocka-dev python3
python3-cbor2 python3-cryptography python3-aiosmtpd python3-pil poppler-utils zbar-tools zxing-cpp-tools
python3-icalendar python3-feedparser opensmtpd
librsvg2-bin libjpeg62-turbo-dev
golang-go golang-golang-x-mod-dev openssl gnutls-bin curl jq sqlite3 wrk chromium git
libreoffice-calc-nogui python3-openpyxl
procps util-linux libfaketime"

setup_say() {
	printf '%s\n' "$@" >&2
}

setup_fail() {
	setup_say "" "This step failed: $1" "What to do: $2"
	exit 1
}

# The ticker looks for its parent, so that it ends with it however that happens.
setup_watch() {
	setup_log=$1
	shift
	: >"$setup_log"
	(
		while sleep 10 >/dev/null 2>&1 && kill -0 $$ 2>/dev/null; do
			setup_line=$(tail -n 1 "$setup_log" | tr -cd '[:print:]' | cut -c 1-90)
			[ -z "$setup_line" ] || setup_say "  ... $setup_line"
		done
	) &
	setup_ticker=$!
	setup_code=0
	"$@" >"$setup_log" 2>&1 || setup_code=$?
	kill "$setup_ticker" 2>/dev/null
	wait "$setup_ticker" 2>/dev/null || :
	return "$setup_code"
}

setup_packages() {
	setup_missing=
	for setup_set; do
		case $setup_set in
		build) setup_list=$setup_build ;;
		test) setup_list=$setup_test ;;
		*) setup_fail "no package set '$setup_set'" "name build or test" ;;
		esac
		for setup_name in $setup_list; do
			# node from elsewhere than Debian serves as well, and brings its npm.
			case $setup_name in
			nodejs) command -v node >/dev/null && continue ;;
			npm) command -v npm >/dev/null && continue ;;
			# Another mail server that is installed stays; the test of this one says so.
			opensmtpd) [ -e /usr/sbin/sendmail ] && continue ;;
			esac
			dpkg-query -W -f '${Status}' "$setup_name" 2>/dev/null |
				grep -q 'install ok installed' ||
				setup_missing="$setup_missing $setup_name"
		done
	done
	[ -n "$setup_missing" ] || return 0
	command -v apt-get >/dev/null ||
		setup_fail "these packages are missing:$setup_missing" \
			"install them with your system's package manager (the names are Debian 12's)"
	setup_root=
	if [ "$(id -u)" != 0 ]; then
		command -v sudo >/dev/null ||
			setup_fail "these packages are missing:$setup_missing" \
				"as root: apt-get install$setup_missing"
		setup_root=sudo
	fi
	setup_say "Installing from Debian:$setup_missing"
	setup_log=$(mktemp)
	for setup_step in "update" "install -y --no-install-recommends $setup_missing"; do
		# shellcheck disable=SC2086 # the words are separate on purpose
		setup_watch "$setup_log" $setup_root env DEBIAN_FRONTEND=noninteractive \
			apt-get -q -o DPkg::Lock::Timeout=300 $setup_step || {
			tail -n 15 "$setup_log" >&2
			setup_fail "apt-get ${setup_step%% *}" \
				"look at the lines above; when that is mended, or the network back, run this again"
		}
	done
	rm -f "$setup_log"
}

setup_npm() {
	for setup_folder; do
		[ -f "$setup_folder/package-lock.json" ] || continue
		cmp -s "$setup_folder/package-lock.json" \
			"$setup_folder/node_modules/.installed-lock.json" && continue
		setup_say "Installing from npm: $setup_folder/node_modules"
		setup_log=$(mktemp)
		setup_watch "$setup_log" npm ci --prefix "$setup_folder" \
			--no-audit --no-fund --ignore-scripts || {
			tail -n 15 "$setup_log" >&2
			setup_fail "npm ci in $setup_folder" \
				"look at the lines above; with the network back and $setup_folder yours, run this again"
		}
		rm -f "$setup_log"
		cp "$setup_folder/package-lock.json" \
			"$setup_folder/node_modules/.installed-lock.json"
	done
}
