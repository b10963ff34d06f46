/*
 * outlet: a news organisation, found by its folded name so that two spellings are one outlet.
 *
 * All functions run inside the caller's transaction and return 0, STORE_NOT_FOUND or another
 * negative enum store_result; ret_ values are untouched then.
 */
#ifndef PRESSGATE_REGISTRAR_OUTLET_H
#define PRESSGATE_REGISTRAR_OUTLET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schema/store.h"

#define OUTLET_NAME_BYTES 800 /* 200 code points */

struct outlet {
	int64_t id;
	char name[OUTLET_NAME_BYTES + 1];
	bool local; /* R8: comes before others */
};

struct outlet_list {
	struct outlet *outlets; /* by name */
	size_t n;
};

/* The outlet of a name, made where there is none. `local` counts only for a new one. */
STORE_MUST_CHECK int outlet_put(
    struct store_tx *tx, const char *name, bool local, int64_t now, int64_t *ret_id);

STORE_MUST_CHECK int outlet_by_id(struct store_tx *tx, int64_t id, struct outlet *ret_outlet);

/* The outlet whose folded name is that of `name`. */
STORE_MUST_CHECK int outlet_by_name(
    struct store_tx *tx, const char *name, struct outlet *ret_outlet);

STORE_MUST_CHECK int outlet_set_local(struct store_tx *tx, int64_t id, bool local);

/* Every outlet by name, 5,000 at most. Free with outlet_list_free. */
STORE_MUST_CHECK int outlet_list(struct store_tx *tx, struct outlet_list *ret_list);
void outlet_list_free(struct outlet_list *list);

#endif
