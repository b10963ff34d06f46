/*
 * photo: photographs of accredited people, as the door shows them.
 *
 * A file that somebody sends is never decoded in the process that holds the keys. It is checked by
 * its first bytes and its size, and handed through a pipe to a child of this program
 * (registrar/photo/photo_child.h) that may read, write, take memory and end, and nothing else,
 * within bounds of memory and time. What comes back through another pipe is pixels, at most 480 x
 * 600, upright; they are encoded here, so that nothing of the file but what it shows is kept: no
 * place, no camera, no thumbnail, no second meaning.
 *
 * Each is kept with a mark of random bytes, so that its hash, by which rosters and gates name it,
 * is nobody's to find out: who has a public picture of somebody could else make the same JPEG of
 * it, and look up on the disk of a gate which pass shows it, and where that pass went in and out.
 */
#ifndef REGISTRAR_PHOTO_H
#define REGISTRAR_PHOTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schema/store.h"

struct registrar;

enum {
	PHOTO_FILE_MAX = 5 << 20,    /* bytes of a file: a phone's picture, and room */
	PHOTO_PIXELS_MAX = 24000000, /* of a file's picture */
	PHOTO_SCANS_MAX = 64,	     /* of a progressive JPEG; cameras and programs write 10 */
	PHOTO_WIDTH = 480,	     /* of what is kept, at most */
	PHOTO_HEIGHT = 600,
	PHOTO_BYTES_MAX = 100000, /* of what is kept: many fit on a gate */
	PHOTO_HASH = 32,
	PHOTO_MARK = 16,    /* random bytes of a comment */
	PHOTO_MARK_AT = 20, /* behind the first two segments, SOI and JFIF's */
};

enum photo_result {
	PHOTO_OK = 0,
	PHOTO_TOO_LONG = 371,  /* more than PHOTO_FILE_MAX */
	PHOTO_NOT_ONE = 372,   /* neither JPEG nor PNG by its first bytes */
	PHOTO_TOO_LARGE = 373, /* more than PHOTO_PIXELS_MAX */
	PHOTO_TOO_MANY = 374,  /* more than PHOTO_SCANS_MAX */
	PHOTO_TOO_SMALL = 375, /* under 32 pixels wide or high: nobody is seen on it */
	PHOTO_BROKEN = 376,    /* cut short or damaged */
	PHOTO_BOUNDS = 377,    /* took more memory or time than any photograph does */
	PHOTO_NO_PERSON = 378, /* nobody with this e-mail address */
	PHOTO_SYSTEM = 379,    /* no memory, or no child could be started */
};

/* Pixels, 3 bytes each (red, green, blue), row by row without gaps. */
struct photo_pixels {
	unsigned width, height;
	uint8_t *rgb;
};

/* A photograph as it is kept: JPEG, its own hash. */
struct photo {
	uint8_t hash[PHOTO_HASH]; /* SHA-256 of bytes */
	unsigned width, height;
	uint8_t *bytes;
	size_t len;
};

/* How much of a picture is kept: all of it, or its middle, 4 wide and 5 high. Either way it is then
 * made to fit; the middle is cut in the child, from as many pixels as the file has. */
enum photo_frame { PHOTO_WHOLE, PHOTO_PORTRAIT };

/* Decodes a file in the child. Returns 0 with pixels that the caller frees (free(pixels.rgb)), or
 * a photo_result. */
int photo_decode(const uint8_t *file, size_t len, enum photo_frame frame,
    struct photo_pixels *ret_pixels) __attribute__((warn_unused_result));

/* Encodes pixels of at most PHOTO_WIDTH x PHOTO_HEIGHT. Returns 0 (free with photo_free) or
 * PHOTO_SYSTEM. */
int photo_encode(const struct photo_pixels *pixels, struct photo *ret_photo)
    __attribute__((warn_unused_result));

/* Whether bytes that are kept show the same picture: they differ in their mark at most. */
bool photo_shows(const struct photo *photo, const uint8_t *bytes, size_t len);

/* photo_decode (PHOTO_WHOLE) and photo_encode. */
int photo_make(const uint8_t *file, size_t len, struct photo *ret_photo)
    __attribute__((warn_unused_result));
/* The same with PHOTO_PORTRAIT: what is sent without a frame drawn. */
int photo_portrait(const uint8_t *file, size_t len, struct photo *ret_photo)
    __attribute__((warn_unused_result));
void photo_free(struct photo *photo); /* a zeroed one is fine */

/*
 * Gives the person of an e-mail address this photograph, in place of any other: the photograph, its
 * journal entry, and a new version of every roster that shows the person, in one transaction. The
 * same again is quiet. Returns 0, PHOTO_NO_PERSON or a store_result.
 */
int photo_set(struct registrar *registrar, const char *email, const struct photo *photo,
    const char *staff) __attribute__((warn_unused_result));

/* photo_set inside a caller's write; where *ret_changed the caller calls registrar_changed() when it
 * is through. */
int photo_set_within(struct store_tx *tx, struct registrar *registrar, const char *email,
    const struct photo *photo, const char *staff, bool *ret_changed)
    __attribute__((warn_unused_result));

/* Takes it away; removed from the store where nobody else has it. None there is quiet. */
int photo_remove(struct registrar *registrar, const char *email, const char *staff)
    __attribute__((warn_unused_result));

/* photo_put, photo_give: for a caller's own transaction (the sample): keeps a photograph, and gives
 * it to a person that no roster shows yet. Return 0 or a store_result. */
int photo_put(struct store_tx *tx, const struct photo *photo, int64_t now)
    __attribute__((warn_unused_result));
int photo_give(struct store_tx *tx, int64_t person, const uint8_t hash[static PHOTO_HASH])
    __attribute__((warn_unused_result));

/* The JPEG of a hash that stands on a roster gates may have at `now`; the caller frees. Returns 0,
 * STORE_NOT_FOUND or another store_result. */
int photo_for_gates(struct store_tx *tx, const uint8_t hash[static PHOTO_HASH], int64_t now,
    uint8_t **ret_bytes, size_t *ret_len) __attribute__((warn_unused_result));

/* A sentence for people, with what to do. */
const char *photo_strerror(int result);

#endif
