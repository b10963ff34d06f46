#ifndef BADGES_NOTE_H
#define BADGES_NOTE_H

#include <stddef.h>
#include <stdint.h>

/*
 * Signed notes, c2sp.org/signed-note:
 *
 *	<text, every line ended by LF>
 *	<empty line>
 *	— <key name> <base64(key id[4] || signature)>	one line a signature, at least one
 *
 * key id = first 4 bytes of SHA-256(key name || 0A || type || public key). A key's public text,
 * its vkey, is "<name>+<key id, 8 hex>+<base64(type || public key)>".
 *
 * This reader takes notes of printable ASCII (and the em dash) only, with at most
 * NOTE_SIGNATURES_MAX signatures: names here are origins and witnesses, which are ASCII.
 */

enum {
	NOTE_NAME_MAX = 255,
	NOTE_ID = 4,
	NOTE_TEXT_MAX = 16384, /* bytes of the longest note read; 16 signatures fit many times */
	NOTE_SIGNATURES_MAX = 16,
	NOTE_SIGNATURE_MAX = 72, /* bytes of the longest signature made here */
	NOTE_LINE_MAX = 3 + 1 + NOTE_NAME_MAX + 1 + 104 + 1, /* a signature line made here */
	NOTE_VKEY_MAX = NOTE_NAME_MAX + 1 + 8 + 1 + 44,
};

enum note_type {
	NOTE_ED25519 = 0x01,	 /* Ed25519 over the note's text */
	NOTE_COSIGNATURE = 0x04, /* timestamped witness signature, c2sp.org/tlog-cosignature */
};

enum note_error {
	NOTE_BAD_NAME = -1,	 /* empty, too long, or a byte that is not allowed */
	NOTE_BAD_FORMAT = -2,	 /* not a note, or not a vkey */
	NOTE_BAD_KEY = -3,	 /* the key is no valid point, or its id is another's */
	NOTE_BAD_SIGNATURE = -4, /* a signature by that name and id does not verify */
	NOTE_NOT_SIGNED = -5,	 /* no signature by that name and id */
	NOTE_SIGN_FAILED = -6,	 /* what was just signed does not verify: a broken key or machine */
	NOTE_TOO_LONG = -7,	 /* over NOTE_TEXT_MAX or NOTE_SIGNATURES_MAX */
};

/* A public key with the name it signs under. */
struct note_key {
	char name[NOTE_NAME_MAX + 1];
	enum note_type type;
	uint8_t id[NOTE_ID];
	uint8_t public_key[32];
};

/* One signature line; the pointers look into the note that was read. */
struct note_signature {
	const char *name;
	size_t name_len;
	uint8_t id[NOTE_ID];
	const char *base64;
	size_t base64_len;
};

struct note {
	const char *text;
	size_t text_len; /* with the last LF, without the empty line */
	size_t count;
	struct note_signature signature[NOTE_SIGNATURES_MAX];
};

/*
 * note_key_make: a key from its parts; computes the id. Returns 0, NOTE_BAD_NAME, or NOTE_BAD_KEY
 * (not a point of the prime-order group); *ret_key is filled on 0 only.
 */
int note_key_make(const char *name, enum note_type type, const uint8_t public_key[static 32],
    struct note_key *ret_key) __attribute__((warn_unused_result));

/* note_vkey_format: the key's public text, NUL-terminated, without LF. */
void note_vkey_format(const struct note_key *key, char ret_text[static NOTE_VKEY_MAX + 1]);

/*
 * note_vkey_parse: reads a vkey of len bytes; one final LF is allowed. Checks name, type, id and
 * point. Returns 0, NOTE_BAD_NAME, NOTE_BAD_FORMAT or NOTE_BAD_KEY.
 */
int note_vkey_parse(const char *text, size_t len, struct note_key *ret_key)
    __attribute__((warn_unused_result));

/*
 * note_parse: splits a note; verifies nothing. *ret_note points into text, which must outlive it.
 * Returns 0, NOTE_BAD_FORMAT or NOTE_TOO_LONG.
 */
int note_parse(const char *text, size_t len, struct note *ret_note)
    __attribute__((warn_unused_result));

/*
 * note_line: one signature line, with its LF, from the bytes of a signature (1 to
 * NOTE_SIGNATURE_MAX). ret_line is NUL-terminated. Returns its length.
 */
size_t note_line(const struct note_key *key, const uint8_t *signature, size_t len,
    char ret_line[static NOTE_LINE_MAX + 1]);

/*
 * note_find: the signature bytes of exactly want_len that a note carries by key's name and id.
 * Returns 0; NOTE_NOT_SIGNED; NOTE_BAD_SIGNATURE when there are two, or one of another length.
 */
int note_find(const struct note *note, const struct note_key *key, size_t want_len,
    uint8_t *ret_signature) __attribute__((warn_unused_result));

#endif
