/* Rotation and retirement of keys. */
#include "registrar/keys/keyring.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "badges/bytes.h"
#include "badges/pass.h"
#include "registrar/press/conference.h"
#include "registrar/journal/journal.h"
#include "registrar/keys/keys_object.h"
#include "registrar/list.h"
#include "registrar/registrar.h"
#include "registrar/press/registration.h"
#include "schema/registrar_db.h"

#define YEARS(n) ((int64_t)(n)*366 * 86400)

struct job {
	struct registrar *registrar;
	enum key_use use;
	int64_t conference;
	const uint8_t *kid;
	const char *staff;
	int64_t now;
	unsigned reissued;
	struct refusal *why;
};

static int rotate_body(struct store_tx *tx, void *context)
{
	struct job *job = context;
	struct key_secret *key = NULL;
	struct conference conference = {0};
	int64_t until = job->now + YEARS(3);
	int result = 0;

	if (job->use == KEY_USE_PASS) {
		result = conference_by_id(tx, job->conference, &conference);
		until = conference.ends + 7 * 86400;
		conference_clear(&conference);
	}
	if (!result && until <= job->now)
		result = refuse(job->why, "conference", "This conference is over.");
	if (!result)
		result = keyring_make(tx, job->registrar, job->use, job->conference, job->now - 60,
		    until, job->staff, &key);
	key_free(key);
	return result;
}

static int epoch_body(struct store_tx *tx, void *context)
{
	struct job *job = context;

	return journal_begin_epoch(tx, job->registrar, "key-rotated", job->staff);
}

int keyring_rotate(struct registrar *registrar, enum key_use use, int64_t conference,
    const char *staff, int64_t now, struct refusal *why)
{
	struct job job = {.registrar = registrar,
	    .use = use,
	    .conference = conference,
	    .staff = staff,
	    .now = now,
	    .why = why};

	if (use == KEY_USE_ROOT)
		return refuse(why, "use",
		    "The root key can't be rotated: every gate knows this registrar by it. Make a "
		    "new "
		    "data folder and enrol the gates again.");
	int result = use == KEY_USE_DEVICE || use == KEY_USE_DETAILS
			 ? 0
			 : keys_object_need_root(registrar, why);
	if (!result)
		result = store_write(registrar->store, rotate_body, &job);
	if (!result)
		result = keyring_reload(registrar->keyring, registrar->store, why);
	if (!result && use == KEY_USE_DEVICE)
		result = store_write(registrar->store, epoch_body, &job);
	if (!result)
		registrar_changed(registrar);
	return result;
}

static int read_key(struct store_tx *tx, const uint8_t kid[static KEY_KID_SIZE], char ret_use[16],
    char ret_state[16], int64_t *ret_conference)
{
	struct store_rows *rows = NULL;
	int result =
	    store_one(tx, REGISTRAR_Q_KEY_BY_KID, STORE_ARGS(store_blob(kid, KEY_KID_SIZE)), &rows);

	if (result != STORE_ROW)
		return result == STORE_NOT_FOUND ? MODEL_NOT_FOUND : result;
	snprintf(ret_use, 16, "%s", store_get_text(rows, 1));
	snprintf(ret_state, 16, "%s", store_get_text(rows, 6));
	*ret_conference = store_get_i64(rows, 3);
	store_done(rows);
	return 0;
}

static int check_others(
    struct store_tx *tx, const char *use, int64_t conference, struct refusal *why)
{
	struct store_rows *rows = NULL;
	int result = store_one(tx, REGISTRAR_Q_KEY_COUNT_ACTIVE,
	    STORE_ARGS(store_text(use), store_i64(conference)), &rows);

	if (result != STORE_ROW)
		return result;
	bool last = store_get_i64(rows, 0) < 2;
	store_done(rows);
	return last ? refuse(why, "kid",
			  "This is the only active %s key%s. Rotate first, then retire it.", use,
			  conference ? " of its conference" : "")
		    : 0;
}

/* The registrations whose active pass was signed by the key; the caller frees. */
static int signed_by(struct store_tx *tx, int64_t conference,
    const uint8_t kid[static KEY_KID_SIZE], int64_t **ret_ids, size_t *ret_n)
{
	struct store_rows *rows = NULL;
	struct pass_view view;
	int64_t *ids = NULL;
	size_t n = 0, room = 0;
	int result = store_query(
	    tx, REGISTRAR_Q_PASS_ACTIVE_OF_CONFERENCE, STORE_ARGS(store_i64(conference)), &rows);

	while (!result && (result = store_next(rows)) == STORE_ROW) {
		const char *qr = store_get_text(rows, 2);
		int64_t id = store_get_i64(rows, 1);
		result = pass_parse(qr, strlen(qr), &view) ? STORE_CORRUPT : 0;
		if (result || memcmp(view.kid, kid, KEY_KID_SIZE) != 0)
			continue;
		int64_t *more = list_grow(ids, n, &room, sizeof *ids);
		if (!more) {
			result = MODEL_SYSTEM;
			break;
		}
		ids = more;
		ids[n++] = id;
	}
	store_done(rows);
	if (result) {
		free(ids);
		return result;
	}
	*ret_ids = ids;
	*ret_n = n;
	return 0;
}

static int reissue_all(struct store_tx *tx, struct job *job)
{
	int64_t *ids = NULL;
	size_t n = 0;
	int result = signed_by(tx, job->conference, job->kid, &ids, &n);

	for (size_t i = 0; !result && i < n; i++)
		result = registration_reissue_within(
		    tx, job->registrar, ids[i], job->staff, job->now, job->why);
	job->reissued = (unsigned)n;
	free(ids);
	return result;
}

static int journal_retired(struct store_tx *tx, const struct job *job, const char *use)
{
	char hex[2 * KEY_KID_SIZE + 1], detail[96];

	bytes_hex(job->kid, KEY_KID_SIZE, hex);
	snprintf(detail, sizeof detail, "use=%s kid=%s", use, hex);
	return journal_append(tx, job->registrar,
	    &(struct journal_line){
		.kind = JOURNAL_KEY_RETIRED, .staff = job->staff, .detail = detail});
}

static int retire_body(struct store_tx *tx, void *context)
{
	struct job *job = context;
	char use[16], state[16];
	int result = read_key(tx, job->kid, use, state, &job->conference);

	if (result)
		return result;
	if (strcmp(state, "active") != 0)
		return refuse(job->why, "kid", "This key is %s already.", state);
	result = check_others(tx, use, job->conference, job->why);
	if (!result)
		result = store_exec(tx, REGISTRAR_Q_KEY_SET_STATE,
		    STORE_ARGS(store_blob(job->kid, KEY_KID_SIZE), store_text("retired")), NULL);
	/* The registrar's own journal key is in no list of the gates'. */
	if (!result && strcmp(use, "journal") != 0)
		result = keys_object_changed(tx, job->registrar);
	if (!result)
		result = journal_retired(tx, job, use);
	if (!result && strcmp(use, "pass") == 0)
		result = reissue_all(tx, job);
	return result;
}

int keyring_retire(struct registrar *registrar, const uint8_t kid[static KEY_KID_SIZE],
    const char *staff, int64_t now, unsigned *ret_reissued, struct refusal *why)
{
	struct job job = {
	    .registrar = registrar, .kid = kid, .staff = staff, .now = now, .why = why};
	int result = store_write(registrar->store, retire_body, &job);

	if (!result)
		result = keyring_reload(registrar->keyring, registrar->store, why);
	if (!result) {
		*ret_reissued = job.reissued;
		registrar_changed(registrar);
		registrar_mail_waits(registrar);
	}
	return result;
}
