/* A conference that stands and changes. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registrar/journal/journal.h"
#include "registrar/press/conference_private.h"
#include "registrar/press/registration_fill.h"
#include "registrar/registrar.h"
#include "schema/registrar_db.h"

/* What is not given is as it stands in this very write. One of words and wish is given. */
struct edit {
	struct registrar *registrar;
	const char *slug, *staff;
	const struct conference_words *words;
	const struct conference *wish;
	int64_t now;
	struct conference held, after; /* after: borrows from the others */
	struct conference_text text;
	struct publication_findings findings;
	struct conference_passes passes;
	struct conference_reach reach;
	struct refusal *why;
};

static void merge_words(const struct conference_words *words, struct conference *to)
{
	to->title = words->title ? words->title : to->title;
	to->summary = words->summary ? words->summary : to->summary;
	to->place = words->place ? words->place : to->place;
	to->stream = words->stream ? words->stream : to->stream;
	to->doors = words->doors ? words->doors : to->doors;
	to->starts = words->starts ? words->starts : to->starts;
	to->ends = words->ends ? words->ends : to->ends;
	to->publication = words->publication;
}

/* The conference as it should be after. */
static void merge(struct edit *edit)
{
	edit->after = edit->words ? edit->held : *edit->wish;
	edit->after.id = edit->held.id;
	edit->after.slug = edit->held.slug;
	if (edit->words)
		merge_words(edit->words, &edit->after);
}

static bool other_times(const struct conference *a, const struct conference *b)
{
	return a->doors != b->doors || a->starts != b->starts || a->ends != b->ends;
}

static int check_state(const struct edit *edit)
{
	enum conference_state from = edit->held.state, to = edit->after.state;

	if (!edit->words && from == CONFERENCE_CANCELLED)
		return refuse(edit->why, "", "This conference was cancelled. Copy it instead.");
	if (from != to && !(from == CONFERENCE_DRAFT && to == CONFERENCE_ANNOUNCED))
		return refuse(edit->why, "state",
		    "What is announced stays so. Cancel it where it does not take place.");
	if (edit->now >= edit->held.ends && other_times(&edit->held, &edit->after))
		return refuse(edit->why, "starts",
		    "This conference is over: its times stay. Copy it for another day.");
	if (other_times(&edit->held, &edit->after) && edit->after.ends <= edit->now)
		return refuse(edit->why, "ends", "This is in the past. Give a later time.");
	return 0;
}

/* What becomes public and was not before: a draft's texts do when it is announced. */
static int check_public(struct edit *edit)
{
	bool new = edit->held.state == CONFERENCE_DRAFT;
	bool title = new || strcmp(edit->held.title, edit->text.title) != 0;
	bool summary = new || strcmp(edit->held.summary, edit->text.summary) != 0;

	if (edit->after.state == CONFERENCE_DRAFT)
		return 0;
	return publication_check(edit->registrar,
	    (struct publication_text[]){{"title", title ? edit->text.title : NULL, 0},
		{"summary", summary ? edit->text.summary : NULL, 0}},
	    2, edit->after.publication, &edit->findings, edit->why);
}

static int check(struct edit *edit)
{
	int result = check_state(edit);

	if (!result)
		result = conference_check_text(&edit->after, &edit->text, edit->why);
	if (!result)
		result = conference_check_times(&edit->after, edit->why);
	if (!result)
		result = conference_check_numbers(&edit->after, edit->why);
	if (!result)
		result = check_public(edit);
	return result;
}

static int update(struct store_tx *tx, const struct edit *edit)
{
	const struct conference *after = &edit->after;

	return store_exec(tx, REGISTRAR_Q_CONFERENCE_EDIT,
	    STORE_ARGS(store_i64(after->id), store_text(edit->text.title),
		store_text(edit->text.summary), store_text(edit->text.place),
		store_text(edit->text.stream), store_i64(after->doors), store_i64(after->starts),
		store_i64(after->ends), store_i64(after->capacity), store_i64(after->classes),
		store_i64(after->per_outlet), store_i64(after->preregistration),
		store_i64(after->id_check), store_i64(after->id_share), store_i64(after->reentry),
		store_i64(after->admit_at_once), store_i64(after->names_on_pass),
		store_i64(after->emerging), store_i64(after->amber), store_i64(after->red),
		store_text(conference_state_word(after->state))),
	    NULL);
}

/* Takes the old passes back, changes the row, issues the new ones. */
static int carry_out(struct store_tx *tx, struct edit *edit)
{
	struct conference now = {0};
	int64_t version = 0;
	int result = conference_raise_roster(tx, edit->held.id, &version);

	if (!result && edit->now < edit->after.ends &&
	    conference_needs_passes(&edit->held, &edit->after))
		result = conference_passes_read(tx, edit->held.id, &edit->passes);
	if (!result)
		result = conference_passes_revoke(
		    tx, edit->registrar, &edit->passes, version, edit->now);
	if (!result)
		result = update(tx, edit);
	if (!result && edit->passes.n)
		result = conference_by_id(tx, edit->held.id, &now);
	if (!result)
		result = conference_passes_issue(
		    tx, edit->registrar, &now, &edit->passes, version, edit->staff, edit->now);
	conference_clear(&now);
	edit->reach.passes = (int64_t)edit->passes.n;
	return result;
}

static int tell(struct store_tx *tx, struct edit *edit)
{
	const struct conference *held = &edit->held;

	return conference_tell(tx, edit->registrar, held->id,
	    &(struct conference_words){.title = held->title,
		.summary = held->summary,
		.place = held->place,
		.stream = held->stream,
		.doors = held->doors,
		.starts = held->starts,
		.ends = held->ends},
	    &edit->passes, edit->now, &edit->reach.people);
}

/* Room for more goes to those who wait. */
static int fill(struct store_tx *tx, const struct edit *edit)
{
	const struct conference *held = &edit->held, *after = &edit->after;
	struct conference now = {0};
	struct registration_seat seat = {edit->registrar, &now, edit->staff, edit->now, edit->why};

	if (after->state != CONFERENCE_ANNOUNCED ||
	    (held->capacity == after->capacity && held->per_outlet == after->per_outlet))
		return 0;
	int result = conference_by_id(tx, held->id, &now);
	if (!result)
		result = registration_fill(tx, &seat, NULL);
	conference_clear(&now);
	return result;
}

static int journal(struct store_tx *tx, const struct edit *edit)
{
	bool published = edit->held.state != edit->after.state;
	char detail[64];

	snprintf(detail, sizeof detail, "%s passes %" PRId64, edit->words ? "words" : "fields",
	    edit->reach.passes);
	return journal_append(tx, edit->registrar,
	    &(struct journal_line){
		.kind = published ? JOURNAL_CONFERENCE_PUBLISHED : JOURNAL_CONFERENCE_CHANGED,
		.event = edit->held.slug,
		.staff = edit->staff,
		.detail = detail});
}

static int edit_body(struct store_tx *tx, void *context)
{
	struct edit *edit = context;
	int result = conference_by_slug(tx, edit->slug, &edit->held);

	if (result)
		return result;
	merge(edit);
	result = check(edit);
	if (!result)
		result = carry_out(tx, edit);
	if (!result)
		result = tell(tx, edit);
	if (!result)
		result = fill(tx, edit);
	if (!result)
		result = publication_keep(tx, edit->registrar,
		    &(struct publication_of){
			edit->held.id, edit->held.slug, edit->staff, edit->now},
		    &edit->findings, edit->after.publication);
	return result ? result : journal(tx, edit);
}

/* A key that can sign the new passes has to be there before the write: what makes it is a write of
 * its own. */
static int prepare(struct edit *edit)
{
	struct store_tx *tx = NULL;
	int result = store_read_begin(edit->registrar->store, &tx);

	if (!result)
		result = conference_by_slug(tx, edit->slug, &edit->held);
	store_read_end(tx);
	if (result)
		return result;
	merge(edit);
	result = conference_check_times(&edit->after, edit->why);
	if (!result && edit->after.ends > edit->held.ends)
		result = conference_key_until(edit->registrar, edit->held.id, edit->after.ends,
		    edit->staff, edit->now, edit->why);
	conference_clear(&edit->held);
	return result;
}

static int run(struct edit *edit)
{
	int result = prepare(edit);

	if (!result)
		result = store_write(edit->registrar->store, edit_body, edit);
	if (!result) {
		registrar_changed(edit->registrar);
		registrar_mail_waits(edit->registrar);
	}
	free(edit->passes.items);
	publication_free(&edit->findings);
	conference_text_free(&edit->text);
	conference_clear(&edit->held);
	return result;
}

int conference_change(struct registrar *registrar, const char *slug,
    const struct conference_words *words, const char *staff, int64_t now, int64_t *ret_people,
    struct refusal *why)
{
	struct edit edit = {.registrar = registrar,
	    .slug = slug,
	    .staff = staff,
	    .words = words,
	    .now = now,
	    .why = why};
	int result = run(&edit);

	if (!result)
		*ret_people = edit.reach.people;
	return result;
}

int conference_edit(struct registrar *registrar, const char *slug, const struct conference *wish,
    const char *staff, int64_t now, struct conference_reach *ret, struct refusal *why)
{
	struct edit edit = {.registrar = registrar,
	    .slug = slug,
	    .staff = staff,
	    .wish = wish,
	    .now = now,
	    .why = why};
	int result = run(&edit);

	if (!result)
		*ret = edit.reach;
	return result;
}

int conference_edit_reach(struct store_tx *tx, const struct conference *held,
    const struct conference *wish, int64_t now, struct conference_reach *ret)
{
	const struct conference_words before = {.title = held->title,
	    .place = held->place,
	    .stream = held->stream,
	    .doors = held->doors,
	    .starts = held->starts,
	    .ends = held->ends};
	struct conference_passes passes = {NULL, 0};
	int64_t *ids = NULL, n = 0;
	int result = 0;

	if (now < wish->ends && conference_needs_passes(held, wish))
		result = conference_passes_read(tx, held->id, &passes);
	if (!result && conference_matters(wish, &before, now))
		result = conference_standing(tx, held->id, &ids, &n);
	free(ids);
	free(passes.items);
	if (!result)
		*ret = (struct conference_reach){
		    .people = n > (int64_t)passes.n ? n : (int64_t)passes.n,
		    .passes = (int64_t)passes.n};
	return result;
}
