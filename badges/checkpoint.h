#ifndef BADGES_CHECKPOINT_H
#define BADGES_CHECKPOINT_H

#include <stddef.h>
#include <stdint.h>

#include "badges/note.h"

/*
 * A log's signed head, c2sp.org/tlog-checkpoint, as a signed note (note.h):
 *
 *	police.example/presslog/north-door/k3v9q2
 *	42
 *	CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
 *
 *	— police.example/presslog/north-door/k3v9q2 Az3grlgt...
 *	— police.example/witness jWbPPwAAAABkGFDL...
 *
 * Lines: origin, size in decimal, base64 of the root hash. The key's name is the origin. Extension
 * lines are allowed by the standard and refused here, since this project never writes one.
 * Further signature lines are kept and, when their key is unknown, ignored.
 *
 * A witness adds a cosignature, c2sp.org/tlog-cosignature: Ed25519 over
 * "cosignature/v1\ntime <Unix seconds>\n" and the checkpoint's text; the signature's bytes are the
 * time in 8 bytes, big-endian, and then the signature. Its key id is computed with type 04.
 *
 * Secret keys are libsodium's 64 bytes. Whatever is signed here is verified before it is released,
 * always. That costs 65 microseconds beside the signature's 25 (measured, libsodium 1.0.18), less
 * than the durable commit that follows; a faulty signature would leave a log nobody can vouch for,
 * or give the key away. Signing twice and comparing is cheaper, but misses a damaged key.
 */

enum {
	CHECKPOINT_ORIGIN_MAX = NOTE_NAME_MAX,
	CHECKPOINT_BODY_MAX = CHECKPOINT_ORIGIN_MAX + 1 + 20 + 1 + 44 + 1,
	CHECKPOINT_SIGNED_MAX = CHECKPOINT_BODY_MAX + 1 + NOTE_LINE_MAX, /* with one signature */
	CHECKPOINT_TEXT_MAX = NOTE_TEXT_MAX, /* with everything that may be added to it */
};

struct checkpoint {
	char origin[CHECKPOINT_ORIGIN_MAX + 1];
	uint64_t size;
	uint8_t root[32];
};

/* Codes beside those of note.h. */
enum checkpoint_error {
	CHECKPOINT_BAD_ORIGIN = -20,   /* not a name a key can have */
	CHECKPOINT_BAD_SIZE = -21,     /* not a decimal, or over TREE_SIZE_MAX */
	CHECKPOINT_BAD_ROOT = -22,     /* not the base64 of 32 bytes */
	CHECKPOINT_BAD_LINES = -23,    /* not exactly three lines */
	CHECKPOINT_WRONG_ORIGIN = -24, /* another log's checkpoint */
	CHECKPOINT_BAD_TIME = -25,     /* a cosignature's time is negative */
};

/*
 * checkpoint_format: the text that is signed: three lines, NUL-terminated. Returns 0 and *ret_len
 * without the NUL, or CHECKPOINT_BAD_ORIGIN or CHECKPOINT_BAD_SIZE with nothing filled.
 */
int checkpoint_format(const struct checkpoint *checkpoint,
    char ret_text[static CHECKPOINT_BODY_MAX + 1], size_t *ret_len)
    __attribute__((warn_unused_result));

/*
 * checkpoint_parse: reads a signed checkpoint without verifying it; for showing and for finding out
 * whose it claims to be. Exactly one encoding of a body is accepted. Returns 0, a CHECKPOINT_BAD_
 * code, NOTE_BAD_FORMAT or NOTE_TOO_LONG.
 */
int checkpoint_parse(const char *text, size_t len, struct checkpoint *ret_checkpoint)
    __attribute__((warn_unused_result));

/*
 * checkpoint_sign: makes the signed note of a checkpoint and verifies it. key is the log's (type
 * 01), its name the origin; secret_key is the same key's secret half. ret_text is NUL-terminated,
 * *ret_len without the NUL. Returns 0, CHECKPOINT_BAD_ORIGIN, CHECKPOINT_WRONG_ORIGIN,
 * CHECKPOINT_BAD_SIZE or NOTE_SIGN_FAILED (the halves do not belong together, or the signature does
 * not verify), with nothing filled.
 */
int checkpoint_sign(const struct checkpoint *checkpoint, const struct note_key *key,
    const uint8_t secret_key[static 64], char ret_text[static CHECKPOINT_SIGNED_MAX + 1],
    size_t *ret_len) __attribute__((warn_unused_result));

/*
 * checkpoint_verify: reads a signed checkpoint and verifies its log's signature. key is the log's
 * (type 01), by which the origin is known too: the origin must be the key's name. Returns 0 and
 * fills *ret_checkpoint, or CHECKPOINT_WRONG_ORIGIN, NOTE_NOT_SIGNED, NOTE_BAD_SIGNATURE or a code
 * of checkpoint_parse().
 */
int checkpoint_verify(const char *text, size_t len, const struct note_key *key,
    struct checkpoint *ret_checkpoint) __attribute__((warn_unused_result));

/*
 * checkpoint_witness_key: a site's witness key (type 04), whose name is "<site>/witness". Returns
 * 0, NOTE_BAD_NAME or NOTE_BAD_KEY.
 */
int checkpoint_witness_key(const char *site, const uint8_t public_key[static 32],
    struct note_key *ret_key) __attribute__((warn_unused_result));

/*
 * checkpoint_cosign: the witness's signature line for a signed checkpoint, with LF and NUL; made
 * for a checkpoint that the caller has verified and found consistent with all it saw before.
 * witness is the witness's key (type 04), secret_key its secret half, time the time of now in Unix
 * seconds. Returns 0 and *ret_len without the NUL, CHECKPOINT_BAD_TIME, NOTE_SIGN_FAILED, or a code
 * of checkpoint_parse().
 */
int checkpoint_cosign(const char *text, size_t len, const struct note_key *witness,
    const uint8_t secret_key[static 64], int64_t time, char ret_line[static NOTE_LINE_MAX + 1],
    size_t *ret_len) __attribute__((warn_unused_result));

/*
 * checkpoint_check_cosignature: verifies the witness's signature on a checkpoint that carries it
 * as one of its lines (a receipt kept apart is joined by checkpoint_join() first). key has type 04.
 * Returns 0 and *ret_time in Unix seconds, NOTE_NOT_SIGNED, NOTE_BAD_SIGNATURE,
 * CHECKPOINT_BAD_TIME, or a code of checkpoint_parse().
 */
int checkpoint_check_cosignature(const char *text, size_t len, const struct note_key *key,
    int64_t *ret_time) __attribute__((warn_unused_result));

/*
 * checkpoint_join: a signed checkpoint with more signature lines behind its own. lines holds whole
 * lines, each ended by LF. ret_text has room for size bytes, NUL included. Returns 0 and *ret_len,
 * NOTE_TOO_LONG when it does not fit, or NOTE_BAD_FORMAT when the result is no note.
 */
int checkpoint_join(const char *text, size_t len, const char *lines, size_t lines_len,
    char *ret_text, size_t size, size_t *ret_len) __attribute__((warn_unused_result));

#endif
