#ifndef BADGES_REVOKED_H
#define BADGES_REVOKED_H

#include "badges/bundle.h"
#include "badges/cbor.h"
#include "badges/keyset.h"

/* Revoked pass ids and entry restrictions, whole or as the change since an older version.
 *
 *	revoked = #6.18([...])        ; external_aad accr/revoked/1, signed by a bundle key
 *	payload = {
 *	  1: version, 2: issued, 3: not-after,
 *	  4: [* revocation],          ; rising by pass id
 *	  5: [* restriction] }        ; rising by number
 *
 *	revoked-delta = #6.18([...])  ; external_aad accr/revoked-delta/1, signed by a bundle key
 *	payload = {
 *	  1: version, 2: issued, 3: not-after,
 *	  4: u64,                     ; from-version, below version: applies to that version only
 *	  5: [* revocation],          ; put in or replaced, rising by pass id
 *	  6: [* bstr .size 16],       ; pass ids taken out, rising, none of them in 5
 *	  7: [* restriction],         ; always all of them
 *	  8: u32 }                    ; revocations after the change
 *
 *	revocation = [ bstr .size 16, ; pass id
 *	               1..23 ]        ; reason class
 *
 *	restriction = {
 *	  1: u32,                     ; its number
 *	  2: 1..5,                    ; scope: building, conference, class, outlet, pass
 *	  3: u32,                     ; conference it holds for, 0: every one (scope building: 0)
 *	  4: 0..23,                   ; class, else 0
 *	  5: line,                    ; outlet's name for people, else empty
 *	  6: bstr .size (0 / 16),     ; pass id, else empty
 *	  7: ts, 8: ts / 0,           ; from, until (0: until it is lifted)
 *	  9: line,                    ; the Service's reason, in words
 *	 10: u32,                     ; outlet's number as in rosters, else 0
 *	 11: tstr }                   ; DEVICE/EPOCH/SEQ of the gate's entry that made it, or empty
 */

/* Reason classes; others up to 23 are read and mean revoked. */
enum revoked_class {
	REVOKED_CANCELLED = 1,
	REVOKED_REISSUED = 2,
	REVOKED_REVOKED = 3,
	REVOKED_SUSPENDED = 4,
	REVOKED_WITHDRAWN = 5,
	REVOKED_CLASS_MAX = 23,
};

enum revoked_scope {
	REVOKED_SCOPE_BUILDING = 1,
	REVOKED_SCOPE_CONFERENCE = 2,
	REVOKED_SCOPE_CLASS = 3,
	REVOKED_SCOPE_OUTLET = 4,
	REVOKED_SCOPE_PASS = 5,
};

struct revoked_restriction {
	uint32_t id;
	enum revoked_scope scope;
	uint32_t conference; /* 0: every one */
	uint8_t pass_class;
	struct bundle_text outlet;
	uint32_t outlet_number; /* of scope outlet, else 0 */
	const uint8_t *pass;	/* 16 bytes, or NULL */
	int64_t from, until;	/* Unix seconds; until 0: until it is lifted */
	struct bundle_text words;
	struct bundle_text origin; /* revoked_is_origin, or empty: made at the registrar */
};

/* An opened object; it borrows the object's bytes. */
struct revoked {
	struct bundle_head head;
	bool is_delta;
	uint64_t from_version; /* deltas only */
	uint32_t row_count, removed_count, restriction_count;
	uint32_t total;		/* revocations that the list has (after the change) */
	const uint8_t *rows_at; /* rows of REVOKED_ROW_SIZE bytes each */
	struct cbor_reader rows, removed, restrictions;
	uint32_t rows_left, removed_left, restrictions_left;
};

#define REVOKED_ROW_SIZE 19

#define REVOKED_ORIGIN_MAX 128 /* bytes */

/* Whether a text is DEVICE/EPOCH/SEQ: a name of bundle.h and two numbers without leading zeros. */
bool revoked_is_origin(const char *text, size_t len);

/* As roster_open and roster_delta_open. */
int revoked_open(const uint8_t *bytes, size_t len, const struct keyset *keys,
    struct revoked *ret_revoked) __attribute__((warn_unused_result));
int revoked_delta_open(const uint8_t *bytes, size_t len, const struct keyset *keys,
    struct revoked *ret_revoked) __attribute__((warn_unused_result));

/* The next of each list, in order. Returns false at the end. */
bool revoked_next(struct revoked *revoked, uint8_t ret_pass[static 16], uint8_t *ret_class);
bool revoked_next_removed(struct revoked *revoked, uint8_t ret_pass[static 16]);
bool revoked_next_restriction(struct revoked *revoked, struct revoked_restriction *ret);

/* Looks a pass up among the object's revocations (binary search). Returns its reason class, or 0.
 */
uint8_t revoked_find(const struct revoked *revoked, const uint8_t pass[static 16]);

/* Builds an object, as roster_begin and its like: revocations rising by pass id; then, in deltas,
 * removed ids rising; then restrictions rising by id. */
struct revoked_builder {
	struct cbor_writer out;
	struct bundle_list list;
	uint64_t key; /* of the list being written */
	bool is_delta;
	uint32_t total, row_count;
};

int revoked_begin(struct revoked_builder *builder, const struct bundle_head *head)
    __attribute__((warn_unused_result));
int revoked_delta_begin(struct revoked_builder *builder, const struct bundle_head *head,
    uint64_t from_version, uint32_t total) __attribute__((warn_unused_result));
int revoked_add(struct revoked_builder *builder, const uint8_t pass[static 16],
    uint8_t reason_class) __attribute__((warn_unused_result));
int revoked_remove(struct revoked_builder *builder, const uint8_t pass[static 16])
    __attribute__((warn_unused_result));
int revoked_restrict(struct revoked_builder *builder, const struct revoked_restriction *restriction)
    __attribute__((warn_unused_result));
int revoked_finish(struct revoked_builder *builder, const struct key_secret *key,
    uint8_t **ret_bytes, size_t *ret_len) __attribute__((warn_unused_result));
void revoked_abandon(struct revoked_builder *builder);

#endif
