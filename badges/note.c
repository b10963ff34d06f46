#include "badges/note.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <sodium.h>

static const char dash[] = "\xe2\x80\x94 "; /* em dash, space */

enum { DASH_LEN = sizeof(dash) - 1, ID_HEX = 2 * NOTE_ID, BASE64 = sodium_base64_VARIANT_ORIGINAL };

/* Printable ASCII without space and '+', which end a name in a signature line and in a vkey. */
static bool is_name(const char *name, size_t len)
{
	if (len == 0 || len > NOTE_NAME_MAX)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (name[i] <= ' ' || name[i] > '~' || name[i] == '+')
			return false;
	}
	return true;
}

/* Strict base64 of at most size bytes: canonical, padded, nothing before or behind. */
static bool decode(const char *text, size_t len, uint8_t *ret_bytes, size_t size, size_t *ret_len)
{
	return sodium_base642bin(ret_bytes, size, text, len, NULL, ret_len, NULL, BASE64) == 0;
}

static void key_id(const char *name, enum note_type type, const uint8_t public_key[static 32],
    uint8_t ret_id[static NOTE_ID])
{
	const uint8_t between[2] = {'\n', (uint8_t)type};
	uint8_t hash[crypto_hash_sha256_BYTES];
	crypto_hash_sha256_state state;

	crypto_hash_sha256_init(&state);
	crypto_hash_sha256_update(&state, (const uint8_t *)name, strlen(name));
	crypto_hash_sha256_update(&state, between, sizeof(between));
	crypto_hash_sha256_update(&state, public_key, 32);
	crypto_hash_sha256_final(&state, hash);
	memcpy(ret_id, hash, NOTE_ID);
}

int note_key_make(const char *name, enum note_type type, const uint8_t public_key[static 32],
    struct note_key *ret_key)
{
	struct note_key key = {.type = type};
	size_t len = strnlen(name, NOTE_NAME_MAX + 1);

	if (!is_name(name, len))
		return NOTE_BAD_NAME;
	if (crypto_core_ed25519_is_valid_point(public_key) != 1)
		return NOTE_BAD_KEY;
	memcpy(key.name, name, len);
	memcpy(key.public_key, public_key, sizeof(key.public_key));
	key_id(key.name, type, public_key, key.id);
	*ret_key = key;
	return 0;
}

void note_vkey_format(const struct note_key *key, char ret_text[static NOTE_VKEY_MAX + 1])
{
	char hex[ID_HEX + 1], base64[44 + 1];
	uint8_t bytes[33];

	bytes[0] = (uint8_t)key->type;
	memcpy(bytes + 1, key->public_key, 32);
	sodium_bin2hex(hex, sizeof(hex), key->id, NOTE_ID);
	sodium_bin2base64(base64, sizeof(base64), bytes, sizeof(bytes), BASE64);
	snprintf(ret_text, NOTE_VKEY_MAX + 1, "%s+%s+%s", key->name, hex, base64);
}

int note_vkey_parse(const char *text, size_t len, struct note_key *ret_key)
{
	char name[NOTE_NAME_MAX + 1], again[NOTE_VKEY_MAX + 1];
	const char *plus, *base64;
	struct note_key key;
	uint8_t bytes[33];
	size_t count;
	int error;

	if (len > 0 && text[len - 1] == '\n')
		len--;
	plus = memchr(text, '+', len);
	if (plus == NULL || len - (size_t)(plus - text) < 1 + ID_HEX + 1)
		return NOTE_BAD_FORMAT;
	if (!is_name(text, (size_t)(plus - text)))
		return NOTE_BAD_NAME;
	base64 = plus + 1 + ID_HEX + 1;
	if (!decode(base64, (size_t)(text + len - base64), bytes, sizeof(bytes), &count) ||
	    count != sizeof(bytes) || (bytes[0] != NOTE_ED25519 && bytes[0] != NOTE_COSIGNATURE))
		return NOTE_BAD_FORMAT;
	memcpy(name, text, (size_t)(plus - text));
	name[plus - text] = '\0';
	error = note_key_make(name, (enum note_type)bytes[0], bytes + 1, &key);
	if (error < 0)
		return error;
	/* Written again it must be the same: that holds the id against the key, and its case. */
	note_vkey_format(&key, again);
	if (strlen(again) != len || memcmp(again, text, len) != 0)
		return NOTE_BAD_KEY;
	*ret_key = key;
	return 0;
}

/* Where the signatures begin: behind the last empty line; NULL when there is none. */
static const char *signatures(const char *text, size_t len)
{
	for (size_t i = len; i-- > 1;) {
		if (text[i] == '\n' && text[i - 1] == '\n')
			return text + i + 1;
	}
	return NULL;
}

static bool parse_line(const char *line, size_t len, struct note_signature *ret_signature)
{
	uint8_t bytes[NOTE_TEXT_MAX];
	struct note_signature signature;
	const char *space;
	size_t count;

	if (len <= DASH_LEN || memcmp(line, dash, DASH_LEN) != 0)
		return false;
	signature.name = line + DASH_LEN;
	space = memchr(signature.name, ' ', len - DASH_LEN);
	if (space == NULL)
		return false;
	signature.name_len = (size_t)(space - signature.name);
	signature.base64 = space + 1;
	signature.base64_len = (size_t)(line + len - signature.base64);
	if (!is_name(signature.name, signature.name_len) ||
	    !decode(signature.base64, signature.base64_len, bytes, sizeof(bytes), &count) ||
	    count <= NOTE_ID)
		return false;
	memcpy(signature.id, bytes, NOTE_ID);
	*ret_signature = signature;
	return true;
}

int note_parse(const char *text, size_t len, struct note *ret_note)
{
	const char *at, *end = text + len;
	struct note note;

	if (len > NOTE_TEXT_MAX)
		return NOTE_TOO_LONG;
	at = signatures(text, len);
	if (at == NULL || at == end || end[-1] != '\n')
		return NOTE_BAD_FORMAT;
	note = (struct note){.text = text, .text_len = (size_t)(at - text) - 1};
	for (size_t i = 0; i < note.text_len; i++) {
		if (text[i] != '\n' && (text[i] < ' ' || text[i] > '~'))
			return NOTE_BAD_FORMAT;
	}
	while (at < end) {
		const char *lf = memchr(at, '\n', (size_t)(end - at));

		if (note.count == NOTE_SIGNATURES_MAX)
			return NOTE_TOO_LONG;
		if (!parse_line(at, (size_t)(lf - at), &note.signature[note.count]))
			return NOTE_BAD_FORMAT;
		note.count++;
		at = lf + 1;
	}
	*ret_note = note;
	return 0;
}

size_t note_line(const struct note_key *key, const uint8_t *signature, size_t len,
    char ret_line[static NOTE_LINE_MAX + 1])
{
	uint8_t bytes[NOTE_ID + NOTE_SIGNATURE_MAX];
	size_t at = DASH_LEN, name_len = strlen(key->name);

	memcpy(bytes, key->id, NOTE_ID);
	memcpy(bytes + NOTE_ID, signature, len);
	memcpy(ret_line, dash, DASH_LEN);
	memcpy(ret_line + at, key->name, name_len);
	at += name_len;
	ret_line[at++] = ' ';
	sodium_bin2base64(ret_line + at, NOTE_LINE_MAX + 1 - at, bytes, NOTE_ID + len, BASE64);
	at += strlen(ret_line + at);
	ret_line[at++] = '\n';
	ret_line[at] = '\0';
	return at;
}

int note_find(
    const struct note *note, const struct note_key *key, size_t want_len, uint8_t *ret_signature)
{
	uint8_t bytes[NOTE_ID + NOTE_SIGNATURE_MAX];
	const struct note_signature *found = NULL;
	size_t len, name_len = strlen(key->name);

	for (size_t i = 0; i < note->count; i++) {
		const struct note_signature *line = &note->signature[i];

		if (line->name_len != name_len || memcmp(line->name, key->name, name_len) != 0 ||
		    memcmp(line->id, key->id, NOTE_ID) != 0)
			continue;
		if (found != NULL)
			return NOTE_BAD_SIGNATURE;
		found = line;
	}
	if (found == NULL)
		return NOTE_NOT_SIGNED;
	if (!decode(found->base64, found->base64_len, bytes, sizeof(bytes), &len) ||
	    len != NOTE_ID + want_len)
		return NOTE_BAD_SIGNATURE;
	memcpy(ret_signature, bytes + NOTE_ID, want_len);
	return 0;
}
