/*
 * publication: nothing is published in which the check (disclosure.h) found something, before a
 * person decided about each finding (R12). Who decided, about which rule and why is kept and
 * journaled; the text, and the words found in it, are not.
 */
#ifndef REGISTRAR_PUBLICATION_H
#define REGISTRAR_PUBLICATION_H

#include <stddef.h>
#include <stdint.h>

#include "registrar/press/disclosure.h"
#include "registrar/refusal.h"
#include "schema/store.h"

struct registrar;

#define PUBLICATION_REASON_MAX 400 /* characters */
#define PUBLICATION_KEY	       16

/* What a refusal's field is when findings wait for a decision. */
#define PUBLICATION_FIELD "publication"

/* A text that is to be published, as the part of something: "title", "summary". */
struct publication_text {
	const char *part, *text;
	int64_t conference; /* whose it is where texts of several go out, else 0 */
};

/* A finding: a rule, and words of a part; the same words in the same part are one. */
struct publication_finding {
	const char *part;
	enum disclosure_rule rule;
	char *words;
	unsigned times;
	int64_t conference;
	char key[PUBLICATION_KEY + 1]; /* of part, rule and words */
};

struct publication_findings {
	struct publication_finding *items;
	size_t n;
	bool more; /* a text has more than are listed: it can't be published */
};

/* What a person decided. */
struct publication_answer {
	const char *key, *reason;
};
struct publication {
	const char *reason; /* for each finding, or NULL */
	const struct publication_answer *answers;
	size_t n;
	/* NULL, or where to put what waits for a decision when that is why it was refused; the
	 * caller frees it. */
	struct publication_findings *ret_findings;
};

/* What the check finds in n texts (a NULL text is none). Free with publication_free. Returns as
 * disclosure_check. */
int publication_find(const struct publication_text *texts, size_t n,
    struct publication_findings *ret) __attribute__((warn_unused_result));
void publication_free(struct publication_findings *findings);

/*
 * Whether n texts may be published: nothing is found, or decision (NULL: none) has a reason for
 * each finding. *ret, which begins empty, is then what was decided about, for publication_keep.
 * Refused with the field PUBLICATION_FIELD.
 */
int publication_check(struct registrar *registrar, const struct publication_text *texts, size_t n,
    const struct publication *decision, struct publication_findings *ret, struct refusal *why)
    __attribute__((warn_unused_result));

/* Keeps and journals what was decided, in the write that publishes. */
struct publication_of {
	int64_t conference;
	const char *slug, *staff;
	int64_t now;
};
int publication_keep(struct store_tx *tx, struct registrar *registrar,
    const struct publication_of *of, const struct publication_findings *findings,
    const struct publication *decision) __attribute__((warn_unused_result));

/* A decision as it is kept. */
struct publication_line {
	char part[33], rule[33], reason[4 * PUBLICATION_REASON_MAX + 1], staff[17];
	int64_t at;
};

/* The decisions about a conference's texts, the newest first; the caller frees *ret. */
int publication_list(struct store_tx *tx, int64_t conference, struct publication_line **ret,
    size_t *ret_n) __attribute__((warn_unused_result));

#endif
