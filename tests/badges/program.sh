#!/bin/sh
# program.sh BADGES VECTORS: the badges program as people and scripts use it; TAP on standard output.
set -u
badges=$1
vectors=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
count=0
failed=0

# ok NAME STATUS: one result, good when STATUS is 0.
ok() {
	count=$((count + 1))
	if [ "$2" = 0 ]; then
		printf 'ok %s - %s\n' "$count" "$1"
	else
		printf 'not ok %s - %s\n' "$count" "$1"
		failed=1
	fi
}

# equal NAME GOT WANTED
equal() {
	[ "$2" = "$3" ]
	ok "$1" $?
	[ "$2" = "$3" ] || printf '# wanted: %s\n# got:    %s\n' "$3" "$2"
}

# exits NAME STATUS COMMAND...: the command's exit status; what it says must be on standard error
# when that is 2, and name what is wrong.
exits() {
	name=$1
	wanted=$2
	shift 2
	"$@" >"$folder/out" 2>"$folder/err" </dev/null
	equal "$name: exit status" "$?" "$wanted"
	if [ "$wanted" = 2 ]; then
		[ -s "$folder/err" ] && [ ! -s "$folder/out" ]
		ok "$name: said on standard error only" $?
	fi
}

now=1789250000
secret=$folder/secret
claims='{"conference":7,"nbf":1789200000,"exp":1789286400,"class":3,"name":"Zoe\u0308 Example","pass":"000102030405060708090a0b0c0d0e0f"}'
zoe=$(printf 'Zo\303\253 Example')
opened='{"ok":true,"pass":"000102030405060708090a0b0c0d0e0f","conference":7,"class":3,"name":"'$zoe'","outlet":"","nbf":1789200000,"exp":1789286400,"flags":0}'

# Keys.
told=$("$badges" keygen --secret "$secret")
ok "keygen makes a key" $?
public=$(printf '%s\n' "$told" | sed -n 's/^public \([0-9a-f]\{64\}\)$/\1/p')
kid=$(printf '%s\n' "$told" | sed -n 's/^kid \([0-9a-f]\{16\}\)$/\1/p')
equal "keygen prints the key id of the public key" "$kid" \
	"$(python3 -c 'import hashlib, sys
print(hashlib.sha256(bytes.fromhex(sys.argv[1])).hexdigest()[:16])' "$public")"
equal "the secret's mode" "$(stat -c %a "$secret")" 600
equal "the secret's one line" "$(grep -cE '^pressgate-secret-key/v1 pass [0-9a-f]{64}$' "$secret")" 1
before=$(cat "$secret")
exits "keygen never overwrites" 1 "$badges" keygen --secret "$secret"
equal "the secret is untouched" "$(cat "$secret")" "$before"
exits "keygen into no folder" 1 "$badges" keygen --secret "$folder/none/key"
exits "keygen for an unknown use" 2 "$badges" keygen --secret "$folder/x" --use door
exits "keygen without a file" 2 "$badges" keygen
(umask 0777 && "$badges" keygen --use witness --secret "$folder/witness" >/dev/null)
equal "a umask does not take the owner's rights" "$(stat -c %a "$folder/witness")" 600

# Signing and opening.
printf '%s\n' "$claims" | "$badges" sign --secret "$secret" >"$folder/text"
ok "sign prints a pass" $?
equal "a pass opens as it was signed, its name in NFC" \
	"$("$badges" open --public "$public" <"$folder/text")" "$opened"
"$badges" open --public "$public" <"$folder/text" >/dev/null
ok "all passes good: exit status 0" $?
equal "a conference that is not asked for" \
	"$("$badges" open --public "$public" --conference 8 <"$folder/text")" \
	'{"ok":false,"reason":"wrong-conference"}'
equal "the conference asked for" \
	"$("$badges" open --public "$public" --conference 7 --now $now <"$folder/text")" "$opened"
equal "too early" "$("$badges" open --public "$public" --now 1789199939 <"$folder/text")" \
	'{"ok":false,"reason":"not-yet-valid"}'
equal "early by the tolerance" "$("$badges" open --public "$public" --now 1789199940 <"$folder/text")" \
	"$opened"
equal "too late" "$("$badges" open --public "$public" --now 1789286460 <"$folder/text")" \
	'{"ok":false,"reason":"expired"}'
equal "late by the tolerance" "$("$badges" open --public "$public" --now 1789286459 <"$folder/text")" \
	"$opened"
other=d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a
equal "another key" "$("$badges" open --public $other <"$folder/text")" \
	'{"ok":false,"reason":"unknown-key"}'

# Lines.
text=$(cat "$folder/text")
malformed='{"ok":false,"reason":"malformed"}'
nul=$(printf '%s\000\n' "$text" | "$badges" open --public "$public")
equal "a NUL is no end of a line" "$nul" "$malformed"
for end in '' '\n' '\r' '\r\n'; do
	equal "a last '$end' is dropped" \
		"$(printf "%s$end" "$text" | "$badges" open --public "$public")" "$opened"
done
for end in ' ' '\t\n' '\r\r\n' ' \n'; do
	equal "a last '$end' is not dropped" \
		"$(printf "%s$end" "$text" | "$badges" open --public "$public")" "$malformed"
done
equal "an empty line is malformed" "$(printf '\n' | "$badges" open --public "$public")" "$malformed"
equal "no line, no answer" "$("$badges" open --public "$public" </dev/null)" ""
exits "no line: nothing was refused" 0 "$badges" open --public "$public"
{
	cat "$folder/text"
	head -c 3000000 /dev/zero | tr '\0' A
	echo
	head -c 100000 /dev/urandom | tr '\n' x
	echo
	cat "$folder/text"
	echo ACR1:
} >"$folder/mixed"
equal "long and random lines are malformed, and those after them still open" \
	"$("$badges" open --public "$public" <"$folder/mixed")" \
	"$(printf '%s\n' "$opened" "$malformed" "$malformed" "$opened" "$malformed")"
"$badges" open --public "$public" <"$folder/mixed" >/dev/null
equal "one refused: exit status" $? 1
longest=$(jq -r '.vectors[] | select(.name == "valid_worst") | .qr' "$vectors")
equal "the longest pass opens" \
	"$(printf '%s\n' "$longest" | "$badges" open --public $other | cut -c1-11)" '{"ok":true,'
equal "one character more does not" \
	"$(printf '%s0\n' "$longest" | "$badges" open --public $other)" "$malformed"
equal "the vectors are judged as written" \
	"$(jq -r '.vectors[].qr' "$vectors" | "$badges" open --public $other | cut -c1-10 | sort | uniq -c |
		tr -s ' ' | tr '\n' ';')" ' 9 {"ok":fals; 4 {"ok":true;'
equal "an answer comes before the next line" "$( (cat "$folder/text"; sleep 2; rm -f "$folder/early") |
	"$badges" open --public "$public" | { touch "$folder/early"; read -r line; ls "$folder/early" 2>&1; })" \
	"$folder/early"

# Misuse of open.
exits "open without a key" 2 "$badges" open
exits "open with half a key" 2 "$badges" open --public abcd
exits "open with a key off the curve" 2 "$badges" open --public \
	0200000000000000000000000000000000000000000000000000000000000000
for bad in -1 x '' 4294967296 1e3 ' 7'; do
	exits "open --conference '$bad'" 2 "$badges" open --public "$public" --conference "$bad"
done
exits "open --now tomorrow" 2 "$badges" open --public "$public" --now tomorrow
exits "open with an argument" 2 "$badges" open --public "$public" file
exits "open with an unknown option" 2 "$badges" open --public "$public" --force
if [ -c /dev/full ]; then
	"$badges" open --public "$public" <"$folder/text" >/dev/full 2>"$folder/err"
	equal "a full disk: exit status" $? 1
	ok "a full disk is said" "$([ -s "$folder/err" ]; echo $?)"
fi

# Claims that are refused: key, line.
while read -r key line; do
	printf '%s\n' "$line" | "$badges" sign --secret "$secret" >"$folder/out" 2>"$folder/err"
	equal "sign refuses $line" $? 1
	grep -q "line 1: .*$key" "$folder/err" && [ ! -s "$folder/out" ]
	ok "and names $key" $?
done <<-END
	conference {"nbf":1789200000,"exp":1789286400}
	conference {"conference":4294967296,"nbf":1789200000,"exp":1789286400}
	conference {"conference":"7","nbf":1789200000,"exp":1789286400}
	conference {"conference":7.0,"nbf":1789200000,"exp":1789286400}
	nbf {"conference":7,"exp":1789286400}
	nbf {"conference":7,"nbf":1,"exp":1789286400}
	exp {"conference":7,"nbf":1789200000}
	exp {"conference":7,"nbf":1789200000,"exp":1789200000}
	class {"conference":7,"nbf":1789200000,"exp":1789286400,"class":24}
	flags {"conference":7,"nbf":1789200000,"exp":1789286400,"flags":65536}
	name {"conference":7,"nbf":1789200000,"exp":1789286400,"name":"a\u202eb"}
	name {"conference":7,"nbf":1789200000,"exp":1789286400,"name":"a\u0000b"}
	name {"conference":7,"nbf":1789200000,"exp":1789286400,"name":7}
	outlet {"conference":7,"nbf":1789200000,"exp":1789286400,"outlet":"a\nb"}
	pass {"conference":7,"nbf":1789200000,"exp":1789286400,"pass":"00"}
	colour {"conference":7,"nbf":1789200000,"exp":1789286400,"colour":1}
	duplicate {"conference":7,"conference":8,"nbf":1789200000,"exp":1789286400}
	object []
	JSON nothing
END
head -c 5000 /dev/zero | tr '\0' ' ' | "$badges" sign --secret "$secret" >/dev/null 2>"$folder/err"
equal "sign refuses a long line" $? 1
long='{"conference":7,"nbf":1789200000,"exp":1789286400,"name":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\u00e9tail"}'
equal "a long name is cut between characters" \
	"$(printf '%s\n' "$long" | "$badges" sign --secret "$secret" | "$badges" open --public "$public" |
		jq -r .name)" aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
one=$(printf '%s\n' '{"conference":7,"nbf":1789200000,"exp":1789286400}')
equal "ids are drawn anew" "$(printf '%s\n%s\n' "$one" "$one" | "$badges" sign --secret "$secret" |
	"$badges" open --public "$public" | jq -r .pass | sort -u | wc -l)" 2

# Keys that sign must refuse.
exits "sign without a key" 2 "$badges" sign
exits "sign with a key that is not there" 2 "$badges" sign --secret "$folder/none"
exits "sign with a witness key" 2 "$badges" sign --secret "$folder/witness"
chmod 640 "$secret"
exits "sign with a key that the group may read" 2 "$badges" sign --secret "$secret"
grep -q 'chmod 600' "$folder/err"
ok "and says the remedy" $?
chmod 600 "$secret"
echo hello >"$folder/bad" && chmod 600 "$folder/bad"
exits "sign with a file that is no key" 2 "$badges" sign --secret "$folder/bad"
exits "sign with a folder for a key" 2 "$badges" sign --secret "$folder"

# Pictures.
for format in svg png term; do
	"$badges" qr --format $format <"$folder/text" >"$folder/picture.$format"
	ok "qr makes a picture: $format" $?
done
equal "a PNG begins as a PNG" "$(head -c 8 "$folder/picture.png" | od -An -tx1 | tr -d ' ')" \
	89504e470d0a1a0a
equal "an SVG is one" "$(head -c 4 "$folder/picture.svg")" '<svg'
equal "SVG is the default" "$("$badges" qr <"$folder/text" | sha256sum)" \
	"$(sha256sum <"$folder/picture.svg")"
exits "qr of nothing" 1 "$badges" qr
printf '\n' | "$badges" qr >"$folder/out" 2>/dev/null
equal "qr of an empty line" $? 1
head -c 4000 /dev/zero | tr '\0' A | "$badges" qr >"$folder/out" 2>"$folder/err"
equal "qr of too much" $? 1
ok "and no part of a picture" "$([ ! -s "$folder/out" ]; echo $?)"
exits "qr in another format" 2 "$badges" qr --format gif
exits "qr with huge modules" 2 "$badges" qr --format png --module 65

# The program.
exits "no command" 2 "$badges"
exits "an unknown command" 2 "$badges" frob
exits "help" 0 "$badges" --help
exits "the version" 0 "$badges" --version
for command in keygen sign open qr; do
	exits "help of $command" 0 "$badges" $command --help
	ok "help of $command is on standard output" "$([ -s "$folder/out" ]; echo $?)"
done
"$badges" open --help | tr -s ' \n' ' ' | grep -q 'checked only when asked for'
ok "help of open says what is not checked" $?

echo "1..$count"
exit $failed
