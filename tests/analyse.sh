#!/bin/sh
# analyse.sh: gcc's -fanalyzer, cppcheck and clang-tidy over the programs and libraries (not the
# tests); any finding fails. Reports stay in build-analyse/. With --long, clang's path-sensitive
# checks too, which take four times as long as all the others.
set -u
cd "$(dirname "$0")/.." || exit 2
failed=
checks=
[ "${1:-}" = --long ] && checks="--checks=clang-analyzer-*,\
-clang-analyzer-security.insecureAPI.DeprecatedOrUnsafeBufferHandling,\
-clang-analyzer-security.insecureAPI.strcpy,-clang-analyzer-optin.performance.Padding"

# Anew each time: a file that is not compiled again would not be warned of again.
rm -rf build-analyse
CC=gcc meson setup build-analyse -Dtests=false -Dc_args=-fanalyzer >build-analyse.log 2>&1 || {
	tail -n 20 build-analyse.log
	exit 1
}
mv build-analyse.log build-analyse/setup.log

# The programs bring their libraries along; the tests stay out.
ninja -C build-analyse registrar/registrar gate/gate badges/badges >build-analyse/analyzer.log 2>&1
code=$?
if [ "$code" != 0 ] || grep -q 'Wanalyzer' build-analyse/analyzer.log; then
	grep -E 'Wanalyzer|error:|FAILED' build-analyse/analyzer.log | sort -u | head -n 40
	echo "-fanalyzer: findings above"
	failed=1
else
	echo "-fanalyzer: nothing found"
fi

# Not from git: a copy without its history would check nothing and pass.
sources=$(find schema badges web registrar gate -name node_modules -prune -o -name '*.c' -print | sort)
# shellcheck disable=SC2086 # the names are separate words on purpose
if cppcheck -q -j2 --std=c11 --enable=warning,performance,portability --inline-suppr \
	--error-exitcode=1 --suppress=missingIncludeSystem -I . -I build-analyse \
	-D__linux__ --library=tests/cppcheck.cfg $sources >build-analyse/cppcheck.log 2>&1; then
	echo "cppcheck: nothing found"
else
	grep -E ': (error|warning|style|performance|portability):' build-analyse/cppcheck.log | head -n 40
	echo "cppcheck: findings above"
	failed=1
fi

# gcc's own options are none of clang's business.
mkdir -p build-analyse/tidy
sed -e 's/-fanalyzer//g; s/-Wduplicated-cond//g; s/-Wlogical-op//g; s/-fstack-clash-protection//g; s/-ftrivial-auto-var-init=zero//g' \
	build-analyse/compile_commands.json >build-analyse/tidy/compile_commands.json
# shellcheck disable=SC2086
# One file a run: with several, clang-tidy 14 takes every va_list but the first's for unset.
if printf '%s\n' $sources | xargs -P2 -n1 clang-tidy --quiet $checks -p build-analyse/tidy \
	>build-analyse/tidy.log 2>&1 && ! grep -qE 'warning:|error:' build-analyse/tidy.log; then
	echo "clang-tidy: nothing found"
else
	grep -E 'warning:|error:' build-analyse/tidy.log | sort -u | head -n 40
	echo "clang-tidy: findings above"
	failed=1
fi
[ -z "$failed" ]
