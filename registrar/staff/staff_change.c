/* What an administrator changes about an account that is there. */
#include <stdio.h>
#include <string.h>

#include "registrar/registrar.h"
#include "registrar/staff/session.h"
#include "registrar/staff/staff_private.h"
#include "schema/registrar_db.h"
#include "web/text.h"

static int role_body(struct store_tx *tx, void *context)
{
	const struct staff_job *job = context;
	struct staff_account account = {.name = ""};
	char what[96];
	int result = staff_check_active(tx, job, &account);

	if (!result && account.role == job->role)
		return refuse(job->why, "role", "%.16s has this role already.", job->name);
	if (!result && account.role == ROLE_ADMINISTRATOR)
		result = staff_check_last(tx, job);
	if (!result)
		result = store_exec(tx, REGISTRAR_Q_STAFF_SET_ROLE,
		    STORE_ARGS(store_text(job->name), store_text(role_word(job->role))), NULL);
	if (!result)
		result = session_end_staff(tx, job->name);
	if (!result)
		result = registrar_raise(tx, "staff_version", NULL);
	snprintf(
	    what, sizeof what, "role %s, before %s", role_word(job->role), role_word(account.role));
	return result ? result : staff_journal(tx, job, JOURNAL_STAFF_CHANGED, what);
}

int staff_set_role(struct registrar *registrar, const char *name, enum role role, const char *by,
    int64_t now, struct refusal *why)
{
	struct staff_job job = {
	    .registrar = registrar, .name = name, .role = role, .by = by, .now = now, .why = why};

	if (!role_word(role))
		return refuse(why, "role",
		    "Choose administrator, communications, reviewer, supervisor or security.");
	return staff_finish(&job, role_body);
}

static int enable_body(struct store_tx *tx, void *context)
{
	const struct staff_job *job = context;
	int64_t changed = 0;
	int result =
	    store_exec(tx, REGISTRAR_Q_STAFF_ENABLE, STORE_ARGS(store_text(job->name)), &changed);

	if (!result && changed == 0)
		return refuse(job->why, "name", "There is no disabled account '%.16s'.", job->name);
	if (!result)
		result = registrar_raise(tx, "staff_version", NULL);
	return result ? result : staff_journal(tx, job, JOURNAL_STAFF_CHANGED, "enabled");
}

int staff_enable(
    struct registrar *registrar, const char *name, const char *by, int64_t now, struct refusal *why)
{
	struct staff_job job = {
	    .registrar = registrar, .name = name, .by = by, .now = now, .why = why};

	return staff_finish(&job, enable_body);
}

static struct store_value limit(int64_t at)
{
	return at ? store_i64(at) : store_null();
}

/* The last who can put it right again is not shut out. */
static int check_dates(struct store_tx *tx, const struct staff_job *job)
{
	const struct authority *a = &job->authority;
	struct staff_account account;
	int result = staff_by_name(tx, job->name, &account);

	if (result == MODEL_NOT_FOUND)
		return refuse(job->why, "name", "There is no account '%.16s'.", job->name);
	if (a->from && a->until && a->from >= a->until)
		return refuse(job->why, "until", "The authorisation ends before it begins.");
	if (!result && account.role == ROLE_ADMINISTRATOR && account.active &&
	    authority_state(a, job->now) != AUTHORITY_STANDS)
		result = staff_check_last(tx, job);
	return result;
}

static int dates_body(struct store_tx *tx, void *context)
{
	const struct staff_job *job = context;
	const struct authority *a = &job->authority;
	char trained[AUTHORITY_DATE], from[AUTHORITY_DATE], until[AUTHORITY_DATE], what[96];
	int result = check_dates(tx, job);

	if (!result)
		result = store_exec(tx, REGISTRAR_Q_STAFF_SET_DATES,
		    STORE_ARGS(store_text(job->name), limit(a->trained_until), limit(a->from),
			limit(a->until), store_text(job->by), store_i64(job->now)),
		    NULL);
	if (!result)
		result = registrar_raise(tx, "staff_version", NULL);
	authority_write_until(a->trained_until, trained);
	authority_write_from(a->from, from);
	authority_write_until(a->until, until);
	snprintf(what, sizeof what, "trained until %s, authorised from %s until %s",
	    *trained ? trained : "-", *from ? from : "-", *until ? until : "-");
	return result ? result : staff_journal(tx, job, JOURNAL_STAFF_CHANGED, what);
}

int staff_set_dates(struct registrar *registrar, const char *name,
    const struct authority *authority, const char *by, int64_t now, struct refusal *why)
{
	struct staff_job job = {.registrar = registrar,
	    .name = name,
	    .authority = *authority,
	    .by = by,
	    .now = now,
	    .why = why};

	return staff_finish(&job, dates_body);
}

static int proxy_body(struct store_tx *tx, void *context)
{
	const struct staff_job *job = context;
	struct staff_account account;
	int result = staff_check_active(tx, job, &account);

	if (!result)
		result = store_exec(tx, REGISTRAR_Q_STAFF_SET_PROXY_USER,
		    STORE_ARGS(store_text(job->name),
			*job->proxy_user ? store_text(job->proxy_user) : store_null()),
		    NULL);
	if (result == STORE_CONFLICT)
		return refuse(job->why, "proxy-user",
		    "Another account stands for that name. Take it from there first.");
	if (!result)
		result = session_end_staff(tx, job->name);
	return result ? result : staff_journal(tx, job, JOURNAL_STAFF_CHANGED, "name at the proxy");
}

int staff_set_proxy_user(struct registrar *registrar, const char *name, const char *proxy_user,
    const char *by, int64_t now, struct refusal *why)
{
	struct staff_job job = {.registrar = registrar,
	    .name = name,
	    .proxy_user = proxy_user,
	    .by = by,
	    .now = now,
	    .why = why};

	if (strlen(proxy_user) > STAFF_PROXY_USER_MAX ||
	    text_length(proxy_user) != strlen(proxy_user))
		return refuse(why, "proxy-user",
		    "Give the name as the proxy says it: 200 letters, digits and signs at most.");
	return staff_finish(&job, proxy_body);
}

int staff_by_proxy_user(struct store_tx *tx, const char *proxy_user, struct staff_account *ret)
{
	struct store_rows *rows = NULL;
	char name[17];
	int result = store_one(
	    tx, REGISTRAR_Q_STAFF_BY_PROXY_USER, STORE_ARGS(store_text(proxy_user)), &rows);

	if (result != STORE_ROW)
		return result == STORE_NOT_FOUND ? MODEL_NOT_FOUND : result;
	snprintf(name, sizeof name, "%s", store_get_text(rows, 0));
	store_done(rows);
	return staff_by_name(tx, name, ret);
}

struct ending {
	struct registrar *registrar;
	const char *name, *handle, *by;
	int64_t now;
};

static int end_body(struct store_tx *tx, void *context)
{
	const struct ending *it = context;
	const struct staff_job job = {.registrar = it->registrar, .name = it->name, .by = it->by};
	struct staff_account account;
	int result = staff_by_name(tx, it->name, &account);

	if (!result)
		result = it->handle ? session_end_handle(tx, it->name, it->handle, it->now)
				    : session_end_staff(tx, it->name);
	return result ? result
		      : staff_journal(tx, &job, JOURNAL_STAFF_CHANGED,
			    it->handle ? "session ended" : "sessions ended");
}

int staff_end_sessions(
    struct registrar *registrar, const char *name, const char *handle, const char *by, int64_t now)
{
	struct ending it = {registrar, name, handle, by, now};

	return store_write(registrar->store, end_body, &it);
}
