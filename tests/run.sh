#!/bin/sh
# run.sh: installs what is missing, builds, and runs every test of the project.
#
#   sh tests/run.sh          everything, under 30 minutes on two cores
#   sh tests/run.sh --quick  the gcc build and its tests only
#   sh tests/run.sh --long   everything, valgrind over the models too, and then long fuzzing
#                            (PRESSGATE_FUZZ_SECONDS each, 300) and simulated seeds
#                            (PRESSGATE_SIM_SEEDS, 20000; 1000000: 17 hours)
#
# Stages: gcc with warnings as errors and all tests; clang with AddressSanitizer and UBSan, again
# warnings as errors, and the unit tests; valgrind over the libraries' unit tests; the analysers.
# The last lines are each runner's own totals.
set -u
cd "$(dirname "$0")/.." || exit 2
long= quick=
for argument; do
	case $argument in
	--long) long=1 ;;
	--quick) quick=1 ;;
	*)
		echo "usage: sh tests/run.sh [--quick | --long]" >&2
		exit 2
		;;
	esac
done

. registrar/setup.sh
setup_packages build test
setup_npm web tests

# Many tests wait for a clock or another program: half as many again as there are processors.
processes=$((($(nproc) * 3 + 1) / 2))
failed=
totals=$(mktemp)
behind=
trap 'rm -f "$totals"; [ -z "$behind" ] || kill "$behind" 2>/dev/null' EXIT

stage() {
	printf '\n=== %s\n' "$1"
}

# configure FOLDER OPTION...: a fresh or an existing build folder with these options.
configure() {
	folder=$1
	shift
	if [ -f "$folder/build.ninja" ]; then
		meson configure "$folder" "$@" >/dev/null || return 1
	else
		meson setup "$folder" "$@" >"$folder.log" 2>&1 || {
			tail -n 20 "$folder.log"
			return 1
		}
		mv "$folder.log" "$folder/setup.log"
	fi
}

# build FOLDER: quiet but for what went wrong.
build() {
	ninja -C "$1" >"$1/ninja.log" 2>&1 || {
		grep -E -A6 'error:|warning:|FAILED' "$1/ninja.log" | head -n 60
		return 1
	}
}

# run NAME FOLDER ARGUMENT...: meson's tests; keeps its totals for the end.
run() {
	name=$1 folder=$2
	shift 2
	meson test -C "$folder" --no-rebuild --print-errorlogs --num-processes "$processes" "$@" \
		>"$folder/tests.log" 2>&1
	code=$?
	grep -E '^ *[0-9]+/[0-9]+ ' "$folder/tests.log"
	if [ "$code" != 0 ]; then
		failed="$failed $name"
		sed -n '/Summary of Failures/,$p' "$folder/tests.log" | head -n 30
		# What each failed test printed stands above meson's summary.
		sed '/Summary of Failures/,$d' "$folder/tests.log" |
			grep -vE '^ *[0-9]+/[0-9]+ .* OK ' | tail -n 150
	fi
	{
		echo "$name:"
		grep -E '^(Ok|Expected Fail|Fail|Unexpected Pass|Skipped|Timeout): ' "$folder/tests.log" |
			tr -s ' ' | paste -sd, - | sed 's/,/, /g; s/^/  /'
	} >>"$totals"
}

attempt() {
	name=$1
	shift
	if "$@"; then
		echo "$name: passed" >>"$totals"
	else
		failed="$failed $name"
		echo "$name: FAILED" >>"$totals"
	fi
}

# What only needs a processor is done behind the first stage's tests, which wait a good deal; politely,
# so that they notice nothing of it. Each leaves its exit status beside what it said.
later() {
	# shellcheck disable=SC2016 # the inner shell's parent is this one
	renice -n 19 -p "$(sh -c 'echo $PPID')" >/dev/null
	{
		CC=clang configure build-clang --werror -Db_sanitize=address,undefined -Db_lundef=false \
			-Dfuzz=true -Dwallet_apple=enabled -Dwallet_google=enabled && build build-clang
		echo $? >build/behind-clang
	} >build/behind-clang.log 2>&1
	sh tests/analyse.sh ${long:+--long} >build/behind-analysers.log 2>&1
	echo $? >build/behind-analysers
}

# said NAME: what was done behind as NAME said, and its exit status.
said() {
	while [ ! -f "build/behind-$1" ] && kill -0 "$behind" 2>/dev/null; do
		sleep 1
	done
	cat "build/behind-$1.log"
	return "$(cat "build/behind-$1" 2>/dev/null || echo 1)"
}

stage "gcc, warnings as errors: build and all tests"
rm -rf build/faults build/behind-*
if configure build --werror -Db_sanitize=none -Dtests=true \
	-Dwallet_apple=enabled -Dwallet_google=enabled && build build; then
	mkdir -p build/faults
	if [ -z "$quick" ]; then
		later &
		behind=$!
	fi
	run gcc build
else
	failed="$failed gcc-build"
fi

if [ -z "$quick" ]; then
	stage "clang, AddressSanitizer and UBSan, warnings as errors: build and unit tests"
	if said clang; then
		run clang-sanitizers build-clang --setup sanitizers
	else
		failed="$failed clang-build"
	fi

	stage "valgrind over the libraries' unit tests${long:+, and the models'}"
	[ -f build/build.ninja ] && run valgrind build --setup "valgrind${long:+all}"

	stage "analysers: gcc -fanalyzer, cppcheck, clang-tidy"
	attempt analysers said analysers

	stage "benchmarks: ratios to floors measured in the same run"
	attempt benchmarks sh tests/bench.sh --check
fi

if [ -n "$long" ]; then
	stage "fuzzing"
	for target in build-clang/tests/fuzz/fuzz_*; do
		[ -x "$target" ] || continue
		attempt "$(basename "$target")" "$target" -max_total_time="${PRESSGATE_FUZZ_SECONDS:-300}" \
			-print_final_stats=1
	done
	stage "simulated seeds"
	attempt simulate sh -c '
		half=$((${PRESSGATE_SIM_SEEDS:-20000} / 2))
		build/tests/sim/simulate --seeds "$half" --from 100001 &
		build/tests/sim/simulate --seeds "$half" --from $((100001 + half)) && wait $!'
fi

stage "simulated faults"
awk -F '\t' '$1 != "fault" { tries[$1] += $2; lost[$1] += $3; corrupt[$1] += $4; wrong[$1] += $5 }
	END { for (fault in tries) printf "  %-30s %8d tries, %d lost, %d corrupt, %d wrong\n",
		fault, tries[fault], lost[fault], corrupt[fault], wrong[fault] }' \
	build/simulate-*.tsv | sort

stage "power cuts and kills"
grep -hE '^# .*[0-9]+ (power cuts|kills)( over|,| in) ' build/meson-logs/testlog.txt | sed 's/^# /  /'

stage "faults"
attempt faults /usr/bin/python3 tests/faults/table.py build/faults

stage "totals"
cat "$totals"
if [ -n "$failed" ]; then
	echo "failed:$failed"
	exit 1
fi
echo "all passed"
