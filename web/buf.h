/*
 * buf: a growable output buffer whose first failure is kept.
 *
 * Pages and replies are written piece by piece; nobody wants to look at each piece's return code.
 * A buffer latches its first error (out of memory, over its limit, an impossible value) and then
 * takes nothing more; whoever sends it looks once, with buf_error().
 */
#ifndef WEB_BUF_H
#define WEB_BUF_H

#include <stdbool.h>
#include <stddef.h>

enum buf_error {
	BUF_OK = 0,
	BUF_NOMEM = -1, /* out of memory */
	BUF_LIMIT = -2, /* would pass the limit */
	BUF_VALUE = -3	/* a value that must not be written (buf_fail) */
};

/* What one page may grow to: far above the largest list, far below the machine. */
#define BUF_LIMIT_PAGE ((size_t)16 << 20)

struct say; /* say.h */

struct buf {
	char *data; /* NULL or NUL-terminated; owned */
	size_t len; /* bytes, without the NUL */
	size_t cap;
	size_t limit;		    /* most bytes it may hold */
	int error;		    /* 0 or the first enum buf_error */
	const struct say *language; /* of the page being written; NULL: English */
};

/* Makes an empty buffer that may hold `limit` bytes. Allocates nothing. */
void buf_init(struct buf *b, size_t limit);

/* Frees the bytes and leaves an empty buffer with the same limit and language and no error. */
void buf_free(struct buf *b);

/* Empties the buffer but keeps its memory; the error is cleared. */
void buf_reset(struct buf *b);

/* Appends `len` bytes. */
void buf_add(struct buf *b, const void *data, size_t len);

/* Appends a string; NULL appends nothing. */
void buf_puts(struct buf *b, const char *text);

/* Appends one byte. */
void buf_putc(struct buf *b, char c);

/* Appends a decimal number. */
void buf_int(struct buf *b, long long value);

/* Appends as printf does. */
void buf_printf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Latches an error of the caller's (an enum buf_error), unless one is latched already. */
void buf_fail(struct buf *b, int error);

/* 0, or the first error. */
int buf_error(const struct buf *b) __attribute__((warn_unused_result));

/* The text so far, never NULL. It stays valid until the next change. */
const char *buf_text(const struct buf *b);

/*
 * Takes the bytes out of the buffer, which is empty afterwards. The caller frees them with free().
 * Returns NULL, and leaves the buffer as it is, where an error is latched. An empty buffer gives
 * an allocated empty string. ret_len may be NULL: the bytes end in a NUL.
 */
char *buf_steal(struct buf *b, size_t *ret_len) __attribute__((warn_unused_result));

#endif
