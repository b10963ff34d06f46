/*
 * material: what is published about a conference afterwards or upon request (R7): releases,
 * photographs, recordings. Each stands elsewhere; this keeps its title and address.
 */
#ifndef REGISTRAR_MATERIAL_H
#define REGISTRAR_MATERIAL_H

#include <stddef.h>
#include <stdint.h>

#include "registrar/refusal.h"
#include "schema/store.h"

struct publication;
struct registrar;

enum material_kind { MATERIAL_RELEASE, MATERIAL_PHOTOGRAPH, MATERIAL_RECORDING, MATERIAL_KINDS };

#define MATERIAL_TITLE_MAX 200 /* code points */
#define MATERIAL_URL_MAX   500 /* bytes */

struct material {
	int64_t id, conference_id, published; /* published: Unix seconds */
	enum material_kind kind;
	char title[4 * MATERIAL_TITLE_MAX + 1];
	char url[MATERIAL_URL_MAX + 1];
	char slug[65];				     /* of its conference */
	char conference[4 * MATERIAL_TITLE_MAX + 1]; /* that one's title */
};

/* A list; free items with free(). */
struct material_list {
	struct material *items;
	size_t n;
};

/* "release", "photograph", "recording": as stored and typed. */
const char *material_kind_word(enum material_kind kind);
/* The kind of a word, or MATERIAL_KINDS. */
enum material_kind material_kind_find(const char *word);

struct material_wish {
	const char *slug; /* of the conference */
	enum material_kind kind;
	const char *title, *url;	       /* checked here */
	const char *staff;		       /* who publishes it, for the journal */
	const struct publication *publication; /* what a person decided (publication.h), or NULL */
};

/*
 * Publishes one at `now`. Refused, with the field's name: an empty or too long title, an address
 * that is not https, one that the conference has already; and as by publication_check.
 * MODEL_NOT_FOUND: no such conference.
 */
int material_add(struct registrar *registrar, const struct material_wish *wish, int64_t now,
    int64_t *ret_id, struct refusal *why) __attribute__((warn_unused_result));

/* Takes one back. MODEL_NOT_FOUND: no such conference, or it has none of that number. */
int material_remove(struct registrar *registrar, const char *slug, int64_t id, const char *staff)
    __attribute__((warn_unused_result));

/* Those of a conference, the first published first; 500 at most. */
int material_of_conference(struct store_tx *tx, int64_t conference_id, struct material_list *ret)
    __attribute__((warn_unused_result));

/* What was published after `after` of conferences shown in public, the last first. */
int material_news(struct store_tx *tx, int64_t after, size_t most, struct material_list *ret)
    __attribute__((warn_unused_result));

#endif
