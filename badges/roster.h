#ifndef BADGES_ROSTER_H
#define BADGES_ROSTER_H

#include "badges/bundle.h"
#include "badges/cbor.h"
#include "badges/keyset.h"

/* The roster of one conference, whole or as the change since an older version.
 *
 *	roster = #6.18([...])         ; external_aad accr/roster/1, signed by a bundle key
 *	payload = {
 *	  1: version, 2: issued, 3: not-after,
 *	  4: u32,                     ; conference number
 *	  5: conference,
 *	  6: [* row] }                ; rising by pass id
 *
 *	roster-delta = #6.18([...])   ; external_aad accr/roster-delta/1, signed by a bundle key
 *	payload = {
 *	  1: version, 2: issued, 3: not-after,
 *	  4: u32,
 *	  5: u64,                     ; from-version, below version: applies to that version only
 *	  6: conference,              ; always, as it is now
 *	  7: [* row],                 ; put in or replaced, rising by pass id
 *	  8: [* bstr .size 16],       ; pass ids taken out, rising, none of them in 7
 *	  9: u32 }                    ; rows after the change
 *
 *	conference = {
 *	   1: slug, 2: line, 3: line, ; slug as a journal entry's event, title, place
 *	   4: ts, 5: ts, 6: ts,       ; doors, starts, ends; doors <= starts < ends
 *	   7: u32,                    ; capacity, 0: none
 *	   8: 1..16777215,            ; classes admitted, bit n for class n
 *	   9: 0..2,                   ; identification: on request, always, a random share
 *	  10: 0..100,                 ; that share, percent
 *	  11: 0..1,                   ; re-entry
 *	  12: u32, 13: u32,           ; age of lists in seconds: amber <= red
 *	  14: 0..1,                   ; pre-registration is required
 *	  15: 0..1 }                  ; admit at once where nothing is to be checked
 *
 *	row = [ bstr .size 16,        ; pass id
 *	        0..23,                ; class
 *	        line, line,           ; name, outlet; either may be empty
 *	        bstr .size (0 / 32),  ; SHA-256 of the photo, empty: none
 *	        1..8,                 ; status
 *	        u32 ]                 ; the registrar's number of the outlet, 0: none
 */

enum roster_status {
	ROSTER_CONFIRMED = 1,
	ROSTER_CANCELLED = 2,
	ROSTER_WAITLISTED = 3,
	ROSTER_REQUESTED = 4,
	ROSTER_DECLINED = 5,
	/* 6..8 are read and mean not confirmed */
	ROSTER_STATUS_MAX = 8,
};

enum roster_id_check { ROSTER_ID_ON_REQUEST = 0, ROSTER_ID_ALWAYS = 1, ROSTER_ID_RANDOM = 2 };

struct roster_conference {
	uint32_t number;
	struct bundle_text slug, title, place;
	int64_t doors, starts, ends; /* Unix seconds */
	uint32_t capacity;	     /* 0: none */
	uint32_t classes;	     /* bit n: class n is admitted */
	enum roster_id_check id_check;
	uint8_t id_share; /* percent */
	bool reentry;
	uint32_t amber, red; /* seconds of age */
	bool registration_required;
	bool admit_at_once;
};

struct roster_row {
	uint8_t pass[16];
	uint8_t pass_class;
	uint8_t status; /* enum roster_status */
	struct bundle_text name, outlet;
	const uint8_t *photo;	/* 32 bytes, or NULL */
	uint32_t outlet_number; /* what restrictions name it by; 0: none */
};

/* An opened roster or delta; it borrows the object's bytes. */
struct roster {
	struct bundle_head head;
	struct roster_conference conference;
	uint32_t row_count;
	bool is_delta;
	uint64_t from_version;	/* deltas only */
	uint32_t removed_count; /* deltas only */
	uint32_t total;		/* rows that the roster has (after the change) */
	struct cbor_reader rows, removed;
	uint32_t rows_left, removed_left;
};

/* Reads and checks a roster or a delta whole. The signing key must be a bundle key of the set,
 * active or retired, with issued in its validity. Returns 0 or a bundle_error, ret_roster
 * untouched. Whether it is newer, applies to what is held, or is too old is the caller's to ask. */
int roster_open(const uint8_t *bytes, size_t len, const struct keyset *keys,
    struct roster *ret_roster) __attribute__((warn_unused_result));
int roster_delta_open(const uint8_t *bytes, size_t len, const struct keyset *keys,
    struct roster *ret_roster) __attribute__((warn_unused_result));

/* The next row, or removed pass id, in rising order. Returns false at the end. */
bool roster_next(struct roster *roster, struct roster_row *ret_row);
bool roster_next_removed(struct roster *roster, uint8_t ret_pass[static 16]);

/* Builds an object, row by row in rising order of pass id:
 *
 *	struct roster_builder builder;
 *	int r = roster_begin(&builder, &head, &conference);   // or roster_delta_begin
 *	while (r == 0 && there is a row)
 *		r = roster_add(&builder, &row);
 *	(deltas only, after the rows: roster_remove for each id)
 *	if (r == 0)
 *		r = roster_finish(&builder, key, &bytes, &len);
 *	roster_abandon(&builder);                             // always: frees
 *
 * A text longer than BUNDLE_LINE_MAX or not plain is refused with BUNDLE_E_FIELD. */
struct roster_builder {
	struct cbor_writer out;
	struct bundle_list list;
	bool is_delta, is_removing;
	uint32_t total, row_count;
};

int roster_begin(struct roster_builder *builder, const struct bundle_head *head,
    const struct roster_conference *conference) __attribute__((warn_unused_result));

/* total: the rows that the roster has after the change. */
int roster_delta_begin(struct roster_builder *builder, const struct bundle_head *head,
    const struct roster_conference *conference, uint64_t from_version, uint32_t total)
    __attribute__((warn_unused_result));

int roster_add(struct roster_builder *builder, const struct roster_row *row)
    __attribute__((warn_unused_result));
int roster_remove(struct roster_builder *builder, const uint8_t pass[static 16])
    __attribute__((warn_unused_result));

/* Signs with a bundle key. Returns 0 with a malloc'd block that the caller frees, or a
 * bundle_error. That a removed id is not among the rows is the caller's to keep: readers refuse it.
 */
int roster_finish(struct roster_builder *builder, const struct key_secret *key, uint8_t **ret_bytes,
    size_t *ret_len) __attribute__((warn_unused_result));

/* Frees what the builder holds; may be called at any time after begin, and twice. */
void roster_abandon(struct roster_builder *builder);

#endif
