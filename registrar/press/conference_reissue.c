/* Passes that say when a conference is: another time is another pass. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "badges/bytes.h"
#include "badges/revoked.h"
#include "registrar/journal/journal.h"
#include "registrar/keys/keyring.h"
#include "registrar/keys/keys_object.h"
#include "registrar/list.h"
#include "registrar/press/conference_private.h"
#include "registrar/press/issue.h"
#include "registrar/registrar.h"
#include "schema/registrar_db.h"

bool conference_needs_passes(const struct conference *before, const struct conference *after)
{
	return before->doors != after->doors || before->ends != after->ends ||
	       before->names_on_pass != after->names_on_pass ||
	       (before->id_check == CONFERENCE_ID_ALWAYS) !=
		   (after->id_check == CONFERENCE_ID_ALWAYS);
}

static int read_pass(struct store_rows *rows, void *item)
{
	struct conference_pass *ret = item;
	int result;

	*ret = (struct conference_pass){
	    .registration = store_get_i64(rows, 0), .accreditation = store_get_i64(rows, 1)};
	result = store_copy_text(ret->reference, sizeof ret->reference, store_get_text(rows, 2));
	return result ? result : store_get_fixed(rows, 3, ret->old, sizeof ret->old);
}

int conference_passes_read(struct store_tx *tx, int64_t conference, struct conference_passes *ret)
{
	struct list_rows list = {NULL, 0};
	int result = list_read(tx, REGISTRAR_Q_CONFERENCE_PASSES, STORE_ARGS(store_i64(conference)),
	    sizeof *ret->items, read_pass, NULL, &list);

	if (!result)
		*ret = (struct conference_passes){list.items, list.n};
	return result;
}

int conference_passes_revoke(struct store_tx *tx, struct registrar *registrar,
    const struct conference_passes *passes, int64_t version, int64_t now)
{
	int result = 0;

	for (size_t i = 0; !result && i < passes->n; i++)
		result = issue_revoke(tx, registrar, passes->items[i].registration,
		    REVOKED_REISSUED, version, now, NULL);
	return result;
}

/* The holder's name and outlet live as long as *ret_rows. */
static int read_holder(struct store_tx *tx, const struct conference_pass *pass,
    struct issue_holder *ret, struct store_rows **ret_rows)
{
	int result = store_one(tx, REGISTRAR_Q_REGISTRATION_ACCREDITATION,
	    STORE_ARGS(store_i64(pass->accreditation)), ret_rows);

	if (result != STORE_ROW)
		return result;
	*ret = (struct issue_holder){.registration_id = pass->registration,
	    .pass_class = (uint8_t)store_get_i64(*ret_rows, 2),
	    .name = store_get_text(*ret_rows, 6),
	    .outlet = store_get_text(*ret_rows, 7)};
	return 0;
}

static int issue_one(struct store_tx *tx, struct registrar *registrar,
    const struct conference *conference, const struct conference_pass *pass, int64_t version,
    const char *staff, int64_t now)
{
	struct issue_holder holder;
	struct store_rows *rows = NULL;
	uint8_t id[16];
	char hex[33], detail[96];
	int result = read_holder(tx, pass, &holder, &rows);

	if (!result)
		result = issue_pass(tx, registrar, conference, &holder, NULL, version, now, id);
	store_done(rows);
	if (result)
		return result;
	bytes_hex(id, sizeof id, hex);
	snprintf(detail, sizeof detail, "registration %s pass %s", pass->reference, hex);
	return journal_append(tx, registrar,
	    &(struct journal_line){.kind = JOURNAL_PASS_REISSUED,
		.event = conference->slug,
		.pass = pass->old,
		.staff = staff,
		.detail = detail});
}

int conference_passes_issue(struct store_tx *tx, struct registrar *registrar,
    const struct conference *conference, const struct conference_passes *passes, int64_t version,
    const char *staff, int64_t now)
{
	int result = 0;

	for (size_t i = 0; !result && i < passes->n; i++)
		result =
		    issue_one(tx, registrar, conference, &passes->items[i], version, staff, now);
	return result;
}

/* ---- the key ---- */

struct key_job {
	struct registrar *registrar;
	const char *staff;
	int64_t conference, until, now;
};

static int key_body(struct store_tx *tx, void *context)
{
	const struct key_job *job = context;
	struct key_secret *key = NULL;
	int result = keyring_make(tx, job->registrar, KEY_USE_PASS, job->conference, job->now - 60,
	    job->until + CONFERENCE_KEY_AFTER, job->staff, &key);

	key_free(key);
	return result;
}

static int key_holds(struct store_tx *tx, int64_t conference, int64_t until, bool *ret_holds)
{
	struct keyring_row *rows = NULL;
	size_t n = 0;
	bool holds = false;
	int result = keyring_rows(tx, &rows, &n);

	if (result)
		return result;
	/* The youngest signs, and it holds longest. */
	for (size_t i = 0; i < n; i++)
		holds = holds || (rows[i].use == KEY_USE_PASS && rows[i].conference == conference &&
				     strcmp(rows[i].state, "active") == 0 &&
				     rows[i].valid_until >= until + ISSUE_AFTER_END + 86400);
	free(rows);
	*ret_holds = holds;
	return 0;
}

int conference_key_until(struct registrar *registrar, int64_t conference, int64_t until,
    const char *staff, int64_t now, struct refusal *why)
{
	struct key_job job = {registrar, staff, conference, until, now};
	struct store_tx *tx = NULL;
	bool holds = false;
	int result = store_read_begin(registrar->store, &tx);

	if (!result)
		result = key_holds(tx, conference, until, &holds);
	store_read_end(tx);
	if (result || holds)
		return result;
	result = keys_object_need_root(registrar, why);
	if (!result)
		result = store_write(registrar->store, key_body, &job);
	return result ? result : keyring_reload(registrar->keyring, registrar->store, why);
}
