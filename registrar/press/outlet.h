/*
 * outlet: a news organisation in the registry. It has one name of its own and any number of others
 * (aliases), and is found by either, folded so that spellings of one name are one outlet.
 *
 * All functions run inside the caller's transaction and return 0, a code below, STORE_NOT_FOUND or
 * another negative enum store_result; ret_ values are untouched then.
 */
#ifndef PRESSGATE_REGISTRAR_OUTLET_H
#define PRESSGATE_REGISTRAR_OUTLET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schema/store.h"

#define OUTLET_NAME_BYTES 800  /* 200 code points */
#define OUTLET_TEXT_BYTES 2000 /* 500 code points */

enum outlet_error { OUTLET_E_TAKEN = -231 /* another outlet has that name */ };

struct outlet {
	int64_t id;
	char name[OUTLET_NAME_BYTES + 1];
	bool local;			     /* R8: comes before others */
	char site[OUTLET_TEXT_BYTES + 1];    /* or "" */
	char address[OUTLET_TEXT_BYTES + 1]; /* or "" */
};

struct outlet_list {
	struct outlet *outlets; /* by name */
	size_t n;
};

/* The outlet of a name, made where there is none. `local` counts only for a new one. */
STORE_MUST_CHECK int outlet_put(
    struct store_tx *tx, const char *name, bool local, int64_t now, int64_t *ret_id);

STORE_MUST_CHECK int outlet_by_id(struct store_tx *tx, int64_t id, struct outlet *ret_outlet);

/* The outlet that has this name or alias, however it is spelt (outlet_key). */
STORE_MUST_CHECK int outlet_by_name(
    struct store_tx *tx, const char *name, struct outlet *ret_outlet);

STORE_MUST_CHECK int outlet_set_local(struct store_tx *tx, int64_t id, bool local);

/* Its site and address; "" leaves what is known. */
STORE_MUST_CHECK int outlet_set_details(
    struct store_tx *tx, int64_t id, const char *site, const char *address);

/* Another name for it. One it has already is fine; OUTLET_E_TAKEN where it is another's. */
STORE_MUST_CHECK int outlet_alias(
    struct store_tx *tx, int64_t id, const char *name, const char *staff, int64_t now);

/* Every outlet by name, 5,000 at most. Free with outlet_list_free. */
STORE_MUST_CHECK int outlet_list(struct store_tx *tx, struct outlet_list *ret_list);
void outlet_list_free(struct outlet_list *list);

/* Each name of each outlet with its folded form, outlets' own names first; the row is borrowed for
 * the call. An answer other than 0 ends the walk and is returned. */
struct outlet_name {
	struct outlet outlet;
	const char *name, *key;
};
typedef int outlet_name_seen(void *context, const struct outlet_name *row);
STORE_MUST_CHECK int outlet_each_name(struct store_tx *tx, outlet_name_seen *seen, void *context);

/*
 * The form in which names are compared: folded (case, width, accents of Latin, Greek and Cyrillic),
 * punctuation gone, without an article in front ("The", "Le", "L'") and a company's form behind
 * ("Inc.", "Ltée"), in 400 code points at most. Never empty. The caller frees *ret_key. Returns 0
 * or STORE_NO_MEMORY.
 */
STORE_MUST_CHECK int outlet_key(const char *name, char **ret_key);

/* Brings keys that were made by an older rule up to this one. A store_body. */
int outlet_settle(struct store_tx *tx, void *unused);

#endif
