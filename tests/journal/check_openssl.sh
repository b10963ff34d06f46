#!/bin/sh
# check_openssl.sh FOLDER...: verifies an exported log's checkpoint with the openssl command: the
# log's Ed25519 signature and key id by `vkey`, and the witness's by `witness-vkey` where there is
# one. Prints "ok NAME" for each signature, exits 1 at the first that does not hold.
set -eu

[ $# -gt 0 ] || {
	echo "usage: check_openssl.sh FOLDER..." >&2
	exit 2
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
	echo "check_openssl: $folder: $1" >&2
	exit 1
}

decode() {
	printf '%s\n' "$1" | openssl base64 -d -A >"$2" 2>/dev/null || fail "not base64: $1"
}

# hex FILE [OFFSET [COUNT]]: bytes of a file in hex.
hex() {
	od -An -v -tx1 -j"${2:-0}" ${3:+-N"$3"} "$1" | tr -d ' \n'
}

# split_vkey FILE TYPE: sets name and id, writes $work/key with type and public key, and key.der.
split_vkey() {
	[ "$(wc -l <"$1")" = 1 ] || fail "$1 is not one line"
	vkey=$(cat "$1")
	name=${vkey%%+*}
	rest=${vkey#*+}
	id=${rest%%+*}
	decode "${rest#*+}" "$work/key"
	[ "$(wc -c <"$work/key")" = 33 ] && [ "$(hex "$work/key" 0 1)" = "$2" ] ||
		fail "$1 holds no key of type $2"
	{ printf '%s\n' "$name" && cat "$work/key"; } >"$work/named"
	[ "$(openssl dgst -sha256 -r "$work/named" | cut -c1-8)" = "$id" ] ||
		fail "$1: the id is not the key's"
	# SubjectPublicKeyInfo of Ed25519, RFC 8410: a fixed head and the key.
	{ printf '\060\052\060\005\006\003\053\145\160\003\041\000' && tail -c 32 "$work/key"; } \
		>"$work/key.der"
}

# find_signature LENGTH: the line by name and id; writes its bytes behind the id to $work/signed.
find_signature() {
	dash=$(printf '\342\200\224')
	found=
	sed '1,/^$/d' "$folder/checkpoint" >"$work/lines"
	while read -r mark line_name base64; do
		[ "$mark" = "$dash" ] && [ "$line_name" = "$name" ] || continue
		decode "$base64" "$work/line"
		[ "$(hex "$work/line" 0 4)" = "$id" ] || continue
		[ "$(wc -c <"$work/line")" = $((4 + $1)) ] || fail "signature of another length"
		tail -c "$1" "$work/line" >"$work/signed"
		found=1
	done <"$work/lines"
	[ -n "$found" ] || fail "not signed by $name"
}

verify() {
	openssl pkeyutl -verify -pubin -inkey "$work/key.der" -keyform DER -rawin \
		-in "$1" -sigfile "$2" >/dev/null 2>&1 || fail "the signature of $name does not verify"
	echo "ok $name"
}

for folder; do
	[ -f "$folder/vkey" ] && [ -f "$folder/checkpoint" ] || fail "no vkey or checkpoint"
	sed '/^$/,$d' "$folder/checkpoint" >"$work/text"
	split_vkey "$folder/vkey" 01
	[ "$(head -n 1 "$work/text")" = "$name" ] || fail "the origin is not the key's name"
	find_signature 64
	verify "$work/text" "$work/signed"
	[ -f "$folder/witness-vkey" ] || continue
	split_vkey "$folder/witness-vkey" 04
	find_signature 72
	time=$(printf '%d' "0x$(hex "$work/signed" 0 8)")
	{ printf 'cosignature/v1\ntime %s\n' "$time" && cat "$work/text"; } >"$work/message"
	tail -c 64 "$work/signed" >"$work/signature"
	verify "$work/message" "$work/signature"
done
