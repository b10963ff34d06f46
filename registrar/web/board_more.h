/*
 * board_more: what the board of a conference shows beside its attendance: questions that wait, what
 * is restricted, how the doors stand, which conflicts are open.
 */
#ifndef PRESSGATE_REGISTRAR_WEB_BOARD_MORE_H
#define PRESSGATE_REGISTRAR_WEB_BOARD_MORE_H

#include "registrar/doors/conflict_resolve.h"
#include "registrar/web/referral_cases.h"
#include "registrar/web/restriction_list.h"
#include "registrar/web/views.h"
#include "web/reply.h"
#include "web/request.h"

enum { BOARD_GATES = 128 };

/* A door: how it stands, and what it recorded here. */
struct board_gate {
	char name[65];
	struct page_tag tag;
	const struct attendance_gate *counts; /* NULL: it recorded nothing here */
	int64_t unsent;			      /* -1: not known */
	bool here;			      /* it scans for this conference */
};

struct board_conflict {
	const struct attendance_conflict *conflict;
	char key[CONFLICT_KEY + 1];
};

struct board_more {
	struct referral_cases referrals;
	struct restriction_list restrictions;
	struct board_gate gates[BOARD_GATES];
	size_t n_gates;
	struct conflict_resolutions resolved;
	struct board_conflict *conflicts; /* open ones */
	size_t n_conflicts;
	char tag[VIEW_TAG]; /* the board is another once this is */
};

/* Reads it all in tx; end with board_more_free in any case. */
int board_more_read(struct store_tx *tx, const struct conference *conference,
    const struct attendance *attendance, int64_t now, struct board_more *ret)
    __attribute__((warn_unused_result));
void board_more_free(struct board_more *more);

int board_now_get(struct request *req, struct reply *rep);

#endif
