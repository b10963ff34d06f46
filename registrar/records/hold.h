/*
 * hold: a legal hold on a person, a conference (with everybody registered for it) or an outlet
 * (with its people). While it stands nothing that it covers is purged or erased. It ends by another
 * act, or at its time.
 *
 * Functions with a struct store_tx run inside the caller's write and return 0, a model's code or a
 * negative enum store_result.
 */
#ifndef PRESSGATE_REGISTRAR_HOLD_H
#define PRESSGATE_REGISTRAR_HOLD_H

#include <stdbool.h>
#include <stdint.h>

#include "registrar/refusal.h"
#include "schema/store.h"

struct registrar;

enum hold_scope { HOLD_PERSON, HOLD_CONFERENCE, HOLD_OUTLET };

/* What is asked for; borrowed texts. */
struct hold_wish {
	enum hold_scope scope;
	const char *what;   /* an e-mail address, a conference's slug, an outlet's name */
	const char *reason; /* 1 to 1,000 characters */
	const char *staff;
	int64_t until; /* Unix seconds; 0: until it is lifted */
};

struct hold {
	int64_t id;
	enum hold_scope scope;
	char what[801]; /* name of the person or outlet, title of the conference */
	char reason[4001], made_by[801], lifted_by[801], lifted_words[4001];
	int64_t made, until, lifted; /* 0: none */
};
struct holds {
	struct hold *items;
	size_t n;
};

/* Places it, and journals that. *ret_id: its number. */
int hold_place(struct store_tx *tx, struct registrar *registrar, const struct hold_wish *wish,
    int64_t now, int64_t *ret_id, struct refusal *why) __attribute__((warn_unused_result));

/* Lifts it, with a reason, and journals that. MODEL_NOT_FOUND: there is none, or it is over. */
int hold_lift(struct store_tx *tx, struct registrar *registrar, int64_t id, const char *words,
    const char *staff, int64_t now) __attribute__((warn_unused_result));

/* Those that stand first, then those that are over, the newest first; 500 at most. Free with
 * free(items). */
STORE_MUST_CHECK int hold_list(struct store_tx *tx, int64_t now, struct holds *ret);
STORE_MUST_CHECK int hold_by_id(struct store_tx *tx, int64_t id, struct hold *ret);

/* Whether it stands now. */
bool hold_stands(const struct hold *hold, int64_t now);

#endif
