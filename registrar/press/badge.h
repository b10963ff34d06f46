/*
 * badge: the printed badges of a conference (badges/card.h draws them): who has one, what was
 * printed when and by whom, and what becomes of the pass of a badge that was lost.
 *
 * How they look is DIR/badge.ini (badges/card_design.h), and the design that is built in where
 * there is no such file.
 */
#ifndef REGISTRAR_BADGE_H
#define REGISTRAR_BADGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "badges/card.h"
#include "registrar/press/conference.h"
#include "registrar/press/registration.h"
#include "registrar/refusal.h"
#include "schema/store.h"

struct registrar;

#define BADGE_WORDS_MAX 200  /* characters of a reason */
#define BADGE_RUN_MAX	5000 /* badges of one file: 300 MB of photographs at most */

enum badge_which { BADGE_ALL, BADGE_NOT_PRINTED, BADGE_PRINTED };

/* Which of those who have a pass. */
struct badge_choice {
	int64_t outlet;	  /* 0: each */
	int pass_class;	  /* -1: each */
	const char *find; /* part of a name or an outlet, or a typed code; "": each */
	enum badge_which which;
};

struct badge_person {
	char reference[20 + 1];
	uint8_t pass[16];
	char *name, *outlet;
	unsigned pass_class;
	bool has_photo;
	int64_t printed, last; /* how often this pass was, and when last; 0: never */
};
struct badge_list {
	struct badge_person *items;
	size_t n;
};

/* Those chosen, by name, `most` at most. Free with badge_list_free. */
int badge_list(struct store_tx *tx, int64_t conference_id, const struct badge_choice *choice,
    size_t most, struct badge_list *ret) __attribute__((warn_unused_result));
void badge_list_free(struct badge_list *list); /* an empty one is fine */

struct badge_counts {
	int64_t passes, printed; /* of the conference */
	int64_t chosen, again;	 /* by the choice, and those of them printed before */
};
int badge_counts(struct store_tx *tx, int64_t conference_id, const struct badge_choice *choice,
    struct badge_counts *ret) __attribute__((warn_unused_result));

/* The outlets of those who have a pass, by name. visit returns 0 to go on; anything else ends it
 * and is returned. */
typedef int badge_outlet_visit(void *context, int64_t id, const char *name);
int badge_outlets(struct store_tx *tx, int64_t conference_id, badge_outlet_visit *visit,
    void *context) __attribute__((warn_unused_result));

/* The name and outlet of an accreditation, with a pass or without; the caller frees both. */
int badge_names(struct store_tx *tx, int64_t accreditation_id, char **ret_name, char **ret_outlet)
    __attribute__((warn_unused_result));

/* One line of what became of somebody's badges. */
struct badge_line {
	int64_t at;
	char staff[17], size[16], code[10]; /* code: "K7QF-2M9X" */
	enum { BADGE_LINE_PRINTED, BADGE_LINE_MISPRINT, BADGE_LINE_LOST } what;
	char words[4 * BADGE_WORDS_MAX + 1];
	bool stands;	/* the pass on it is still good */
	int64_t badges; /* printed at once with it */
};
struct badge_history {
	struct badge_line *items; /* the newest first, 100 at most; the caller frees it */
	size_t n;
};
int badge_history(struct store_tx *tx, int64_t registration_id, struct badge_history *ret)
    __attribute__((warn_unused_result));

/* ---- printing ---- */

struct badge_wish {
	const char *slug;
	const char *reference; /* of one registration, or NULL: by choice */
	struct badge_choice choice;
	int size;	   /* enum card_size, or -1: the design's */
	bool first;	   /* of one: refused where its pass was printed before */
	bool misprint;	   /* of one: an earlier print went wrong */
	const char *words; /* then, why; else NULL */
	const char *staff; /* who prints */
};

/*
 * Draws the badges chosen into one PDF, a page at a time, on a thread of its own kind: at most one
 * batch is drawn at once, whoever asks. When the file is whole, who printed what and when is
 * committed with its journal entry; only then it returns 0, and the file may be handed out. On any
 * failure the sink's bytes are to be thrown away, and nothing is noted.
 * Refused: nobody is chosen, more than BADGE_RUN_MAX are, a wrong design (the refusal names the
 * line), a misprint without a reason, a second first print, and a pass that was taken back
 * meanwhile. MODEL_NOT_FOUND: no such conference or registration. MODEL_BUSY: many wait already.
 */
int badge_print(struct registrar *registrar, const struct badge_wish *wish, drawing_sink *sink,
    void *context, int64_t now, unsigned *ret_badges, struct refusal *why)
    __attribute__((warn_unused_result));

/* Draws one badge as PNG without noting anything: of a registration, or with reference NULL an
 * invented person's. The same thread, and refusals. */
int badge_picture(struct registrar *registrar, const char *slug, const char *reference, int size,
    drawing_sink *sink, void *context, struct refusal *why) __attribute__((warn_unused_result));

/* Whether the design can be read; else a refusal with file, line and remedy. */
int badge_design_check(struct registrar *registrar, struct refusal *why)
    __attribute__((warn_unused_result));

/* A badge was lost: its pass is taken back, as re-issued, and the registration has another, in one
 * write with the reason; doors that are connected know within a second, and the person is told by
 * mail. words: 1 to BADGE_WORDS_MAX characters. */
int badge_lost(struct registrar *registrar, const char *slug, const char *reference,
    const char *words, const char *staff, int64_t now, struct refusal *why)
    __attribute__((warn_unused_result));

#endif
