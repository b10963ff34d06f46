#!/bin/sh
# kiosk.sh: Chromium with the gate's desk and nothing else, over the whole screen.
#
#   sh gate/desk/kiosk.sh [URL]      URL: http://127.0.0.1:8090/ unless given
#
# Start it at the end of the session's own start (a desktop's autostart, or a compositor's only
# program such as cage). It opens the desk again when Chromium ends. PRESSGATE_BROWSER names another Chromium. End it with Ctrl+C or SIGTERM.
#
# What the flags are for: only the gate's own host can be reached, so the camera may be given without
# asking; sound may play after a restart without a tap; no bubbles, no translation, no swipe back.
set -u
url=${1:-http://127.0.0.1:8090/}
case $url in
http://* | https://*) ;;
*)
	echo "usage: sh gate/desk/kiosk.sh [URL]" >&2
	exit 2
	;;
esac
browser=${PRESSGATE_BROWSER:-chromium}
command -v "$browser" >/dev/null || {
	echo "kiosk: $browser is not installed: apt-get install chromium" >&2
	exit 1
}
host=${url#*://}
host=${host%%[:/]*}
profile=${XDG_STATE_HOME:-$HOME/.local/state}/pressgate/kiosk
mkdir -p "$profile" || exit 1
child=
trap 'trap - TERM INT; [ -z "$child" ] || kill "$child" 2>/dev/null; exit 0' TERM INT

while :; do
	"$browser" --kiosk --user-data-dir="$profile" --no-first-run --no-default-browser-check \
		--noerrdialogs --disable-infobars --disable-session-crashed-bubble \
		--hide-crash-restore-bubble --disable-pinch --overscroll-history-navigation=0 \
		--disable-features=Translate,MediaRouter --disable-sync --disable-background-networking \
		--disable-component-update --password-store=basic \
		--autoplay-policy=no-user-gesture-required --auto-accept-camera-and-microphone-capture \
		--host-rules="MAP * ~NOTFOUND, EXCLUDE $host" "$url" &
	child=$!
	wait "$child"
	child=
	# The gate may have been restarted too: not in a hurry.
	sleep "${PRESSGATE_KIOSK_PAUSE:-2}" &
	child=$!
	wait "$child"
done
