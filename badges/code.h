#ifndef BADGES_CODE_H
#define BADGES_CODE_H

#include <stddef.h>
#include <stdint.h>

/* The typed code of a pass: what a person reads out, and an officer types, when a QR code cannot be
 * scanned. It finds a pass on a roster and proves nothing by itself.
 *
 *	X X X X - X X X X
 *	\___________/   |
 *	 35 bits        check
 *
 * The first 35 bits of SHA-256("pressgate-code/v1\n" || pass id) as seven Crockford base32
 * characters, and one check character of the same alphabet: the weighted sum of the seven over
 * GF(32) (x^5 + x^2 + 1, weights x^1..x^7). It catches every wrong character and every swap of two
 * characters, next to each other or not.
 *
 * Two passes have the same code once in 2^35 pairs (in a roster of 25,000: once in a hundred
 * rosters). The issuer draws another pass id when the code is taken within the conference. */

#define CODE_TEXT_LEN 9 /* XXXX-XXXX */

enum { CODE_E_TEXT = -1, CODE_E_CHECK = -2 };

/* Writes the code of a pass id, NUL at its end. */
void code_of_pass(const uint8_t pass[static 16], char ret_text[static CODE_TEXT_LEN + 1]);

/* Reads a code as typed: any case, I and L as 1, O as 0, spaces and '-' anywhere. Writes it as
 * code_of_pass does. Returns 0; CODE_E_TEXT when it is not eight characters of the alphabet (or
 * longer than 64 bytes as typed); CODE_E_CHECK when a character is wrong. ret_text is untouched
 * on failure. */
int code_read(const char *text, size_t len, char ret_text[static CODE_TEXT_LEN + 1])
    __attribute__((warn_unused_result));

#endif
