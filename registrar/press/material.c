#include "registrar/press/material.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registrar/list.h"
#include "registrar/journal/journal.h"
#include "registrar/press/conference.h"
#include "registrar/press/publication.h"
#include "registrar/registrar.h"
#include "schema/registrar_db.h"
#include "web/text.h"

static const char *const words[MATERIAL_KINDS] = {"release", "photograph", "recording"};

const char *material_kind_word(enum material_kind kind)
{
	return words[kind];
}

enum material_kind material_kind_find(const char *word)
{
	enum material_kind kind = MATERIAL_RELEASE;

	while (kind < MATERIAL_KINDS && strcmp(words[kind], word) != 0)
		kind++;
	return kind;
}

static int read_row(struct store_rows *rows, void *item)
{
	struct material *ret = item;

	*ret = (struct material){.id = store_get_i64(rows, 0),
	    .conference_id = store_get_i64(rows, 1),
	    .published = store_get_i64(rows, 5),
	    .kind = material_kind_find(store_get_text(rows, 2))};
	snprintf(ret->title, sizeof ret->title, "%s", store_get_text(rows, 3));
	snprintf(ret->url, sizeof ret->url, "%s", store_get_text(rows, 4));
	snprintf(ret->slug, sizeof ret->slug, "%s", store_get_text(rows, 6));
	snprintf(ret->conference, sizeof ret->conference, "%s", store_get_text(rows, 7));
	return 0;
}

static int read_list(struct store_tx *tx, unsigned query, const struct store_value *values,
    size_t n_values, struct material_list *ret)
{
	struct list_rows list = {NULL, 0};
	int result =
	    list_read(tx, query, values, n_values, sizeof *ret->items, read_row, NULL, &list);

	if (!result)
		*ret = (struct material_list){list.items, list.n};
	return result;
}

int material_of_conference(struct store_tx *tx, int64_t conference_id, struct material_list *ret)
{
	return read_list(
	    tx, REGISTRAR_Q_MATERIAL_OF_CONFERENCE, STORE_ARGS(store_i64(conference_id)), ret);
}

int material_news(struct store_tx *tx, int64_t after, size_t most, struct material_list *ret)
{
	return read_list(tx, REGISTRAR_Q_MATERIAL_NEWS,
	    STORE_ARGS(store_i64(after), store_i64((int64_t)most)), ret);
}

struct job {
	struct registrar *registrar;
	const struct material_wish *wish;
	const char *slug, *staff;
	char *title;
	struct publication_findings findings;
	int64_t now, id;
};

static int check_title(struct job *job, struct refusal *why)
{
	const char *title = job->wish->title;
	int bad = text_clean(title, strlen(title), TEXT_ONE_LINE, MATERIAL_TITLE_MAX, &job->title);

	if (bad == TEXT_NOMEM)
		return MODEL_SYSTEM;
	if (bad == TEXT_LONG)
		return refuse(why, "title", "The title is too long. Use %d characters at most.",
		    MATERIAL_TITLE_MAX);
	if (bad)
		return refuse(why, "title",
		    "The title has a character that can't be shown. Take out control and "
		    "invisible characters.");
	return *job->title ? 0 : refuse(why, "title", "The title is missing. Give one.");
}

/* An address in the characters of RFC 3986; other letters are percent-encoded, as browsers copy. */
static int check_url(const char *url, struct refusal *why)
{
	if (strncmp(url, "https://", 8) != 0 || !url[8])
		return refuse(why, "url", "Give an address that begins with https://.");
	if (strlen(url) > MATERIAL_URL_MAX)
		return refuse(why, "url", "The address is too long. Use %d characters at most.",
		    MATERIAL_URL_MAX);
	for (const char *at = url; *at; at++)
		if (*at <= 0x20 || *at >= 0x7f || strchr("\"<>\\^`{|}", *at))
			return refuse(why, "url",
			    "The address has a character that no address has. Copy it from the "
			    "browser's address line.");
	return 0;
}

static int journal(
    struct store_tx *tx, const struct job *job, enum journal_kind kind, const char *what)
{
	char detail[64];

	snprintf(detail, sizeof detail, "material %" PRId64 " %s", job->id, what);
	return journal_append(tx, job->registrar,
	    &(struct journal_line){
		.kind = kind, .event = job->slug, .staff = job->staff, .detail = detail});
}

static int find_conference(struct store_tx *tx, const struct job *job, int64_t *ret_id)
{
	struct conference conference = {0};
	int result = conference_by_slug(tx, job->slug, &conference);

	*ret_id = conference.id;
	conference_clear(&conference);
	return result;
}

static int add_body(struct store_tx *tx, void *context)
{
	struct job *job = context;
	int64_t conference = 0;
	int result = find_conference(tx, job, &conference);

	if (!result)
		result = store_exec(tx, REGISTRAR_Q_MATERIAL_INSERT,
		    STORE_ARGS(store_i64(conference), store_text(words[job->wish->kind]),
			store_text(job->title), store_text(job->wish->url), store_i64(job->now)),
		    NULL);
	if (result)
		return result;
	job->id = store_last_id(tx);
	result = publication_keep(tx, job->registrar,
	    &(struct publication_of){conference, job->slug, job->staff, job->now}, &job->findings,
	    job->wish->publication);
	return result ? result : journal(tx, job, JOURNAL_MATERIAL_ADDED, words[job->wish->kind]);
}

int material_add(struct registrar *registrar, const struct material_wish *wish, int64_t now,
    int64_t *ret_id, struct refusal *why)
{
	struct job job = {.registrar = registrar,
	    .wish = wish,
	    .slug = wish->slug,
	    .staff = wish->staff,
	    .now = now};
	int result = check_title(&job, why);

	if (!result)
		result = check_url(wish->url, why);
	if (!result)
		result = publication_check(registrar,
		    &(struct publication_text){.part = "material", .text = job.title}, 1,
		    wish->publication, &job.findings, why);
	if (!result)
		result = store_write(registrar->store, add_body, &job);
	if (result == STORE_CONFLICT)
		result = refuse(why, "url", "This conference has that address already.");
	if (!result)
		*ret_id = job.id;
	publication_free(&job.findings);
	free(job.title);
	return result;
}

static int remove_body(struct store_tx *tx, void *context)
{
	struct job *job = context;
	int64_t conference = 0, changed = 0;
	int result = find_conference(tx, job, &conference);

	if (!result)
		result = store_exec(tx, REGISTRAR_Q_MATERIAL_DELETE,
		    STORE_ARGS(store_i64(job->id), store_i64(conference)), &changed);
	if (!result && !changed)
		result = MODEL_NOT_FOUND;
	return result ? result : journal(tx, job, JOURNAL_MATERIAL_REMOVED, "removed");
}

int material_remove(struct registrar *registrar, const char *slug, int64_t id, const char *staff)
{
	struct job job = {.registrar = registrar, .slug = slug, .staff = staff, .id = id};

	return store_write(registrar->store, remove_body, &job);
}
