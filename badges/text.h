#ifndef BADGES_TEXT_H
#define BADGES_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* The one rule for text that a person will read off a pass, a roster or a gate's screen. */

/* Whether the bytes are valid UTF-8 (RFC 3629: shortest form, no surrogates, at most U+10FFFF)
 * without C0 and C1 controls, line separators, bidi, zero-width, invisible and other format
 * characters (Unicode category Cf), and noncharacters. The empty text is plain. Normalisation is
 * the issuer's work and is not looked at. */
bool text_is_plain(const char *text, size_t len);

/* The most bytes, not above limit, that text can be cut to without splitting a character.
 * text is valid UTF-8. */
size_t text_cut(const char *text, size_t len, size_t limit);

/* Whether the text is 1..max bytes of [A-Za-z0-9._-]: a name that is part of a file or log name. */
bool text_is_name(const char *text, size_t len, size_t max);

#endif
