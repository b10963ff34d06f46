/*
 * enrol_code: the one-time code that a person types at a gate: 80 random bits in 16 characters of
 * Crockford's base32, shown as XXXX-XXXX-XXXX-XXXX. Only its hash is stored.
 */
#ifndef REGISTRAR_ENROL_CODE_H
#define REGISTRAR_ENROL_CODE_H

#include <stdbool.h>
#include <stdint.h>

enum {
	ENROL_CODE_CHARS = 16,
	ENROL_CODE_TEXT = 19, /* with its dashes */
	ENROL_CODE_HASH = 32, /* SHA-256 of a prefix and the 16 characters */
};

/* A new code as text, NUL-terminated, and its hash. The caller wipes the text. */
void enrol_code_new(
    char ret_text[static ENROL_CODE_TEXT + 1], uint8_t ret_hash[static ENROL_CODE_HASH]);

/* The characters of a code as typed: any case, I and L as 1, O as 0, spaces and dashes anywhere.
 * False: it is none. The caller wipes them. */
bool enrol_code_read(const char *text, char ret_chars[static ENROL_CODE_CHARS])
    __attribute__((warn_unused_result));

void enrol_code_hash(
    const char chars[static ENROL_CODE_CHARS], uint8_t ret[static ENROL_CODE_HASH]);

#endif
