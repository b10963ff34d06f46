#ifndef BADGES_BUNDLE_H
#define BADGES_BUNDLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What every signed object of a bundle has in common: keyset.h, roster.h, revoked.h, staff.h.
 *
 * Each is a COSE_Sign1 (cose.h) over deterministic CBOR, signed by the root key (keys) or a bundle
 * key (all others), under an external_aad of its own, and begins with
 *
 *	1: version    ; u64 >= 1, only rises: the receiver keeps the last one and asks bundle_newer
 *	2: issued     ; ts
 *	3: not-after  ; ts, above issued
 *
 *	ts = 1600000000..4294967295  ; Unix seconds
 *	name = tstr of 1..64 bytes of [A-Za-z0-9._-]
 *	line = tstr of plain text (text.h) of at most 800 bytes
 *
 * A reader validates an object whole before it yields the first row, allocates nothing but for the
 * keyset, and borrows the object's bytes for as long as its result is used. There is one accepted
 * encoding of each object. */

#define BUNDLE_SIZE_MAX	   (64u << 20) /* bytes in an object: a gate holds several in memory */
#define BUNDLE_ROWS_MAX	   200000u     /* rows in a list */
#define BUNDLE_LINE_MAX	   800	       /* bytes: 200 characters */
#define BUNDLE_NAME_MAX	   64
#define BUNDLE_TIME_MIN	   1600000000
#define BUNDLE_TIME_MAX	   4294967295
#define BUNDLE_VERSION_MAX INT64_MAX

#define BUNDLE_AAD_KEYS		 "accr/keys/1"
#define BUNDLE_AAD_ROSTER	 "accr/roster/1"
#define BUNDLE_AAD_ROSTER_DELTA	 "accr/roster-delta/1"
#define BUNDLE_AAD_REVOKED	 "accr/revoked/1"
#define BUNDLE_AAD_REVOKED_DELTA "accr/revoked-delta/1"
#define BUNDLE_AAD_STAFF	 "accr/staff/2"

enum bundle_error {
	BUNDLE_E_MEMORY = -1,
	BUNDLE_E_SHAPE = -2, /* not such an object, or not its one encoding */
	BUNDLE_E_LIMIT = -3, /* larger than the limits above */
	BUNDLE_E_KEY = -4,   /* signed by an unknown key, or outside the key's use or validity */
	BUNDLE_E_SIGNATURE = -5, /* the signature does not hold */
	BUNDLE_E_EXPIRED = -6,	 /* not-after has passed */
	BUNDLE_E_KEYS = -7,	 /* a keys object that no gate may use: see keyset_open */
	BUNDLE_E_ORDER = -8,	 /* builder: rows must rise by their id, each once */
	BUNDLE_E_FIELD = -9,	 /* builder: a field is out of its range */
};

/* Text inside an object or given to a builder: not ended by a NUL. */
struct bundle_text {
	const char *text;
	size_t len;
};

struct bundle_text bundle_text(const char *text);

/* What every object begins with. */
struct bundle_head {
	uint64_t version;
	int64_t issued, not_after; /* Unix seconds */
};

/* A list that a builder is writing: it belongs to the builder. */
struct bundle_list {
	size_t at; /* where its first item begins */
	uint32_t count;
	uint8_t last[16];
};

/* Whether an object may take the place of the one held (held_version 0: none is held). An object
 * of the same version is not newer: it is the one held. */
bool bundle_newer(const struct bundle_head *head, uint64_t held_version);

#endif
