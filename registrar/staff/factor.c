#include "registrar/staff/factor.h"

#include <stdio.h>
#include <string.h>

#include <sodium.h>

#include "registrar/journal/journal.h"
#include "registrar/registrar.h"
#include "registrar/staff/factor_key.h"
#include "registrar/staff/session.h"
#include "schema/registrar_db.h"

/* No character that looks like another: 31 of them, 79 bits a code. */
static const char alphabet[] = "abcdefghjkmnpqrstuvwxyz23456789";
#define CODE_LETTERS 16
#define HASH	     32

struct row {
	uint8_t sealed[FACTOR_SEALED];
	enum factor_state state;
	int64_t step;
};

static int read_row(struct store_tx *tx, const char *staff, struct row *ret)
{
	struct store_rows *rows = NULL;
	struct row row = {.state = FACTOR_NONE};
	int result = store_one(tx, REGISTRAR_Q_FACTOR_READ, STORE_ARGS(store_text(staff)), &rows);

	if (result == STORE_NOT_FOUND) {
		*ret = row;
		return 0;
	}
	if (result != STORE_ROW)
		return result;
	result = store_get_fixed(rows, 0, row.sealed, sizeof row.sealed);
	row.state =
	    strcmp(store_get_text(rows, 1), "standing") == 0 ? FACTOR_STANDING : FACTOR_WAITING;
	row.step = store_get_i64(rows, 2);
	store_done(rows);
	if (!result)
		*ret = row;
	return result;
}

static int count(
    struct store_tx *tx, unsigned query, const struct store_value *args, size_t n, int64_t *ret)
{
	struct store_rows *rows = NULL;
	int result = store_one(tx, query, args, n, &rows);

	if (result != STORE_ROW)
		return result;
	*ret = store_get_i64(rows, 0);
	store_done(rows);
	return 0;
}

int factor_read(struct store_tx *tx, const char *staff, struct factor *ret)
{
	struct row row = {.state = FACTOR_NONE};
	int64_t left = 0;
	int result = read_row(tx, staff, &row);

	if (!result)
		result = count(tx, REGISTRAR_Q_RECOVERY_LEFT, STORE_ARGS(store_text(staff)), &left);
	sodium_memzero(row.sealed, sizeof row.sealed);
	if (!result)
		*ret = (struct factor){row.state, left};
	return result;
}

/* One write. */
struct job {
	struct registrar *registrar;
	const char *staff, *by;
	int64_t now;
	uint8_t sealed[FACTOR_SEALED];
	int64_t step;
	const uint8_t *stays; /* a session's hash, or NULL */
	bool reset;	      /* by somebody else */
	uint8_t hashes[FACTOR_CODES][HASH];
	struct refusal *why;
};

static int journal(struct store_tx *tx, const struct job *job, const char *what)
{
	char detail[96];

	snprintf(detail, sizeof detail, "account %s %s", job->staff, what);
	return journal_append(tx, job->registrar,
	    &(struct journal_line){
		.kind = JOURNAL_STAFF_CHANGED, .staff = job->by, .detail = detail});
}

static int begin_body(struct store_tx *tx, void *context)
{
	struct job *job = context;
	struct row row = {.state = FACTOR_NONE};
	int result = read_row(tx, job->staff, &row);

	if (!result && row.state == FACTOR_STANDING)
		return refuse(job->why, "",
		    "There is a second factor already. Take it away first, with one of its codes.");
	return result ? result
		      : store_exec(tx, REGISTRAR_Q_FACTOR_BEGIN,
			    STORE_ARGS(store_text(job->staff),
				store_blob(job->sealed, sizeof job->sealed), store_i64(job->now)),
			    NULL);
}

/* Whether nothing was ever sealed: only then a missing key's file is made. */
static int is_fresh(struct registrar *registrar, bool *ret)
{
	struct store_tx *tx = NULL;
	int64_t n = 0;
	int result = store_read_begin(registrar->store, &tx);

	if (!result)
		result = count(tx, REGISTRAR_Q_FACTOR_ANY, STORE_NO_ARGS, &n);
	store_read_end(tx);
	if (!result)
		*ret = n == 0;
	return result;
}

int factor_probe(struct registrar *registrar)
{
	uint8_t sealed[FACTOR_SEALED], secret[TOTP_SECRET];
	struct store_rows *rows = NULL;
	struct store_tx *tx = NULL;
	char staff[17] = "";
	int result = store_read_begin(registrar->store, &tx);

	if (!result)
		result = store_one(tx, REGISTRAR_Q_FACTOR_FIRST, STORE_NO_ARGS, &rows);
	if (result == STORE_ROW) {
		snprintf(staff, sizeof staff, "%s", store_get_text(rows, 0));
		result = store_get_fixed(rows, 1, sealed, sizeof sealed);
	}
	store_done(rows);
	store_read_end(tx);
	if (result)
		return result == STORE_NOT_FOUND ? 0 : result;
	result = factor_key_open(registrar, staff, sealed, secret);
	sodium_memzero(secret, sizeof secret);
	return result;
}

int factor_begin(struct registrar *registrar, const char *staff, int64_t now, struct refusal *why)
{
	struct job job = {
	    .registrar = registrar, .staff = staff, .by = staff, .now = now, .why = why};
	uint8_t secret[TOTP_SECRET];
	bool fresh = false;
	int result = is_fresh(registrar, &fresh);

	randombytes_buf(secret, sizeof secret);
	if (!result)
		result = factor_key_seal(registrar, staff, fresh, secret, job.sealed, why);
	sodium_memzero(secret, sizeof secret);
	return result ? result : store_write(registrar->store, begin_body, &job);
}

static int read_now(struct registrar *registrar, const char *staff, struct row *ret)
{
	struct store_tx *tx = NULL;
	int result = store_read_begin(registrar->store, &tx);

	if (!result)
		result = read_row(tx, staff, ret);
	store_read_end(tx);
	return result;
}

int factor_secret(struct registrar *registrar, const char *staff, uint8_t ret_secret[TOTP_SECRET])
{
	struct row row = {.state = FACTOR_NONE};
	int result = read_now(registrar, staff, &row);

	if (!result && row.state != FACTOR_WAITING)
		result = MODEL_NOT_FOUND;
	return result ? result : factor_key_open(registrar, staff, row.sealed, ret_secret);
}

/* ---- recovery codes ---- */

/* Of 79 random bits no slow hash is asked. The name keeps two accounts' codes apart. */
static void hash_code(const char *staff, const char *letters, uint8_t ret[HASH])
{
	crypto_generichash_state state;

	crypto_generichash_init(&state, (const unsigned char *)"pressgate-recovery/v1", 21, HASH);
	crypto_generichash_update(&state, (const unsigned char *)staff, strlen(staff) + 1);
	crypto_generichash_update(&state, (const unsigned char *)letters, CODE_LETTERS);
	crypto_generichash_final(&state, ret, HASH);
}

static void make_codes(struct job *job, char ret_codes[FACTOR_CODES][FACTOR_RECOVERY])
{
	char letters[CODE_LETTERS + 1] = "";

	for (int i = 0; i < FACTOR_CODES; i++) {
		for (int at = 0; at < CODE_LETTERS; at++)
			letters[at] = alphabet[randombytes_uniform(sizeof alphabet - 1)];
		snprintf(ret_codes[i], FACTOR_RECOVERY, "%.4s-%.4s-%.4s-%.4s", letters, letters + 4,
		    letters + 8, letters + 12);
		hash_code(job->staff, letters, job->hashes[i]);
	}
	sodium_memzero(letters, sizeof letters);
}

static int put_codes(struct store_tx *tx, const struct job *job)
{
	int result =
	    store_exec(tx, REGISTRAR_Q_RECOVERY_END, STORE_ARGS(store_text(job->staff)), NULL);

	for (int i = 0; !result && i < FACTOR_CODES; i++)
		result = store_exec(tx, REGISTRAR_Q_RECOVERY_INSERT,
		    STORE_ARGS(store_text(job->staff), store_blob(job->hashes[i], HASH)), NULL);
	return result;
}

/* Six digits, as authenticators show them in groups. */
static bool read_digits(const char *code, char ret_digits[TOTP_DIGITS + 1])
{
	size_t n = 0;

	for (; *code; code++) {
		if (*code == ' ')
			continue;
		if (n == TOTP_DIGITS || *code < '0' || *code > '9')
			return false;
		ret_digits[n++] = *code;
	}
	ret_digits[n] = '\0';
	return n == TOTP_DIGITS;
}

/* ---- a set-up that ends ---- */

static int stand_body(struct store_tx *tx, void *context)
{
	const struct job *job = context;
	struct row row = {.state = FACTOR_NONE};
	int result = read_row(tx, job->staff, &row);

	/* Begun anew meanwhile: the code was of another secret. */
	if (!result && (row.state != FACTOR_WAITING ||
			   sodium_memcmp(row.sealed, job->sealed, sizeof row.sealed) != 0))
		return MODEL_NOT_FOUND;
	if (!result)
		result = store_exec(tx, REGISTRAR_Q_FACTOR_STAND,
		    STORE_ARGS(store_text(job->staff), store_i64(job->step)), NULL);
	if (!result)
		result = put_codes(tx, job);
	if (!result)
		result = session_end_others(tx, job->staff, job->stays);
	return result ? result : journal(tx, job, "second factor set up");
}

int factor_stand(struct registrar *registrar, const char *staff, const char *code,
    const uint8_t stays[32], int64_t now, char ret_codes[FACTOR_CODES][FACTOR_RECOVERY])
{
	struct job job = {
	    .registrar = registrar, .staff = staff, .by = staff, .now = now, .stays = stays};
	char codes[FACTOR_CODES][FACTOR_RECOVERY], digits[TOTP_DIGITS + 1];
	struct row row = {.state = FACTOR_NONE};
	uint8_t secret[TOTP_SECRET];
	int result = read_now(registrar, staff, &row);

	if (result || row.state != FACTOR_WAITING || !read_digits(code, digits))
		return result ? result : MODEL_NOT_FOUND;
	result = factor_key_open(registrar, staff, row.sealed, secret);
	if (!result)
		result = totp_check(secret, digits, now, 0, &job.step);
	memcpy(job.sealed, row.sealed, sizeof job.sealed);
	make_codes(&job, codes);
	if (!result)
		result = store_write(registrar->store, stand_body, &job);
	if (!result)
		memcpy(ret_codes, codes, sizeof codes);
	sodium_memzero(codes, sizeof codes);
	sodium_memzero(secret, sizeof secret);
	return result;
}

/* ---- a code that is used ---- */

static int use_step_body(struct store_tx *tx, void *context)
{
	const struct job *job = context;
	int64_t changed = 0;
	int result = store_exec(tx, REGISTRAR_Q_FACTOR_USE,
	    STORE_ARGS(store_text(job->staff), store_i64(job->step)), &changed);

	return result ? result : changed == 1 ? 0 : MODEL_NOT_FOUND;
}

static int use_recovery_body(struct store_tx *tx, void *context)
{
	const struct job *job = context;
	int64_t changed = 0;
	int result = store_exec(tx, REGISTRAR_Q_RECOVERY_USE,
	    STORE_ARGS(store_text(job->staff), store_blob(job->hashes[0], HASH)), &changed);

	if (!result && changed != 1)
		return MODEL_NOT_FOUND;
	return result ? result : journal(tx, job, "recovery code used");
}

/* A recovery code as it is hashed. */
static bool read_letters(const char *code, char ret_letters[CODE_LETTERS + 1])
{
	size_t n = 0;

	for (; *code; code++) {
		char letter = *code >= 'A' && *code <= 'Z' ? (char)(*code + 32) : *code;

		if (letter == '-' || letter == ' ')
			continue;
		if (n == CODE_LETTERS || !strchr(alphabet, letter))
			return false;
		ret_letters[n++] = letter;
	}
	ret_letters[n] = '\0';
	return n == CODE_LETTERS;
}

static int check_step(struct job *job, const struct row *row, const char *digits)
{
	uint8_t secret[TOTP_SECRET];
	int result = factor_key_open(job->registrar, job->staff, row->sealed, secret);

	if (!result)
		result = totp_check(secret, digits, job->now, row->step, &job->step);
	sodium_memzero(secret, sizeof secret);
	/* The write decides: two requests with one code are one use. */
	return result ? result : store_write(job->registrar->store, use_step_body, job);
}

int factor_check(struct registrar *registrar, const char *staff, const char *code, int64_t now,
    bool *ret_recovery)
{
	struct job job = {.registrar = registrar, .staff = staff, .by = staff, .now = now};
	char digits[TOTP_DIGITS + 1], letters[CODE_LETTERS + 1];
	struct row row = {.state = FACTOR_NONE};
	bool recovery = false;
	int result = read_now(registrar, staff, &row);

	if (!result && row.state != FACTOR_STANDING)
		result = MODEL_NOT_FOUND;
	if (!result && read_digits(code, digits))
		result = check_step(&job, &row, digits);
	else if (!result && read_letters(code, letters)) {
		recovery = true;
		hash_code(staff, letters, job.hashes[0]);
		result = store_write(registrar->store, use_recovery_body, &job);
	} else if (!result)
		result = MODEL_NOT_FOUND;
	if (!result && ret_recovery)
		*ret_recovery = recovery;
	return result;
}

static int renew_body(struct store_tx *tx, void *context)
{
	const struct job *job = context;
	struct row row = {.state = FACTOR_NONE};
	int result = read_row(tx, job->staff, &row);

	if (!result && row.state != FACTOR_STANDING)
		return MODEL_NOT_FOUND;
	if (!result)
		result = put_codes(tx, job);
	return result ? result : journal(tx, job, "recovery codes renewed");
}

int factor_renew(struct registrar *registrar, const char *staff, int64_t now,
    char ret_codes[FACTOR_CODES][FACTOR_RECOVERY])
{
	struct job job = {.registrar = registrar, .staff = staff, .by = staff, .now = now};
	char codes[FACTOR_CODES][FACTOR_RECOVERY];

	make_codes(&job, codes);
	int result = store_write(registrar->store, renew_body, &job);
	if (!result)
		memcpy(ret_codes, codes, sizeof codes);
	sodium_memzero(codes, sizeof codes);
	return result;
}

static int end_body(struct store_tx *tx, void *context)
{
	const struct job *job = context;
	int64_t changed = 0;
	int result =
	    store_exec(tx, REGISTRAR_Q_FACTOR_END, STORE_ARGS(store_text(job->staff)), &changed);

	if (!result && changed == 0)
		return refuse(
		    job->why, "name", "The account '%.16s' has no second factor.", job->staff);
	if (!result)
		result = store_exec(
		    tx, REGISTRAR_Q_RECOVERY_END, STORE_ARGS(store_text(job->staff)), NULL);
	if (!result && job->reset)
		result = session_end_staff(tx, job->staff);
	return result ? result
		      : journal(tx, job,
			    job->reset ? "second factor reset" : "second factor taken away");
}

int factor_end(struct registrar *registrar, const char *staff, int64_t now, struct refusal *why)
{
	struct job job = {
	    .registrar = registrar, .staff = staff, .by = staff, .now = now, .why = why};

	return store_write(registrar->store, end_body, &job);
}

int factor_reset(struct registrar *registrar, const char *staff, const char *by, int64_t now,
    struct refusal *why)
{
	struct job job = {.registrar = registrar,
	    .staff = staff,
	    .by = by,
	    .now = now,
	    .reset = true,
	    .why = why};

	return store_write(registrar->store, end_body, &job);
}
