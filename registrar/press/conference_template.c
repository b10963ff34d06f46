#include "registrar/press/conference_template.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "registrar/journal/journal.h"
#include "registrar/list.h"
#include "registrar/press/conference_private.h"
#include "registrar/registrar.h"
#include "schema/registrar_db.h"
#include "web/text.h"

/* A title may be missing in a template; a time of day in the years of passes stands for its own. */
#define SOME_TITLE "-"
#define SOME_TIME  INT64_C(1800000000)

void conference_template_clear(struct conference_template *item)
{
	conference_clear(&item->fields);
}

void conference_template_list_free(struct conference_template *list, size_t n)
{
	for (size_t i = 0; list && i < n; i++)
		conference_template_clear(&list[i]);
	free(list);
}

/* The texts of a row in one block, as a conference's. */
static int read_text(struct store_rows *rows, struct conference *ret)
{
	const char **const into[] = {&ret->title, &ret->summary, &ret->place, &ret->stream};
	size_t size = 0, at = 0;

	for (unsigned i = 0; i < 4; i++)
		size += strlen(store_get_text(rows, i + 2)) + 1;
	ret->text = malloc(size);
	if (!ret->text)
		return MODEL_SYSTEM;
	for (unsigned i = 0; i < 4; i++) {
		size_t len = strlen(store_get_text(rows, i + 2)) + 1;
		*into[i] = memcpy(ret->text + at, store_get_text(rows, i + 2), len);
		at += len;
	}
	return 0;
}

static int read_row(struct store_rows *rows, void *item)
{
	struct conference_template *ret = item;

	*ret = (struct conference_template){.id = store_get_i64(rows, 0),
	    .fields = {.slug = "",
		.doors = -store_get_i64(rows, 6),
		.ends = store_get_i64(rows, 7),
		.capacity = store_get_i64(rows, 8),
		.classes = (uint32_t)store_get_i64(rows, 9),
		.per_outlet = store_get_i64(rows, 10),
		.preregistration = store_get_i64(rows, 11),
		.id_check = (enum conference_id_check)store_get_i64(rows, 12),
		.id_share = (int)store_get_i64(rows, 13),
		.reentry = store_get_i64(rows, 14),
		.admit_at_once = store_get_i64(rows, 15),
		.names_on_pass = store_get_i64(rows, 16),
		.emerging = store_get_i64(rows, 17),
		.amber = store_get_i64(rows, 18),
		.red = store_get_i64(rows, 19),
		.state = CONFERENCE_DRAFT},
	    .changed = store_get_i64(rows, 21)};
	snprintf(ret->made_by, sizeof ret->made_by, "%s", store_get_text(rows, 20));
	snprintf(ret->name, sizeof ret->name, "%s", store_get_text(rows, 1));
	return read_text(rows, &ret->fields);
}

static void clear_row(void *item)
{
	conference_template_clear(item);
}

int conference_template_list(
    struct store_tx *tx, struct conference_template **ret_list, size_t *ret_n)
{
	struct list_rows list = {NULL, 0};
	int result = list_read(tx, REGISTRAR_Q_TEMPLATE_LIST, STORE_NO_ARGS, sizeof **ret_list,
	    read_row, clear_row, &list);

	if (result)
		return result;
	*ret_list = list.items;
	*ret_n = list.n;
	return 0;
}

int conference_template_by_id(struct store_tx *tx, int64_t id, struct conference_template *ret)
{
	struct store_rows *rows = NULL;
	int result = store_one(tx, REGISTRAR_Q_TEMPLATE_BY_ID, STORE_ARGS(store_i64(id)), &rows);

	if (result != STORE_ROW)
		return result == STORE_NOT_FOUND ? MODEL_NOT_FOUND : result;
	result = read_row(rows, ret);
	store_done(rows);
	return result;
}

struct job {
	struct registrar *registrar;
	int64_t id, now;
	const struct conference *fields;
	struct conference_text text;
	char *name;
	bool no_title;
	const char *staff;
};

static int check_name(struct job *job, const char *name, struct refusal *why)
{
	int bad =
	    text_clean(name, strlen(name), TEXT_ONE_LINE, CONFERENCE_TEMPLATE_NAME_MAX, &job->name);

	if (bad == TEXT_NOMEM)
		return MODEL_SYSTEM;
	if (bad || !*job->name)
		return refuse(why, "name",
		    "Give the template a name of 1 to %d characters that can be shown.",
		    CONFERENCE_TEMPLATE_NAME_MAX);
	return 0;
}

/* The rules of a conference hold for what is in a template too. */
static int check(struct job *job, struct refusal *why)
{
	struct conference as = *job->fields;
	int result;

	job->no_title = !as.title || !*as.title;
	if (job->no_title)
		as.title = SOME_TITLE;
	as.doors = SOME_TIME + job->fields->doors - job->fields->starts;
	as.ends = SOME_TIME + job->fields->ends - job->fields->starts;
	as.starts = SOME_TIME;
	result = conference_check_text(&as, &job->text, why);
	if (!result)
		result = conference_check_times(&as, why);
	return result ? result : conference_check_numbers(&as, why);
}

static int write_row(struct store_tx *tx, struct job *job)
{
	const struct conference *f = job->fields;
	int64_t changed = 0;
	int result =
	    store_exec(tx, job->id ? REGISTRAR_Q_TEMPLATE_CHANGE : REGISTRAR_Q_TEMPLATE_INSERT,
		STORE_ARGS(job->id ? store_i64(job->id) : store_null(), store_text(job->name),
		    store_text(job->no_title ? "" : job->text.title), store_text(job->text.summary),
		    store_text(job->text.place), store_text(job->text.stream),
		    store_i64(f->starts - f->doors), store_i64(f->ends - f->starts),
		    store_i64(f->capacity), store_i64(f->classes), store_i64(f->per_outlet),
		    store_i64(f->preregistration), store_i64(f->id_check),
		    store_i64(f->id_check == CONFERENCE_ID_SHARE ? f->id_share : 0),
		    store_i64(f->reentry), store_i64(f->admit_at_once), store_i64(f->names_on_pass),
		    store_i64(f->emerging), store_i64(f->amber), store_i64(f->red),
		    store_text(job->staff ? job->staff : ""), store_i64(job->now)),
		&changed);

	return result == 0 && changed == 0 ? MODEL_NOT_FOUND : result;
}

static int journal(struct store_tx *tx, const struct job *job, const char *what)
{
	char detail[64];

	snprintf(detail, sizeof detail, "template %" PRId64 " %s", job->id, what);
	return journal_append(tx, job->registrar,
	    &(struct journal_line){
		.kind = JOURNAL_TEMPLATE_CHANGED, .staff = job->staff, .detail = detail});
}

static int put_body(struct store_tx *tx, void *context)
{
	struct job *job = context;
	int64_t id = job->id;
	int result = write_row(tx, job);

	if (!result && !id)
		job->id = store_last_id(tx);
	return result ? result : journal(tx, job, id ? "changed" : "made");
}

int conference_template_put(struct registrar *registrar, int64_t id, const char *name,
    const struct conference *fields, const char *staff, int64_t now, int64_t *ret_id,
    struct refusal *why)
{
	struct job job = {
	    .registrar = registrar, .id = id, .now = now, .fields = fields, .staff = staff};
	int result = check_name(&job, name, why);

	if (!result)
		result = check(&job, why);
	if (!result)
		result = store_write(registrar->store, put_body, &job);
	if (result == STORE_CONFLICT)
		result = refuse(
		    why, "name", "There is a template of this name already. Choose another.");
	if (!result)
		*ret_id = job.id;
	conference_text_free(&job.text);
	free(job.name);
	return result;
}

static int remove_body(struct store_tx *tx, void *context)
{
	struct job *job = context;
	int64_t changed = 0;
	int result =
	    store_exec(tx, REGISTRAR_Q_TEMPLATE_DELETE, STORE_ARGS(store_i64(job->id)), &changed);

	if (!result && !changed)
		result = MODEL_NOT_FOUND;
	return result ? result : journal(tx, job, "removed");
}

int conference_template_remove(struct registrar *registrar, int64_t id, const char *staff)
{
	struct job job = {.registrar = registrar, .id = id, .staff = staff};

	return store_write(registrar->store, remove_body, &job);
}
