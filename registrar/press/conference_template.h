/*
 * conference_template: a conference without its dates, kept under a name, to make others from.
 */
#ifndef REGISTRAR_CONFERENCE_TEMPLATE_H
#define REGISTRAR_CONFERENCE_TEMPLATE_H

#include <stddef.h>
#include <stdint.h>

#include "registrar/press/conference.h"
#include "registrar/refusal.h"
#include "schema/store.h"

struct registrar;

#define CONFERENCE_TEMPLATE_NAME_MAX 100 /* characters */

/* fields.starts is 0, doors before it, ends after it: seconds. Its slug is "" and it is a draft. */
struct conference_template {
	int64_t id;
	char name[4 * CONFERENCE_TEMPLATE_NAME_MAX + 1];
	struct conference fields;
	char made_by[17]; /* "": the program */
	int64_t changed;
};

/* Frees what it holds; an empty one is fine. */
void conference_template_clear(struct conference_template *item);
void conference_template_list_free(struct conference_template *list, size_t n);

/* By name. */
int conference_template_list(struct store_tx *tx, struct conference_template **ret_list,
    size_t *ret_n) __attribute__((warn_unused_result));
/* MODEL_NOT_FOUND when there is none. */
int conference_template_by_id(struct store_tx *tx, int64_t id, struct conference_template *ret)
    __attribute__((warn_unused_result));

/*
 * Keeps a template: id 0 makes one, else that one is changed. Of wish the name and the fields are
 * read; the times may be a conference's own: only what is between them counts. Refused with the
 * field's name, also for a name that is taken.
 */
int conference_template_put(struct registrar *registrar, int64_t id, const char *name,
    const struct conference *fields, const char *staff, int64_t now, int64_t *ret_id,
    struct refusal *why) __attribute__((warn_unused_result));

/* MODEL_NOT_FOUND when there is none. What was made from it stays. */
int conference_template_remove(struct registrar *registrar, int64_t id, const char *staff)
    __attribute__((warn_unused_result));

#endif
