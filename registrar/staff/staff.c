#include "registrar/staff/staff.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <sodium.h>

#include "badges/officer.h"
#include "registrar/journal/journal.h"
#include "registrar/list.h"
#include "registrar/press/focal.h"
#include "registrar/registrar.h"
#include "registrar/staff/password.h"
#include "registrar/staff/session.h"
#include "registrar/staff/staff_private.h"
#include "schema/registrar_db.h"
#include "web/text.h"
#include "web/work.h"

/* Argon2id: three passes over 64 MiB. */
#define PASSES 3
#define MEMORY ((size_t)64 << 20)

/* One hash on a thread of the pool. */
struct hashing {
	const char *secret;
	char verifier[crypto_pwhash_STRBYTES];
	bool check, good;
};

static void hash(void *context)
{
	struct hashing *hashing = context;
	size_t len = strlen(hashing->secret);

	if (hashing->check)
		hashing->good =
		    crypto_pwhash_str_verify(hashing->verifier, hashing->secret, len) == 0;
	else
		hashing->good = crypto_pwhash_str_alg(hashing->verifier, hashing->secret, len,
				    PASSES, MEMORY, crypto_pwhash_ALG_ARGON2ID13) == 0;
}

static int make_verifier(struct registrar *registrar, const char *secret,
    char ret_verifier[static crypto_pwhash_STRBYTES])
{
	struct hashing hashing = {.secret = secret};

	if (work_run(registrar->hashers, hash, &hashing))
		return MODEL_BUSY;
	if (!hashing.good)
		return MODEL_SYSTEM;
	memcpy(ret_verifier, hashing.verifier, sizeof hashing.verifier);
	return 0;
}

/* What gates are told of a PIN. */
struct pin {
	uint8_t salt[OFFICER_SALT], public[OFFICER_PUBLIC];
};

struct deriving {
	const char *secret;
	struct pin *pin;
	int result;
};

static void derive(void *context)
{
	struct deriving *deriving = context;
	struct pin *pin = deriving->pin;
	uint8_t secret[OFFICER_SECRET];

	deriving->result = officer_derive(
	    deriving->secret, strlen(deriving->secret), pin->salt, pin->public, secret);
	sodium_memzero(secret, sizeof secret);
}

static int make_pin(struct registrar *registrar, const char *secret, struct pin *ret_pin)
{
	struct deriving deriving = {.secret = secret, .pin = ret_pin};

	randombytes_buf(ret_pin->salt, sizeof ret_pin->salt);
	if (work_run(registrar->hashers, derive, &deriving))
		return MODEL_BUSY;
	return deriving.result ? MODEL_SYSTEM : 0;
}

/* What a name that has no password is checked against, so that it costs the same. */
static char nobody[crypto_pwhash_STRBYTES];
static pthread_once_t nobody_once = PTHREAD_ONCE_INIT;

static void make_nobody(void)
{
	char secret[STAFF_PASSWORD_BYTES];

	staff_one_time_password(secret);
	if (crypto_pwhash_str_alg(
		nobody, secret, strlen(secret), PASSES, MEMORY, crypto_pwhash_ALG_ARGON2ID13))
		nobody[0] = '\0';
	sodium_memzero(secret, sizeof secret);
}

static bool name_holds(const char *name)
{
	size_t len = strlen(name);

	return len >= 1 && len <= 16 && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789") == len;
}

/* Whom the journal and receipts name besides staff: tokens of the API and the clock. */
static bool is_no_person(const char *name)
{
	size_t digits = strncmp(name, "api", 3) == 0 ? strspn(name + 3, "0123456789") : 0;

	return (digits && name[3 + digits] == '\0') || strcmp(name, "daily") == 0 ||
	       strcmp(name, "restored") == 0;
}

static int check_pin(const char *pin, struct refusal *why)
{
	return password_check_typed(pin, "pin", STAFF_PIN_MIN, why);
}

static int read_row(struct store_rows *rows, void *item)
{
	struct staff_account *ret = item;

	*ret = (struct staff_account){
	    .role = role_find(store_get_text(rows, 2)),
	    .has_password = store_get_i64(rows, 3),
	    .has_pin = store_get_i64(rows, 4),
	    .must_change = store_get_i64(rows, 5),
	    .active = strcmp(store_get_text(rows, 6), "active") == 0,
	    .created = store_get_i64(rows, 7),
	    .failures = store_get_i64(rows, 8),
	    .blocked_until = store_get_i64(rows, 9),
	    .authority = {store_get_i64(rows, 10), store_get_i64(rows, 11),
		store_get_i64(rows, 12)},
	    .dates_set = store_get_i64(rows, 14),
	    .has_factor = store_get_i64(rows, 16),
	};
	snprintf(ret->name, sizeof ret->name, "%s", store_get_text(rows, 0));
	snprintf(ret->full_name, sizeof ret->full_name, "%s", store_get_text(rows, 1));
	snprintf(ret->dates_by, sizeof ret->dates_by, "%s", store_get_text(rows, 13));
	snprintf(ret->proxy_user, sizeof ret->proxy_user, "%s", store_get_text(rows, 15));
	return 0;
}

int staff_by_name(struct store_tx *tx, const char *name, struct staff_account *ret)
{
	struct store_rows *rows = NULL;
	int result = store_one(tx, REGISTRAR_Q_STAFF_BY_NAME, STORE_ARGS(store_text(name)), &rows);

	if (result != STORE_ROW)
		return result == STORE_NOT_FOUND ? MODEL_NOT_FOUND : result;
	result = read_row(rows, ret);
	store_done(rows);
	return result;
}

int staff_list(struct store_tx *tx, struct staff_account **ret_list, size_t *ret_n)
{
	struct list_rows list = {NULL, 0};
	int result = list_read(
	    tx, REGISTRAR_Q_STAFF_LIST, STORE_NO_ARGS, sizeof **ret_list, read_row, NULL, &list);

	if (result)
		return result;
	*ret_list = list.items;
	*ret_n = list.n;
	return 0;
}

int staff_journal(
    struct store_tx *tx, const struct staff_job *job, enum journal_kind kind, const char *what)
{
	char detail[200];

	snprintf(detail, sizeof detail, "account %s%s%s", job->name, *what ? " " : "", what);
	return journal_append(tx, job->registrar,
	    &(struct journal_line){.kind = kind, .staff = job->by, .detail = detail});
}

int staff_finish(struct staff_job *job, store_body *body)
{
	int result = store_write(job->registrar->store, body, job);

	if (!result)
		registrar_changed(job->registrar);
	return result;
}

static struct store_value pin_salt(const struct pin *pin)
{
	return pin ? store_blob(pin->salt, sizeof pin->salt) : store_null();
}

static struct store_value pin_public(const struct pin *pin)
{
	return pin ? store_blob(pin->public, sizeof pin->public) : store_null();
}

static int add_body(struct store_tx *tx, void *context)
{
	struct staff_job *job = context;
	int result = store_exec(tx, REGISTRAR_Q_STAFF_INSERT,
	    STORE_ARGS(store_text(job->name), store_text(job->full_name),
		store_text(role_word(job->role)), store_text(job->password), pin_salt(job->pin),
		pin_public(job->pin), store_i64(job->must_change), store_i64(job->now)),
	    NULL);

	if (!result)
		result = registrar_raise(tx, "staff_version", NULL);
	if (!result)
		result = staff_journal(tx, job, JOURNAL_STAFF_ADDED, role_word(job->role));
	return result;
}

int staff_add(struct registrar *registrar, const struct staff_wish *wish, const char *by,
    int64_t now, struct refusal *why)
{
	char password[crypto_pwhash_STRBYTES];
	struct pin pin;
	char *full_name = NULL;
	struct staff_job job = {.registrar = registrar,
	    .name = wish->name,
	    .role = wish->role,
	    .by = by,
	    .must_change = wish->must_change,
	    .now = now};
	int result = 0;

	if (!name_holds(wish->name))
		return refuse(why, "name", "A staff name is 1 to 16 of a-z and 0-9.");
	if (focal_is_staff(wish->name))
		return refuse(why, "name",
		    "The journal names outlets' focal points like '%s'. Choose another.",
		    wish->name);
	if (is_no_person(wish->name))
		return refuse(why, "name",
		    "The journal names programs, and what is done daily, like '%s'. Choose "
		    "another.",
		    wish->name);
	if (!role_word(wish->role))
		return refuse(why, "role",
		    "Choose administrator, communications, reviewer, supervisor or security.");
	if (text_clean(wish->full_name, strlen(wish->full_name), TEXT_ONE_LINE, TEXT_NAME_MAX,
		&full_name) ||
	    !*full_name) {
		free(full_name);
		return refuse(why, "full-name", "Give the full name, 200 characters at most.");
	}
	job.full_name = full_name;
	if (wish->password)
		result = password_check(wish->password, wish->name, full_name, why);
	if (!result && wish->pin)
		result = check_pin(wish->pin, why);
	if (!result && wish->password &&
	    !(result = make_verifier(registrar, wish->password, password)))
		job.password = password;
	if (!result && wish->pin && !(result = make_pin(registrar, wish->pin, &pin)))
		job.pin = &pin;
	if (!result)
		result = staff_finish(&job, add_body);
	if (result == STORE_CONFLICT)
		result = refuse(why, "name", "There is an account '%s' already.", wish->name);
	free(full_name);
	return result;
}

int staff_check_active(struct store_tx *tx, const struct staff_job *job, struct staff_account *ret)
{
	int result = staff_by_name(tx, job->name, ret);

	if (result == MODEL_NOT_FOUND)
		return refuse(job->why, "name", "There is no account '%.16s'.", job->name);
	if (!result && !ret->active)
		return refuse(job->why, "name", "The account '%s' is disabled.", job->name);
	return result;
}

int staff_check_last(struct store_tx *tx, const struct staff_job *job)
{
	struct store_rows *rows = NULL;
	int result = store_one(tx, REGISTRAR_Q_STAFF_OTHER_ADMINISTRATORS,
	    STORE_ARGS(store_text(job->name), store_i64(job->now)), &rows);

	if (result != STORE_ROW)
		return result;
	bool last = store_get_i64(rows, 0) == 0;
	store_done(rows);
	return last ? refuse(job->why, "name",
			  "This is the last administrator. Add another one first.")
		    : 0;
}

static int disable_body(struct store_tx *tx, void *context)
{
	struct staff_job *job = context;
	struct staff_account account = {0};
	int result = staff_check_active(tx, job, &account);

	if (!result && account.role == ROLE_ADMINISTRATOR)
		result = staff_check_last(tx, job);
	if (!result)
		result = store_exec(
		    tx, REGISTRAR_Q_STAFF_DISABLE, STORE_ARGS(store_text(job->name)), NULL);
	if (!result)
		result = session_end_staff(tx, job->name);
	if (!result)
		result = registrar_raise(tx, "staff_version", NULL);
	if (!result)
		result = staff_journal(tx, job, JOURNAL_STAFF_DISABLED, "");
	return result;
}

int staff_disable(
    struct registrar *registrar, const char *name, const char *by, int64_t now, struct refusal *why)
{
	struct staff_job job = {
	    .registrar = registrar, .name = name, .by = by, .now = now, .why = why};

	return staff_finish(&job, disable_body);
}

static int password_body(struct store_tx *tx, void *context)
{
	struct staff_job *job = context;
	struct staff_account account = {0};
	int result = staff_check_active(tx, job, &account);

	if (!result)
		result = store_exec(tx, REGISTRAR_Q_STAFF_SET_PASSWORD,
		    STORE_ARGS(store_text(job->name), store_text(job->password),
			store_i64(job->must_change)),
		    NULL);
	if (!result)
		result = session_end_staff(tx, job->name);
	if (!result)
		result = staff_journal(tx, job, JOURNAL_STAFF_CHANGED, "password");
	return result;
}

int staff_set_password(struct registrar *registrar, const char *name, const char *password,
    bool must_change, const char *by, int64_t now, struct refusal *why)
{
	char verifier[crypto_pwhash_STRBYTES];
	struct staff_job job = {.registrar = registrar,
	    .name = name,
	    .by = by,
	    .password = verifier,
	    .must_change = must_change,
	    .now = now,
	    .why = why};
	int result = password_check(password, name, name, why);

	if (!result)
		result = make_verifier(registrar, password, verifier);
	return result ? result : staff_finish(&job, password_body);
}

static int pin_body(struct store_tx *tx, void *context)
{
	struct staff_job *job = context;
	struct staff_account account = {0};
	int result = staff_check_active(tx, job, &account);

	if (!result)
		result = store_exec(tx, REGISTRAR_Q_STAFF_SET_PIN,
		    STORE_ARGS(store_text(job->name), pin_salt(job->pin), pin_public(job->pin)),
		    NULL);
	if (!result)
		result = registrar_raise(tx, "staff_version", NULL);
	if (!result)
		result = staff_journal(tx, job, JOURNAL_STAFF_CHANGED, "pin");
	return result;
}

int staff_set_pin(struct registrar *registrar, const char *name, const char *pin, const char *by,
    int64_t now, struct refusal *why)
{
	struct pin made;
	struct staff_job job = {
	    .registrar = registrar, .name = name, .by = by, .pin = &made, .now = now, .why = why};
	int result = check_pin(pin, why);

	if (!result)
		result = make_pin(registrar, pin, &made);
	return result ? result : staff_finish(&job, pin_body);
}

static void mark_checked(const char *verifier, uint8_t ret[static 32])
{
	crypto_generichash(ret, 32, (const unsigned char *)verifier, strlen(verifier), NULL, 0);
}

int staff_still(struct store_tx *tx, const struct staff_account *account)
{
	struct store_rows *rows = NULL;
	uint8_t now[32];
	int result =
	    store_one(tx, REGISTRAR_Q_STAFF_VERIFIER, STORE_ARGS(store_text(account->name)), &rows);

	if (result != STORE_ROW)
		return result == STORE_NOT_FOUND ? MODEL_NOT_FOUND : result;
	mark_checked(store_get_text(rows, 0), now);
	store_done(rows);
	return sodium_memcmp(now, account->checked, sizeof now) == 0 ? 0 : MODEL_NOT_FOUND;
}

int staff_check(
    struct registrar *registrar, const char *name, const char *password, struct staff_account *ret)
{
	struct store_tx *tx = NULL;
	struct store_rows *rows = NULL;
	struct staff_account account = {0};
	struct hashing hashing = {.secret = password, .check = true};
	bool known = false;

	pthread_once(&nobody_once, make_nobody);
	if (strlen(password) > STAFF_PASSWORD_MAX)
		hashing.secret = "";
	memcpy(hashing.verifier, nobody, sizeof nobody);
	int result = store_read_begin(registrar->store, &tx);
	if (!result)
		result =
		    store_one(tx, REGISTRAR_Q_STAFF_VERIFIER, STORE_ARGS(store_text(name)), &rows);
	if (result == STORE_ROW) {
		known = true;
		snprintf(hashing.verifier, sizeof hashing.verifier, "%s", store_get_text(rows, 0));
		store_done(rows);
		result = staff_by_name(tx, name, &account);
		mark_checked(hashing.verifier, account.checked);
	} else if (result == STORE_NOT_FOUND)
		result = 0;
	store_read_end(tx);
	if (!result && work_run(registrar->hashers, hash, &hashing))
		result = MODEL_BUSY;
	sodium_memzero(hashing.verifier, sizeof hashing.verifier);
	if (result)
		return result;
	if (!known || !hashing.good || hashing.secret != password)
		return MODEL_NOT_FOUND;
	*ret = account;
	return 0;
}

void staff_one_time_password(char ret[STAFF_PASSWORD_BYTES])
{
	static const char alphabet[] = "abcdefghjkmnpqrstuvwxyz23456789";
	char *at = ret;

	/* Four groups of five: 99 bits, with no character that looks like another. */
	for (int i = 0; i < 20; i++) {
		if (i && i % 5 == 0)
			*at++ = '-';
		*at++ = alphabet[randombytes_uniform(sizeof alphabet - 1)];
	}
	*at = '\0';
}
