#include "registrar/mail/announce.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registrar/journal/journal.h"
#include "registrar/mail/message.h"
#include "registrar/mail/subscription.h"
#include "registrar/press/conference.h"
#include "registrar/registrar.h"
#include "registrar/zone.h"
#include "schema/registrar_db.h"
#include "web/buf.h"

enum { WEEK = 7 * 86400, WEEK_BYTES = 16000 };

struct job {
	struct registrar *registrar;
	int64_t now;
	char what[200]; /* the same thing has the same name */
	uint32_t kinds;
	enum message message;
	struct conference conference; /* announced, or what the material is about */
	char title[801];	      /* of a material */
	struct conference *week;
	size_t n_week;
	const struct announce_wish *wish;
	struct publication_findings findings;
	int64_t mails, begun, written;
	bool finished;
};

struct reader {
	int64_t id;
	char email[255];
	const struct say *language;
	char key[TOKEN_TEXT + 1];
};

/* The conferences of a week, each an indented paragraph. */
static void put_week(struct buf *out, const struct job *job, const struct say *language)
{
	char when[128];

	for (size_t i = 0; i < job->n_week; i++) {
		const struct conference *c = &job->week[i];
		zone_say(language, c->starts, when, sizeof(when));
		buf_printf(out, "%s  %s\n  %s\n  %s\n  %s/conferences/%s", i ? "\n\n" : "",
		    c->title, when, c->place, job->registrar->public_url, c->slug);
	}
}

/* The values of a mail; what they borrow stays as long as this does. */
struct letter {
	struct message_values values;
	char when[128], link[400], stop[400];
	struct buf week;
};

static int write_letter(const struct job *job, const struct reader *reader, struct letter *ret)
{
	const char *url = job->registrar->public_url;
	const struct conference *c = &job->conference;

	snprintf(ret->stop, sizeof(ret->stop), "%s/announcements/stop/%s", url, reader->key);
	snprintf(ret->link, sizeof(ret->link), "%s/conferences/%s", url, c->slug ? c->slug : "");
	if (job->n_week)
		zone_say_date(reader->language, job->now, ret->when, sizeof(ret->when));
	else
		zone_say(reader->language, c->starts, ret->when, sizeof(ret->when));
	buf_init(&ret->week, WEEK_BYTES);
	put_week(&ret->week, job, reader->language);
	ret->values = (struct message_values){.title = job->title,
	    .stop = ret->stop,
	    .link = ret->link,
	    .when = ret->when,
	    .conference = c->title,
	    .place = c->place,
	    .message = job->n_week ? buf_text(&ret->week) : c->summary};
	return buf_error(&ret->week) ? STORE_NO_MEMORY : 0;
}

static int put_mail(struct store_tx *tx, const struct job *job, const struct reader *reader)
{
	struct letter letter;
	int result = write_letter(job, reader, &letter);

	if (result == 0)
		result = message_put_in(tx, job->registrar, job->message, reader->language,
		    reader->email, &letter.values, job->now);
	buf_free(&letter.week);
	return result;
}

static int read_readers(struct store_tx *tx, const struct job *job, int64_t after,
    struct reader readers[ANNOUNCE_BATCH], size_t *ret_n)
{
	struct store_rows *rows = NULL;
	int result = store_query(tx, REGISTRAR_Q_SUBSCRIPTION_NEXT,
	    STORE_ARGS(store_i64(after), store_i64(job->kinds), store_i64(ANNOUNCE_BATCH)), &rows);

	*ret_n = 0;
	if (result < 0)
		return result;
	while (*ret_n < ANNOUNCE_BATCH && (result = store_next(rows)) == STORE_ROW) {
		struct reader *reader = &readers[(*ret_n)++];
		reader->id = store_get_i64(rows, 0);
		snprintf(reader->email, sizeof(reader->email), "%s", store_get_text(rows, 1));
		if (!say_find(store_get_text(rows, 2), &reader->language))
			reader->language = NULL;
		snprintf(reader->key, sizeof(reader->key), "%s", store_get_text(rows, 3));
	}
	store_done(rows);
	return result < 0 ? result : 0;
}

/* How far it is. STORE_NOT_FOUND: it has not begun. */
static int look(struct store_tx *tx, struct job *job, int64_t *ret_reached)
{
	struct store_rows *rows = NULL;
	int result =
	    store_one(tx, REGISTRAR_Q_ANNOUNCEMENT_READ, STORE_ARGS(store_text(job->what)), &rows);

	if (result < 0)
		return result;
	*ret_reached = store_get_i64(rows, 0);
	job->written = store_get_i64(rows, 1);
	job->finished = !store_is_null(rows, 2);
	job->begun = store_get_i64(rows, 3);
	store_done(rows);
	return 0;
}

/* Who announced what, and what was decided about its words. */
static int journal(struct store_tx *tx, const struct job *job)
{
	const char *slug = job->n_week ? NULL : job->conference.slug;
	int result = publication_keep(tx, job->registrar,
	    &(struct publication_of){job->conference.id, slug, job->wish->staff, job->now},
	    &job->findings, job->wish->publication);

	return result ? result
		      : journal_append(tx, job->registrar,
			    &(struct journal_line){.kind = JOURNAL_ANNOUNCED,
				.event = slug,
				.staff = job->wish->staff,
				.detail = job->what});
}

/* How far it is; begins it where it is new. */
static int read_progress(struct store_tx *tx, struct job *job, int64_t *ret_reached)
{
	int64_t begun = 0;
	int result = store_exec(tx, REGISTRAR_Q_ANNOUNCEMENT_BEGIN,
	    STORE_ARGS(store_text(job->what), store_i64(job->now)), &begun);

	if (result == 0 && begun)
		result = journal(tx, job);
	return result ? result : look(tx, job, ret_reached);
}

static int batch(struct store_tx *tx, void *context)
{
	struct job *job = context;
	struct reader readers[ANNOUNCE_BATCH];
	int64_t reached = 0;
	size_t n = 0;
	int result = read_progress(tx, job, &reached);

	if (result < 0 || job->finished)
		return result;
	result = read_readers(tx, job, reached, readers, &n);
	for (size_t i = 0; result == 0 && i < n; i++) {
		result = put_mail(tx, job, &readers[i]);
		reached = readers[i].id;
	}
	if (result < 0)
		return result;
	job->finished = n < ANNOUNCE_BATCH;
	job->mails += (int64_t)n;
	return store_exec(tx, REGISTRAR_Q_ANNOUNCEMENT_ADVANCE,
	    STORE_ARGS(store_text(job->what), store_i64(reached), store_i64((int64_t)n),
		job->finished ? store_i64(job->now) : store_null()),
	    NULL);
}

static int prepare_conference(
    struct store_tx *tx, struct job *job, const char *slug, struct refusal *why)
{
	int result = conference_by_slug(tx, slug, &job->conference);

	if (result < 0)
		return result;
	if (job->conference.state != CONFERENCE_ANNOUNCED || job->conference.ends < job->now)
		return refuse(why, "conference",
		    "Only a conference that is announced and not over can be announced by mail.");
	snprintf(
	    job->what, sizeof(job->what), "conference %s %" PRId64, slug, job->conference.starts);
	job->kinds = SUBSCRIPTION_CONFERENCES;
	job->message = MESSAGE_ANNOUNCED;
	return 0;
}

static int prepare_material(
    struct store_tx *tx, struct job *job, int64_t number, struct refusal *why)
{
	struct store_rows *rows = NULL;
	char slug[65];
	int result =
	    store_one(tx, REGISTRAR_Q_ANNOUNCEMENT_MATERIAL, STORE_ARGS(store_i64(number)), &rows);

	if (result < 0)
		return result;
	snprintf(job->title, sizeof(job->title), "%s", store_get_text(rows, 0));
	snprintf(slug, sizeof(slug), "%s", store_get_text(rows, 1));
	store_done(rows);
	result = conference_by_slug(tx, slug, &job->conference);
	if (result < 0)
		return result;
	if (job->conference.state == CONFERENCE_DRAFT)
		return refuse(
		    why, "material", "Its conference is not announced yet. Announce that first.");
	snprintf(job->what, sizeof(job->what), "material %" PRId64, number);
	job->kinds = SUBSCRIPTION_RELEASES;
	job->message = MESSAGE_RELEASED;
	return 0;
}

/* Keeps those of the list that are shown and begin within a week. */
static int prepare_week(struct store_tx *tx, struct job *job, struct refusal *why)
{
	size_t n = 0;
	int result = conference_list(tx, job->now, &job->week, &job->n_week);

	if (result < 0)
		return result;
	for (size_t i = 0; i < job->n_week; i++) {
		struct conference *c = &job->week[i], other;
		if (c->state != CONFERENCE_ANNOUNCED || c->starts >= job->now + WEEK)
			continue;
		other = job->week[n];
		job->week[n++] = *c;
		*c = other;
	}
	for (size_t i = n; i < job->n_week; i++)
		conference_clear(&job->week[i]);
	job->n_week = n;
	if (n == 0)
		return refuse(why, "week", "No conference is announced for the next seven days.");
	snprintf(job->what, sizeof(job->what), "week %" PRId64, job->now / WEEK);
	job->kinds = SUBSCRIPTION_WEEK;
	job->message = MESSAGE_SCHEDULE;
	return 0;
}

static int prepare(struct job *job, struct refusal *why)
{
	const struct announce_wish *wish = job->wish;
	struct store_tx *tx = NULL;
	int64_t reached = 0;
	int result = store_read_begin(job->registrar->store, &tx);

	if (result < 0)
		return result;
	if (wish->week)
		result = prepare_week(tx, job, why);
	else if (wish->conference)
		result = prepare_conference(tx, job, wish->conference, why);
	else
		result = prepare_material(tx, job, wish->material, why);
	if (result == 0) {
		result = look(tx, job, &reached);
		result = result == STORE_NOT_FOUND ? 0 : result;
	}
	store_read_end(tx);
	return result;
}

/* What a mail says in public: the caller frees *ret. */
static int texts_of(const struct job *job, struct publication_text **ret, size_t *ret_n)
{
	const struct conference *c = &job->conference;
	size_t n = job->n_week ? job->n_week : 3;
	struct publication_text *texts = calloc(n, sizeof(*texts));

	if (!texts)
		return STORE_NO_MEMORY;
	for (size_t i = 0; i < job->n_week; i++)
		texts[i] = (struct publication_text){"title", job->week[i].title, job->week[i].id};
	if (!job->n_week) {
		texts[0] = (struct publication_text){"title", c->title, c->id};
		texts[1] = (struct publication_text){
		    "summary", job->wish->conference ? c->summary : NULL, c->id};
		texts[2] = (struct publication_text){
		    "material", job->wish->conference ? NULL : job->title, c->id};
	}
	*ret = texts;
	*ret_n = n;
	return 0;
}

/* What began was decided about then. */
static int check(struct job *job, struct refusal *why)
{
	struct publication_text *texts = NULL;
	size_t n = 0;
	int result = job->begun ? 0 : texts_of(job, &texts, &n);

	if (result == 0)
		result = publication_check(
		    job->registrar, texts, n, job->wish->publication, &job->findings, why);
	free(texts);
	return result;
}

static void job_free(struct job *job)
{
	publication_free(&job->findings);
	conference_clear(&job->conference);
	conference_list_free(job->week, job->n_week);
}

int announce(struct registrar *registrar, const struct announce_wish *wish, int64_t now,
    int64_t *ret_mails, struct refusal *why)
{
	struct job job = {.registrar = registrar, .wish = wish, .now = now};
	int result = prepare(&job, why);

	if (result == 0)
		result = check(&job, why);
	while (result == 0 && !job.finished) {
		result = store_write(registrar->store, batch, &job);
		registrar_mail_waits(registrar);
	}
	if (result == 0)
		*ret_mails = job.mails;
	job_free(&job);
	return result;
}

static int count_people(struct registrar *registrar, uint32_t kinds, int64_t *ret)
{
	struct store_tx *tx = NULL;
	int result = store_read_begin(registrar->store, &tx);

	if (result == 0)
		result = store_number(
		    tx, REGISTRAR_Q_SUBSCRIPTION_COUNT, STORE_ARGS(store_i64(kinds)), ret);
	store_read_end(tx);
	return result;
}

static int render(const struct job *job, struct announce_preview *ret)
{
	static const struct reader reader = {.key = "..."};
	struct letter letter;
	int result = write_letter(job, &reader, &letter);

	if (result == 0)
		result = message_render(
		    job->registrar, job->message, NULL, &letter.values, &ret->subject, &ret->body);
	buf_free(&letter.week);
	return result;
}

/* The texts outlive what they were read from. */
static int keep_texts(const struct job *job, struct announce_preview *ret)
{
	int result = texts_of(job, &ret->texts, &ret->n_texts);

	for (size_t i = 0; i < ret->n_texts; i++) {
		const char *text = ret->texts[i].text;
		ret->texts[i].text = text ? strdup(text) : NULL;
		result = text && !ret->texts[i].text ? STORE_NO_MEMORY : result;
	}
	return result;
}

int announce_preview(struct registrar *registrar, const struct announce_wish *wish, int64_t now,
    struct announce_preview *ret, struct refusal *why)
{
	struct job job = {.registrar = registrar, .wish = wish, .now = now};
	struct announce_preview preview = {0};
	int result = prepare(&job, why);

	if (result == 0)
		result = keep_texts(&job, &preview);
	if (result == 0)
		result = count_people(registrar, job.kinds, &preview.people);
	if (result == 0)
		result = render(&job, &preview);
	preview.mails = job.written;
	preview.begun = job.begun;
	preview.finished = job.finished;
	job_free(&job);
	if (result)
		announce_preview_free(&preview);
	else
		*ret = preview;
	return result;
}

void announce_preview_free(struct announce_preview *preview)
{
	for (size_t i = 0; i < preview->n_texts; i++)
		free((void *)(uintptr_t)preview->texts[i].text);
	free(preview->texts);
	free(preview->subject);
	free(preview->body);
	*preview = (struct announce_preview){0};
}
