#ifndef BADGES_QR_H
#define BADGES_QR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A QR code (ISO/IEC 18004, error correction M) and its pictures. Every picture has a white margin
 * of four modules, whole pixels, and dark modules on light: never inverted. */

#define QR_MARGIN   4
#define QR_TEXT_MAX 3391 /* characters: what version 40 takes at most */

enum qr_error {
	QR_E_TEXT = -1, /* empty, holds a NUL, or too long for a QR code */
	QR_E_MEMORY = -2,
	QR_E_SIZE = -3, /* module_px outside 1..64 */
};

struct qr {
	int version;	  /* 1..40 */
	unsigned width;	  /* modules on a side, without the margin */
	uint8_t *modules; /* width * width, row by row: 1 dark, 0 light */
};

/* Makes the code of a text. Free with qr_free. */
int qr_make(const char *text, size_t len, struct qr *ret_qr) __attribute__((warn_unused_result));

/* Frees what qr_make filled; a zeroed struct is fine. */
void qr_free(struct qr *qr);

/* Whether the module is dark; x and y count from 0, and the margin (any other place) is light. */
bool qr_is_dark(const struct qr *qr, int x, int y);

/* The writers give one malloc'd block and its size in bytes (texts have a NUL after it). The caller
 * frees it with free(). */

/* SVG 1.1, one module to a unit, sized by the page that shows it. */
int qr_svg(const struct qr *qr, char **ret_text, size_t *ret_len)
    __attribute__((warn_unused_result));

/* PNG, black and white, module_px (1..64) pixels to a module. */
int qr_png(const struct qr *qr, unsigned module_px, uint8_t **ret_bytes, size_t *ret_len)
    __attribute__((warn_unused_result));

/* UTF-8 half blocks with the colours set, for a terminal of either scheme. */
int qr_term(const struct qr *qr, char **ret_text, size_t *ret_len)
    __attribute__((warn_unused_result));

#endif
