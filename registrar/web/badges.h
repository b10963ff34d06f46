/* badges: what the pages about printed badges show; their handlers. */
#ifndef PRESSGATE_REGISTRAR_WEB_BADGES_H
#define PRESSGATE_REGISTRAR_WEB_BADGES_H

#include "registrar/press/badge.h"
#include "registrar/web/views.h"

struct request;
struct reply;

/* What to print on: enum card_size counted from 1, and the design's own. */
enum { BADGES_SIZES = 4, BADGES_WHICHES = 3 };
extern const struct form_choice badges_sizes[BADGES_SIZES + 1];
extern const struct form_choice badges_whiches[BADGES_WHICHES + 1]; /* enum badge_which */
#define BADGES_SIZE_FIELD                                                                          \
	{                                                                                          \
		.name = "size", .label = "size", .kind = FORM_CHOICE, .choices = badges_sizes      \
	}

/* The size of a form's field: enum card_size, or -1. */
int badges_size(const struct form *form, size_t field);

/* Prints into the reply, as a PDF to be saved. Not 0: as badge_print, and the reply is as before.
 */
int badges_reply(struct request *req, struct reply *rep, const struct badge_wish *wish,
    const char *name, struct refusal *why) __attribute__((warn_unused_result));

/* Replies with the picture of a badge of the route's conference (badge_picture). */
int badges_picture(struct request *req, struct reply *rep, const char *reference)
    __attribute__((warn_unused_result));

struct view_badge_option {
	int64_t value;
	const char *words;
	bool chosen;
};

/* The list of a conference's badges, with what is chosen of it. */
struct view_badges {
	struct page page;
	const struct conference *conference;
	const struct badge_counts *counts;
	const struct badge_list *list; /* the first of those chosen */
	const struct view_badge_option *outlets, *classes;
	size_t n_outlets, n_classes;
	enum badge_which which;
	const char *find;
	const char *problem; /* or NULL */
};

/* One person's. */
struct view_badge {
	struct page page;
	const struct conference *conference;
	const struct registration *registration;
	const char *name, *outlet;
	const struct badge_history *history;
	const struct form *form; /* the reason of a misprint, or of a loss */
	char code[10];		 /* of the pass, "K7QF-2M9X" */
	int64_t printed;	 /* how often the pass that stands was */
	bool replaced;		 /* just now */
	bool is_over;
	const char *problem;
};

/* "printed", "printed again after a misprint", "lost; its pass was taken back". */
const char *view_badge_what(const struct badge_line *line);

extern const struct form_field badges_query[4];
extern const struct form_field badges_fields[5];
extern const struct form_field badge_query[1];
extern const struct form_field badge_fields[1];
extern const struct form_field badge_again_fields[2];
extern const struct form_field badge_lost_fields[1];
int badges_get(struct request *req, struct reply *rep);
int badges_post(struct request *req, struct reply *rep);
int badge_design_get(struct request *req, struct reply *rep);
int badge_get(struct request *req, struct reply *rep);
int badge_png_get(struct request *req, struct reply *rep);
int badge_post(struct request *req, struct reply *rep);
int badge_again_post(struct request *req, struct reply *rep);
int badge_lost_get(struct request *req, struct reply *rep);
int badge_lost_post(struct request *req, struct reply *rep);

#endif
