/*
 * conflict_resolve: what a person found out about a conflict of attendance.h, in words. What the
 * doors recorded stays as it is.
 */
#ifndef REGISTRAR_CONFLICT_RESOLVE_H
#define REGISTRAR_CONFLICT_RESOLVE_H

#include <stddef.h>
#include <stdint.h>

#include "registrar/attendance/attendance.h"
#include "registrar/refusal.h"
#include "schema/store.h"

struct registrar;

enum { CONFLICT_KEY = 200, CONFLICT_WORDS_MAX = 400 }; /* bytes; characters */

/* What a conflict is known by: its kind and the entries it is of, "two-doors:a/1/5:b/1/9". */
void conflict_key(const struct attendance_conflict *conflict, char ret[static CONFLICT_KEY + 1]);

struct conflict_resolution {
	char key[CONFLICT_KEY + 1];
	char staff[17];
	char words[4 * CONFLICT_WORDS_MAX + 1];
	int64_t resolved; /* Unix seconds */
};
struct conflict_resolutions {
	struct conflict_resolution *items; /* by key */
	size_t n;
};

/* Those of a conference; free items with free(). 0, or a negative enum store_result. */
int conflict_resolutions_read(struct store_tx *tx, int64_t conference,
    struct conflict_resolutions *ret) __attribute__((warn_unused_result));

/* That of a conflict, or NULL: it is open. */
const struct conflict_resolution *conflict_resolution_of(
    const struct conflict_resolutions *list, const struct attendance_conflict *conflict);

/* How many conflicts are open. */
size_t conflict_count_open(
    const struct attendance *attendance, const struct conflict_resolutions *list);

/*
 * Resolves one, once: kept and journaled in one write. The words are refused where there are none
 * or too many ("words"), and so is a conflict that somebody resolved before. MODEL_NOT_FOUND: there
 * is no such conflict at that conference.
 */
int conflict_resolve(struct registrar *registrar, const char *slug, const char *key,
    const char *words, const char *staff, int64_t now, struct refusal *why)
    __attribute__((warn_unused_result));

#endif
