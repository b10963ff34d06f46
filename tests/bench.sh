#!/bin/sh
# bench.sh: how fast and how large, each as a ratio to a floor measured in the same run, with the
# target it must reach. `--check` runs every benchmark once, shortly. A missed target is printed
# and does not fail: a busy machine is no fault of the code. A benchmark that cannot run fails.
set -u
cd "$(dirname "$0")/.." || exit 2
. registrar/setup.sh
setup_packages build test
setup_npm web
if [ ! -f build/build.ninja ]; then
	meson setup build >/dev/null || exit 1
fi
# quickstart builds without the tests.
[ -d build/tests ] || meson configure build -Dtests=true >/dev/null || exit 1
ninja -C build >build/ninja.log 2>&1 || {
	tail -n 20 build/ninja.log
	exit 1
}
[ "${1:-}" = --check ] && export PRESSGATE_BENCH_SHORT=1
code=0
for name in bench_pass bench_scan bench_desk bench_badges; do
	build/tests/bench/$name || code=1
done
/usr/bin/python3 tests/bench/bench_programs.py build || code=1
exit $code
