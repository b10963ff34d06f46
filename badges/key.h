#ifndef BADGES_KEY_H
#define BADGES_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Secret keys, each with one use: Ed25519 (RFC 8032) for those that sign, X25519 for details. Call
 * sodium_init() once before anything here. */

#define KEY_PUBLIC_SIZE	   32
#define KEY_SEED_SIZE	   32
#define KEY_SIGNATURE_SIZE 64
#define KEY_KID_SIZE	   8

/* What a key may sign. The numbers are those of the keys object (keyset.h). */
enum key_use {
	KEY_USE_ROOT = 1,    /* the keys object */
	KEY_USE_PASS = 2,    /* passes of one conference */
	KEY_USE_BUNDLE = 3,  /* rosters, revocations, staff, and their deltas */
	KEY_USE_WITNESS = 4, /* cosignatures of gates' checkpoints */
	KEY_USE_DEVICE = 5,  /* one device's journal */
	KEY_USE_DETAILS = 6, /* signs nothing: gates seal to it what only the registrar may read */
};

enum key_error {
	KEY_E_MEMORY = -1,
	KEY_E_READ = -2,    /* the file could not be opened or read: errno says why */
	KEY_E_MODE = -3,    /* others may read the file, or it is not a regular file */
	KEY_E_FORMAT = -4,  /* not one line of the format below */
	KEY_E_USE = -5,	    /* a key made for another use */
	KEY_E_EXISTS = -6,  /* a file is there already: a secret is never overwritten */
	KEY_E_WRITE = -7,   /* the file could not be written: errno says why, nothing is left */
	KEY_E_POINT = -8,   /* the public key is not a point of the curve's prime-order group */
	KEY_E_SIGN = -9,    /* the signature made did not verify and was not released */
	KEY_E_VERIFY = -10, /* the signature does not hold */
};

/* A few words for an error, such as "others may read the key file; run chmod 600 on it". */
const char *key_error_words(int code);

/* A secret key. It lies in sodium_malloc memory (guarded, locked, wiped when freed), read-only. */
struct key_secret {
	enum key_use use;
	uint8_t public[KEY_PUBLIC_SIZE];
	uint8_t kid[KEY_KID_SIZE];
	/* seed || public key, as libsodium takes it; of details: seed || X25519 secret */
	uint8_t secret[64];
};

/* The use's word in files and options: root, pass, bundle, witness, device, details; NULL for
 * another. */
const char *key_use_word(enum key_use use);

/* The use named by a word of key_use_word. Returns 0, or KEY_E_USE with ret_use untouched. */
int key_use_find(const char *word, enum key_use *ret_use) __attribute__((warn_unused_result));

/* Makes a new key from the system's randomness, or the key of a seed. Free with key_free. */
int key_new(enum key_use use, struct key_secret **ret_key) __attribute__((warn_unused_result));
int key_from_seed(enum key_use use, const uint8_t seed[static KEY_SEED_SIZE],
    struct key_secret **ret_key) __attribute__((warn_unused_result));

/* Reads a key file, one line of text:
 *
 *	pressgate-secret-key/v1 <use> <64 hex digits of the seed>
 *
 * It must be a regular file that group and others cannot use at all (mode 0600 or 0400), and the
 * key's use must be the one asked for. Returns 0 (free with key_free) or a key_error. */
int key_load(const char *path, enum key_use use, struct key_secret **ret_key)
    __attribute__((warn_unused_result));

/* The same, whatever its use. */
int key_load_any(const char *path, struct key_secret **ret_key) __attribute__((warn_unused_result));

/* Reads one such line, with its LF or without, as key_load does from a file. */
int key_parse(const char *line, size_t len, struct key_secret **ret_key)
    __attribute__((warn_unused_result));

/* Writes a new key file with mode 0600, synced; never over a file that exists. On failure nothing
 * is left behind. */
int key_save(const struct key_secret *key, const char *path) __attribute__((warn_unused_result));

/* Wipes and frees; NULL is fine. */
void key_free(struct key_secret *key);

/* The key id: the first 8 bytes of SHA-256(public key). */
void key_kid(const uint8_t public[static KEY_PUBLIC_SIZE], uint8_t ret_kid[static KEY_KID_SIZE]);

/* Whether the bytes are a point that a public key may be: checked once, when a key is taken in. */
bool key_is_point(const uint8_t public[static KEY_PUBLIC_SIZE]);

/* Signs, and verifies the signature before it is released. Returns 0 or KEY_E_SIGN: also
 * for a key that signs nothing. */
int key_sign(const struct key_secret *key, const uint8_t *message, size_t len,
    uint8_t ret_signature[static KEY_SIGNATURE_SIZE]) __attribute__((warn_unused_result));

/* Returns 0 when the signature holds, else KEY_E_VERIFY. */
int key_verify(const uint8_t public[static KEY_PUBLIC_SIZE], const uint8_t *message, size_t len,
    const uint8_t signature[static KEY_SIGNATURE_SIZE]) __attribute__((warn_unused_result));

#endif
