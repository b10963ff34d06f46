/* Drawing of badges, and what is noted of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "badges/code.h"
#include "registrar/journal/journal.h"
#include "registrar/press/badge.h"
#include "registrar/press/issue.h"
#include "registrar/registrar.h"
#include "registrar/zone.h"
#include "schema/registrar_db.h"
#include "web/text.h"

/* One file that is drawn on the printer's thread, for whoever waits. */
struct job {
	struct registrar *registrar;
	const struct badge_wish *wish; /* of a picture: slug, reference and size */
	drawing_sink *sink;
	void *context;
	enum drawing_kind kind;
	int64_t now;
	struct refusal *why;
	struct card_design design;
	struct conference conference;
	struct badge_list list;
	char when[128], valid[280];
	int64_t run;
	int result;
};

/* ---- the design ---- */

static int read_design(struct registrar *registrar, struct card_design *ret, struct refusal *why)
{
	char *path = registrar_path(registrar, "badge.ini");
	char words[sizeof(why->words)];
	int result = 0;

	if (!path)
		return MODEL_SYSTEM;
	if (access(path, F_OK) != 0)
		card_design_default(ret);
	else if (card_design_read(path, ret, words, sizeof(words)) != 0)
		result = refuse(why, "", "%s", words);
	free(path);
	return result;
}

int badge_design_check(struct registrar *registrar, struct refusal *why)
{
	struct card_design design = {.logo = NULL};
	int result = read_design(registrar, &design, why);

	if (result == 0)
		card_design_clear(&design);
	return result;
}

/* ---- what is on a badge ---- */

/* The same words for all: the conference's date, and when doors open to its passes. */
static void say_times(struct job *job)
{
	const struct conference *conference = &job->conference;
	int64_t from = conference->doors - ISSUE_BEFORE_DOORS;
	int64_t until = conference->ends + ISSUE_AFTER_END;
	char first[128], last[128], day[128], other[128];

	zone_say_date(NULL, conference->starts, job->when, sizeof(job->when));
	zone_say_date(NULL, from, day, sizeof(day));
	zone_say_date(NULL, until, other, sizeof(other));
	if (strcmp(day, other) == 0) {
		zone_say_time(NULL, from, first, sizeof(first));
		zone_say_time(NULL, until, last, sizeof(last));
	} else {
		zone_say(NULL, from, first, sizeof(first));
		zone_say(NULL, until, last, sizeof(last));
	}
	snprintf(job->valid, sizeof(job->valid), "%s to %s", first, last);
}

static struct card card_of(const struct job *job)
{
	return (struct card){.organisation = job->registrar->settings.name,
	    .conference = job->conference.title,
	    .when = job->when,
	    .valid = job->valid};
}

static int add(struct job *job, struct card_batch *batch, const struct card *card)
{
	int r = card_batch_add(batch, card);

	if (r == CARD_E_WRITE || r == CARD_E_DRAWING)
		return MODEL_SYSTEM;
	return r == 0
		   ? 0
		   : refuse(job->why, "", "The badge of %.100s: %s.", card->name, card_strerror(r));
}

/* A read of its own for each, so that no snapshot is held while a thousand are drawn. */
static int add_person(struct job *job, struct card_batch *batch, const struct badge_person *person)
{
	struct card card = card_of(job);
	struct store_tx *tx = NULL;
	struct store_rows *rows = NULL;
	char code[10];
	int result = store_read_begin(job->registrar->store, &tx);

	if (result == 0)
		result = store_one(
		    tx, REGISTRAR_Q_BADGE_CARD, STORE_ARGS(store_blob(person->pass, 16)), &rows);
	if (result == STORE_NOT_FOUND)
		result = refuse(job->why, "",
		    "A pass is not good any more: it was taken back, or the accreditation is "
		    "suspended.");
	if (result == STORE_ROW) {
		const char *typed = store_get_text(rows, 3);

		snprintf(code, sizeof(code), "%.4s-%.4s", typed, typed + 4);
		card.name = store_get_text(rows, 0);
		card.outlet = store_get_text(rows, 1);
		card.pass_class = (unsigned)store_get_i64(rows, 2);
		card.code = code;
		card.qr = store_get_text(rows, 4);
		card.photo = store_get_blob(rows, 5, &card.photo_len);
		result = add(job, batch, &card);
	}
	store_done(rows);
	store_read_end(tx);
	return result;
}

/* An invented person, for a look at the design. */
static int add_sample(struct job *job, struct card_batch *batch)
{
	static const char text[] =
	    "PG1:THIS IS NO PASS: IT SHOWS WHAT A BADGE LOOKS LIKE, AND NO DOOR "
	    "TAKES IT. 0123456789 ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	struct card card = card_of(job);

	card.name = "Alex Morgan";
	card.outlet = "Example News";
	card.pass_class = CLASS_REPORTER;
	card.code = "0000-0000";
	card.qr = text;
	return add(job, batch, &card);
}

/* ---- whom ---- */

static int check_first(struct store_tx *tx, const struct job *job, const uint8_t pass[static 16])
{
	int64_t printed = 0;
	int result =
	    store_number(tx, REGISTRAR_Q_BADGE_PRINTED, STORE_ARGS(store_blob(pass, 16)), &printed);

	if (result == 0 && printed > 0)
		return refuse(job->why, "",
		    "This badge was printed already. Say what was wrong with the print.");
	return result;
}

static int choose_one(struct store_tx *tx, struct job *job)
{
	struct registration *registration = malloc(sizeof(*registration));
	struct badge_person *one = calloc(1, sizeof(*one));
	int result = registration && one
			 ? registration_by_reference(tx, job->wish->reference, registration)
			 : MODEL_SYSTEM;

	if (result == 0 && registration->conference_id != job->conference.id)
		result = MODEL_NOT_FOUND;
	if (result == 0 && !registration->has_pass)
		result = refuse(job->why, "", "This registration has no pass, so it has no badge.");
	if (result == 0 && job->wish->first)
		result = check_first(tx, job, registration->pass_id);
	if (result == 0) {
		memcpy(one->pass, registration->pass_id, sizeof(one->pass));
		job->list.items = one;
		job->list.n = 1;
		one = NULL;
	}
	free(registration);
	free(one);
	return result;
}

static int choose(struct store_tx *tx, struct job *job)
{
	int result = conference_by_slug(tx, job->wish->slug, &job->conference);

	if (result != 0)
		return result;
	if (job->kind == DRAWING_PNG && !job->wish->reference)
		return 0;
	if (job->wish->reference)
		return choose_one(tx, job);
	result =
	    badge_list(tx, job->conference.id, &job->wish->choice, BADGE_RUN_MAX + 1, &job->list);
	if (result == 0 && job->list.n == 0)
		return refuse(job->why, "", "Nobody with a pass fits this choice. Choose others.");
	if (result == 0 && job->list.n > BADGE_RUN_MAX)
		return refuse(job->why, "",
		    "These are more than %d badges. Print those of an outlet or a role at a time.",
		    BADGE_RUN_MAX);
	return result;
}

/* ---- drawing ---- */

static int draw(struct job *job)
{
	struct card_batch *batch = NULL;
	int result = 0, r;

	if (card_batch_begin(&job->design, job->kind, "Badges", job->sink, job->context, &batch) !=
	    0)
		return MODEL_SYSTEM;
	if (job->list.n == 0)
		result = add_sample(job, batch);
	for (size_t i = 0; result == 0 && i < job->list.n; i++)
		result = add_person(job, batch, &job->list.items[i]);
	r = card_batch_end(batch);
	if (result == 0 && r == CARD_E_WRITE)
		return refuse(
		    job->why, "", "The file could not be written. Look whether the disk is full.");
	return result == 0 && r != 0 ? MODEL_SYSTEM : result;
}

static void run(void *context)
{
	struct job *job = context;
	struct store_tx *tx = NULL;

	job->result = read_design(job->registrar, &job->design, job->why);
	if (job->result != 0)
		return;
	if (job->wish->size >= 0)
		job->design.size = (enum card_size)job->wish->size;
	/* A look is at one badge, not at a sheet. */
	if (job->kind == DRAWING_PNG && job->design.size == CARD_LETTER_8UP)
		job->design.size = CARD_CR80;
	job->result = store_read_begin(job->registrar->store, &tx);
	if (job->result == 0)
		job->result = choose(tx, job);
	store_read_end(tx);
	if (job->result == 0) {
		say_times(job);
		job->result = draw(job);
	}
	card_design_clear(&job->design);
}

static void free_job(struct job *job)
{
	badge_list_free(&job->list);
	conference_clear(&job->conference);
}

/* ---- what is noted ---- */

static int note_run(struct store_tx *tx, struct job *job)
{
	int result = store_exec(tx, REGISTRAR_Q_BADGE_RUN_INSERT,
	    STORE_ARGS(store_i64(job->conference.id), store_i64(job->now),
		store_text(job->wish->staff), store_text(card_size_word(job->design.size)),
		store_i64((int64_t)job->list.n)),
	    NULL);

	job->run = result == 0 ? store_last_id(tx) : 0;
	return result;
}

static int note_print(struct store_tx *tx, const struct job *job, const struct badge_person *person)
{
	int64_t changes = 0;
	int result = store_exec(tx, REGISTRAR_Q_BADGE_PRINT_INSERT,
	    STORE_ARGS(store_blob(person->pass, 16), store_i64(job->run),
		store_text(job->wish->misprint ? "misprint" : "badge"),
		store_text(job->wish->words ? job->wish->words : "")),
	    &changes);

	if (result == 0 && changes != 1)
		return refuse(
		    job->why, "", "A pass was taken back while its badge was drawn. Print again.");
	return result;
}

static int note(struct store_tx *tx, void *context)
{
	struct job *job = context;
	char detail[64];
	struct journal_line line = {.kind = JOURNAL_BADGES_PRINTED,
	    .event = job->conference.slug,
	    .pass = job->list.n == 1 ? job->list.items[0].pass : NULL,
	    .staff = job->wish->staff,
	    .detail = detail};
	int result = note_run(tx, job);

	for (size_t i = 0; result == 0 && i < job->list.n; i++)
		result = note_print(tx, job, &job->list.items[i]);
	snprintf(detail, sizeof(detail), "%zu badges, %s%s", job->list.n,
	    card_size_word(job->design.size), job->wish->misprint ? ", after a misprint" : "");
	return result == 0 ? journal_append(tx, job->registrar, &line) : result;
}

static int on_printer(struct job *job)
{
	int r = work_run(job->registrar->printer, run, job);

	return r == 0 ? job->result : MODEL_BUSY;
}

int badge_print(struct registrar *registrar, const struct badge_wish *wish, drawing_sink *sink,
    void *context, int64_t now, unsigned *ret_badges, struct refusal *why)
{
	struct job job = {.registrar = registrar,
	    .wish = wish,
	    .sink = sink,
	    .context = context,
	    .kind = DRAWING_PDF,
	    .now = now,
	    .why = why};
	int result;

	if (wish->misprint &&
	    (!wish->words || !*wish->words || text_length(wish->words) > BADGE_WORDS_MAX))
		return refuse(
		    why, "words", "Say in at most %d characters what went wrong.", BADGE_WORDS_MAX);
	result = on_printer(&job);
	if (result == 0)
		result = store_write(registrar->store, note, &job);
	if (result == 0)
		*ret_badges = (unsigned)job.list.n;
	free_job(&job);
	return result;
}

int badge_picture(struct registrar *registrar, const char *slug, const char *reference, int size,
    drawing_sink *sink, void *context, struct refusal *why)
{
	const struct badge_wish wish = {.slug = slug, .reference = reference, .size = size};
	struct job job = {.registrar = registrar,
	    .wish = &wish,
	    .sink = sink,
	    .context = context,
	    .kind = DRAWING_PNG,
	    .why = why};
	int result = on_printer(&job);

	free_job(&job);
	return result;
}
