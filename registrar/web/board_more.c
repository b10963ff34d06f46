#include "registrar/web/board_more.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "badges/bytes.h"
#include "registrar/attendance/attendance_cache.h"
#include "registrar/web/handlers.h"

enum { TAG_BYTES = 12 };

void board_more_free(struct board_more *more)
{
	referral_cases_free(&more->referrals);
	restriction_list_free(&more->restrictions);
	free(more->resolved.items);
	free(more->conflicts);
}

/* ---- doors ---- */

struct gathering {
	const struct conference *conference;
	const struct attendance *attendance;
	struct board_more *more;
};

static const struct attendance_gate *counts_of(
    const struct attendance *attendance, const char *name)
{
	for (size_t i = 0; i < attendance->n_gates; i++)
		if (strcmp(attendance->gates[i].device, name) == 0)
			return &attendance->gates[i];
	return NULL;
}

/* Doors that are in service, and those that recorded something here. */
static void add_gate(void *context, const struct health_gate *gate)
{
	struct gathering *gathering = context;
	struct board_more *more = gathering->more;
	const struct attendance_gate *counts = counts_of(gathering->attendance, gate->name);
	struct board_gate *to;

	if (more->n_gates == BOARD_GATES || (!counts && (gate->revoked || !gate->enrolled)))
		return;
	to = &more->gates[more->n_gates++];
	*to = (struct board_gate){.tag = view_gate_tag(gate),
	    .counts = counts,
	    .unsent = gate->has_health ? gate->health.unsent : -1,
	    .here = gate->has_health &&
		    strcmp(gate->health.conference, gathering->conference->slug) == 0};
	snprintf(to->name, sizeof(to->name), "%s", gate->name);
}

/* Journals of doors that this registrar has no gate of (any more). */
static void add_strangers(const struct attendance *attendance, struct board_more *more)
{
	for (size_t i = 0; i < attendance->n_gates && more->n_gates < BOARD_GATES; i++) {
		const struct attendance_gate *counts = &attendance->gates[i];
		bool known = false;

		for (size_t j = 0; j < more->n_gates; j++)
			known = known || strcmp(more->gates[j].name, counts->device) == 0;
		if (known)
			continue;
		more->gates[more->n_gates] = (struct board_gate){
		    .tag = {"Not in service", PAGE_PLAIN}, .counts = counts, .unsent = -1};
		snprintf(more->gates[more->n_gates++].name, sizeof(more->gates[0].name), "%s",
		    counts->device);
	}
}

/* ---- conflicts ---- */

static int keep_conflicts(const struct attendance *attendance, struct board_more *more)
{
	more->conflicts = calloc(attendance->n_conflicts + 1, sizeof(*more->conflicts));
	if (!more->conflicts)
		return STORE_NO_MEMORY;
	for (size_t i = 0; i < attendance->n_conflicts; i++) {
		const struct attendance_conflict *conflict = &attendance->conflicts[i];

		if (conflict_resolution_of(&more->resolved, conflict))
			continue;
		more->conflicts[more->n_conflicts].conflict = conflict;
		conflict_key(conflict, more->conflicts[more->n_conflicts++].key);
	}
	return 0;
}

/* ---- the tag ---- */

static void add_numbers(crypto_generichash_state *state, const int64_t *numbers, size_t n)
{
	crypto_generichash_update(state, (const uint8_t *)numbers, n * sizeof(*numbers));
}

static void add_text(crypto_generichash_state *state, const char *text)
{
	crypto_generichash_update(state, (const uint8_t *)text, strlen(text) + 1);
}

static void add_attendance(crypto_generichash_state *state, const struct attendance *a)
{
	const int64_t numbers[] = {a->expected, a->arrived, a->inside, a->no_show, a->walk_ins,
	    a->denials, a->waitlisted, a->cancelled, a->unnamed, (int64_t)a->n_lines,
	    (int64_t)a->n_people, (int64_t)a->n_conflicts};

	add_numbers(state, numbers, sizeof(numbers) / sizeof(*numbers));
}

static void make_tag(const struct attendance *attendance, struct board_more *more)
{
	uint8_t hash[TAG_BYTES > crypto_generichash_BYTES_MIN ? TAG_BYTES
							      : crypto_generichash_BYTES_MIN];
	crypto_generichash_state state;

	crypto_generichash_init(&state, NULL, 0, sizeof(hash));
	add_attendance(&state, attendance);
	for (size_t i = 0; i < more->referrals.n; i++)
		add_text(&state, more->referrals.items[i].id);
	add_text(&state, "|");
	for (size_t i = 0; i < more->restrictions.n; i++)
		add_numbers(&state, &more->restrictions.items[i].id, 1);
	add_text(&state, "|");
	for (size_t i = 0; i < more->n_gates; i++) {
		add_text(&state, more->gates[i].name);
		add_text(&state, more->gates[i].tag.text);
		add_numbers(&state, &more->gates[i].unsent, 1);
		add_text(&state, more->gates[i].here ? "here" : "");
	}
	for (size_t i = 0; i < more->n_conflicts; i++)
		add_text(&state, more->conflicts[i].key);
	crypto_generichash_final(&state, hash, sizeof(hash));
	bytes_hex(hash, TAG_BYTES, more->tag);
}

int board_more_read(struct store_tx *tx, const struct conference *conference,
    const struct attendance *attendance, int64_t now, struct board_more *ret)
{
	struct gathering gathering = {conference, attendance, ret};
	int result;

	*ret = (struct board_more){.referrals = {.slug = conference->slug}};
	result = referral_each_open(tx, referral_cases_keep, &ret->referrals);
	if (result == 0)
		result = restriction_each(tx, now, restriction_list_keep, &ret->restrictions);
	if (result == 0)
		result = health_each(tx, now, add_gate, &gathering);
	if (result == 0)
		result = conflict_resolutions_read(tx, conference->id, &ret->resolved);
	if (result != 0)
		return result;
	add_strangers(attendance, ret);
	result = keep_conflicts(attendance, ret);
	if (result != 0)
		return result;
	make_tag(attendance, ret);
	return 0;
}

/* ---- news ---- */

static int read_tag(struct request *req, char ret_tag[static VIEW_TAG])
{
	struct registrar *registrar = registrar_of(req);
	const struct attendance *attendance = NULL;
	struct board_more *more = calloc(1, sizeof(*more));
	struct conference conference = {.id = 0};
	struct store_tx *tx = NULL;
	int result = more ? store_read_begin(registrar->store, &tx) : STORE_NO_MEMORY;

	if (result == 0)
		result = conference_by_slug(tx, request_segment(req, "slug"), &conference);
	if (result == 0)
		result =
		    attendance_cache_get(registrar->attendance, tx, conference.id, &attendance);
	if (result == 0)
		result = board_more_read(tx, &conference, attendance, registrar_now(), more);
	store_read_end(tx);
	if (result == 0)
		memcpy(ret_tag, more->tag, VIEW_TAG);
	if (more)
		board_more_free(more);
	free(more);
	attendance_free(attendance);
	conference_clear(&conference);
	return result;
}

int board_now_get(struct request *req, struct reply *rep)
{
	return now_answer(req, rep, read_tag);
}
