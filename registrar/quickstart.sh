#!/bin/sh
# quickstart.sh: from a bare Debian 12 to a registrar with one enrolled gate, running.
#
#   sh registrar/quickstart.sh [--data DIR] [--port N] [--device-port N] [--desk-port N]
#                              [--lan ADDRESS:PORT]
#   sh registrar/quickstart.sh [--data DIR] --stop
#
# It installs what is missing, builds in build/, makes a data folder with an invented agency to try
# out (outside the source tree; kept, and used again at the next start), starts the registrar and
# one gate with its desk in the background, and prints what to open. --lan: where the desk answers
# tablets and phones; remembered, "none" ends it. --stop ends what it started.
set -eu
umask 077
from=$(pwd)
cd "$(dirname "$0")/.."
root=$(pwd -P)

data=${XDG_DATA_HOME:-$HOME/.local/share}/pressgate
port= device_port= desk_port= lan= stop=

usage() {
	echo "usage: sh registrar/quickstart.sh [--data DIR] [--port N] [--device-port N]" \
		"[--desk-port N] [--lan ADDRESS:PORT] [--stop]"
}

while [ $# -gt 0 ]; do
	case $1 in
	--data | --port | --device-port | --desk-port | --lan)
		[ $# -ge 2 ] || {
			usage >&2
			exit 2
		}
		case $1 in
		--data) data=$2 ;;
		--port) port=$2 ;;
		--desk-port) desk_port=$2 ;;
		--lan) lan=$2 ;;
		*) device_port=$2 ;;
		esac
		shift
		;;
	--stop) stop=1 ;;
	--help)
		usage
		exit 0
		;;
	*)
		usage >&2
		exit 2
		;;
	esac
	shift
done
data=$(cd "$from" && realpath -m -- "$data")
case $data/ in
"$root"/*)
	echo "quickstart: $data is inside the source tree; name a folder elsewhere with --data" >&2
	exit 2
	;;
esac

# The ports of the last start, unless others are named: the gate knows the registrar by its own.
[ -n "$port" ] || port=$(sed -n 1p "$data/ports" 2>/dev/null) || port=8080
[ -n "$device_port" ] || device_port=$(sed -n 2p "$data/ports" 2>/dev/null) || device_port=8490
[ -n "$desk_port" ] || desk_port=$(sed -n 4p "$data/ports" 2>/dev/null) || desk_port=
[ -n "$desk_port" ] || desk_port=8090
lan_before=$(sed -n 5p "$data/ports" 2>/dev/null) || lan_before=
[ -n "$lan" ] || lan=$lan_before
[ "$lan" != none ] || lan=
for number in "$port" "$device_port" "$desk_port"; do
	case $number in
	'' | *[!0-9]* | ??????* | 0*) number=0 ;;
	esac
	[ "$number" -ge 1 ] && [ "$number" -le 65535 ] && [ "$port" != "$device_port" ] &&
		[ "$port" != "$desk_port" ] && [ "$device_port" != "$desk_port" ] || {
		echo "quickstart: --port $port --device-port $device_port --desk-port $desk_port:" \
			"name different numbers from 1 to 65535" >&2
		exit 2
	}
done

. registrar/setup.sh

registrar=$root/build/registrar/registrar
gate=$root/build/gate/gate
logs=$data/logs

# quoted WORD: as a shell takes it back.
quoted() {
	case $1 in
	*[!A-Za-z0-9/._-]*) printf "'%s'" "$(printf %s "$1" | sed "s/'/'\\\\''/g")" ;;
	*) printf %s "$1" ;;
	esac
}

# running NAME PROGRAM: the process of our own pid file still runs that program.
running() {
	pid=$(cat "$data/$1.pid" 2>/dev/null) || return 1
	case $pid in '' | *[!0-9]*) return 1 ;; esac
	[ "$(readlink "/proc/$pid/exe" 2>/dev/null | sed 's/ (deleted)$//')" = "$2" ] || return 1
	tr '\0' '\n' <"/proc/$pid/cmdline" | grep -qxF "$data/$1"
}

end() {
	if running "$1" "$2"; then
		kill "$pid"
		for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
			running "$1" "$2" || break
			sleep 0.5
		done
		running "$1" "$2" && setup_fail "stop the $1 (process $pid)" \
			"look at $logs/$1.log; end it with: kill -9 $pid"
		setup_say "Stopped the $1."
	else
		setup_say "The $1 does not run."
	fi
	rm -f "$data/$1.pid"
}

if [ -n "$stop" ]; then
	end gate "$gate"
	end registrar "$registrar"
	exit 0
fi

step() {
	setup_say "[$1/5] $2"
}

step 1 "Packages"
setup_packages build
setup_npm web

step 2 "Build$([ -x "$registrar" ] || echo ' (a minute or two, the first time)')"
mkdir -p "$logs" || setup_fail "make the folder $data" "name another one with --data"
if [ ! -f build/build.ninja ]; then
	# What a start that was cut off left would be taken for a finished one.
	rm -rf build/meson-private
	setup_watch "$logs/build.log" meson setup build -Dtests=false || {
		tail -n 20 "$logs/build.log" >&2
		setup_fail "meson setup build" "look at $logs/build.log"
	}
fi
setup_watch "$logs/build.log" \
	ninja -C build registrar/registrar gate/gate badges/badges || {
	grep -E -A6 'error:|FAILED' "$logs/build.log" | head -n 40 >&2
	setup_fail "build" "look at $logs/build.log"
}

step 3 "Data folder $data"
words=
if [ ! -d "$data/registrar" ]; then
	words=$("$registrar" init --data "$data/registrar" --sample 2>"$logs/init.log") || {
		cat "$logs/init.log" >&2
		setup_fail "make $data/registrar" "read the line above"
	}
	setup_say "$words"
fi

# start NAME LINE COMMAND...: in the background, until its log shows a line that begins with LINE.
start() {
	name=$1 line=$2
	shift 2
	# The old log stays beside the new one.
	[ -f "$logs/$name.log" ] && mv "$logs/$name.log" "$logs/$name.log.1"
	: >"$logs/$name.log"
	nohup "$@" </dev/null >>"$logs/$name.log" 2>&1 &
	child=$!
	echo "$child" >"$data/$name.pid"
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		grep -q "^$line" "$logs/$name.log" && return 0
		kill -0 "$child" 2>/dev/null || break
		sleep 0.5
	done
	kill "$child" 2>/dev/null || :
	rm -f "$data/$name.pid"
	tail -n 5 "$logs/$name.log" >&2
	setup_fail "start the $name" \
		"read the line above; for another port: --port N, --device-port N, --desk-port N, --lan"
}

step 4 "Registrar"
# A gate goes where it was enrolled.
enrolled=$(sed -n 3p "$data/ports" 2>/dev/null) || enrolled=
[ -z "$enrolled" ] || [ "$enrolled" = "$device_port" ] ||
	setup_fail "start with --device-port $device_port" \
		"keep $enrolled, where the gate was enrolled, or name another folder with --data"
if running registrar "$registrar"; then
	setup_say "It runs already."
else
	start registrar 'pages ' "$registrar" serve --data "$data/registrar" \
		--listen "127.0.0.1:$port" --device-listen "127.0.0.1:$device_port"
fi
pages=$(sed -n 's/^pages //p' "$logs/registrar.log" | head -n 1)
gates=$(sed -n 's/^gates //p' "$logs/registrar.log" | head -n 1)

port=${pages##*:} device_port=${gates##*:}
printf '%s\n' "$port" "$device_port" "$enrolled" "$desk_port" "$lan_before" >"$data/ports"

step 5 "Gate"
if ! "$gate" status --data "$data/gate" >/dev/null 2>&1; then
	running gate "$gate" && end gate "$gate"
	# Never removed: it may hold entries that nobody else has.
	if [ -d "$data/gate" ]; then
		aside=$data/gate.$(date +%Y%m%d-%H%M%S)
		mv "$data/gate" "$aside"
		setup_say "$data/gate can't be used as a gate; it stands in $aside now."
	fi
	# A name is given once: an enrolment that was cut off, or a gate set aside, has used it.
	for name in north-door "north-door-$(date +%Y%m%d-%H%M%S)"; do
		made=$("$registrar" gate code --data "$data/registrar" "$name" 2>"$logs/gate.log") &&
			break
		made=
	done
	[ -n "$made" ] &&
		"$gate" enrol --data "$data/gate" --url "$gates" \
			--code "$(printf %s "$made" | sed 's/.*"code":"\([^"]*\)".*/\1/')" \
			--pin "$(printf %s "$made" | sed 's/.*"pin":"\([^"]*\)".*/\1/')" \
			>>"$logs/gate.log" 2>&1 || {
		cat "$logs/gate.log" >&2
		setup_fail "enrol the gate" "read the line above"
	}
	enrolled=$device_port
	printf '%s\n' "$port" "$device_port" "$enrolled" "$desk_port" "$lan_before" >"$data/ports"
fi
[ "$lan" = "$lan_before" ] || ! running gate "$gate" || end gate "$gate"
if running gate "$gate"; then
	setup_say "It runs already."
else
	start gate 'desk ' "$gate" desk --data "$data/gate" --listen "127.0.0.1:$desk_port" \
		${lan:+--lan "$lan"}
fi
printf '%s\n' "$port" "$device_port" "$enrolled" "$desk_port" "$lan" >"$data/ports"
desk=$(sed -n 's/^desk //p' "$logs/gate.log" | head -n 1)

slug=$("$registrar" conference list --data "$data/registrar" --json |
	sed -n '1s/.*"slug":"\([^"]*\)".*/\1/p')
admin=$(printf '%s\n' "$words" | sed -n 's/^admin password //p')
pin=$(printf '%s\n' "$words" | sed -n 's/^officer1 pin //p')

run_registrar=$(quoted "$registrar") run_gate=$(quoted "$gate") run_data=$(quoted "$data")
again="sh $(quoted "$root/registrar/quickstart.sh") --data $run_data"

echo
echo "Pressgate is running."
echo "  Pages         $pages"
echo "  Staff         $pages/staff"
echo "  At the door   $desk${lan:+, tablets and phones https://$lan}"
echo "  Data folder   $data  (logs in $logs)"
if [ -n "$admin" ]; then
	echo "  Sign in as    admin   one-time password: $admin"
	echo "  At the door   officer1   PIN: $pin   (super1, a supervisor, has the same)"
else
	echo "  Sign in as    admin, with the password you chose (a new one-time password:"
	echo "                $run_registrar staff password admin --data $run_data/registrar)"
fi
echo
echo "Four things to try:"
echo "  1. Open $pages and apply for accreditation; the mails are files in"
echo "     $data/registrar/mail/"
if [ -n "$slug" ]; then
	echo "  2. Open $desk, sign in as officer1, and scan or type a pass code of:"
	echo "     $run_registrar export passes --data $run_data/registrar --conference $slug"
	echo "  3. Or let all of them in at once:"
	echo "     $run_registrar export passes --data $run_data/registrar --conference $slug |"
	echo "       sed 1d | cut -d, -f5 | $run_gate scan --data $run_data/gate --conference $slug"
else
	echo "  2. Add a conference: $run_registrar conference add --help"
fi
echo "  4. Open $pages/staff, sign in, and watch the attendance of the conference."
echo
echo "Stop with:  $again --stop"
echo "Start with: $again"
