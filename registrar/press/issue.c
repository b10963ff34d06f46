#include "registrar/press/issue.h"

#include <string.h>

#include <sodium.h>

#include "badges/code.h"
#include "badges/revoked.h"
#include "registrar/keys/keyring.h"
#include "registrar/registrar.h"
#include "schema/registrar_db.h"

/* A code is taken once in 2^35 pairs; so many draws in a row mean that something is broken. */
#define DRAWS 16

/* A pass's typed code as it is stored, without the dash. */
static void stored_code(const uint8_t id[static 16], char ret_code[static CODE_TEXT_LEN])
{
	char shown[CODE_TEXT_LEN + 1];

	code_of_pass(id, shown);
	memcpy(ret_code, shown, 4);
	memcpy(ret_code + 4, shown + 5, 5);
}

/* STORE_OK when no other pass of the conference has the code, STORE_CONFLICT when one has. */
static int code_is_free(
    struct store_tx *tx, int64_t conference, const char *code, const uint8_t id[static 16])
{
	struct store_rows *rows = NULL;
	int result = store_one(tx, REGISTRAR_Q_PASS_CODE_TAKEN,
	    STORE_ARGS(store_i64(conference), store_text(code), store_blob(id, 16)), &rows);

	if (result != STORE_ROW)
		return result;
	result = store_get_i64(rows, 0) > 0 ? STORE_CONFLICT : 0;
	store_done(rows);
	return result;
}

/* What a pass for this holder says, but for its id. */
static struct pass_claims claims_of(
    const struct conference *conference, const struct issue_holder *holder)
{
	struct pass_claims claims = {.exp = conference->ends + ISSUE_AFTER_END,
	    .nbf = conference->doors - ISSUE_BEFORE_DOORS,
	    .conference = (uint32_t)conference->id,
	    .pass_class = holder->pass_class,
	    .flags = conference->id_check == CONFERENCE_ID_ALWAYS ? PASS_FLAG_CHECK_ID : 0};

	if (conference->names_on_pass) {
		pass_cut_name(&claims, holder->name, strlen(holder->name));
		pass_cut_outlet(&claims, holder->outlet, strlen(holder->outlet));
	}
	return claims;
}

static bool same_but_id(const struct pass_claims *a, const struct pass_claims *b)
{
	return a->exp == b->exp && a->nbf == b->nbf && a->conference == b->conference &&
	       a->pass_class == b->pass_class && a->flags == b->flags &&
	       strcmp(a->name, b->name) == 0 && strcmp(a->outlet, b->outlet) == 0;
}

void issue_sign_ahead(struct registrar *registrar, const struct conference *conference,
    const struct issue_holder *holder, struct issue_ready *ret_ready)
{
	const struct key_secret *key = keyring_pass_signer(registrar->keyring, conference->id);

	ret_ready->claims = claims_of(conference, holder);
	randombytes_buf(ret_ready->claims.id, sizeof ret_ready->claims.id);
	ret_ready->signed_ = key && pass_sign(&ret_ready->claims, key, ret_ready->text) == 0;
	if (ret_ready->signed_)
		memcpy(ret_ready->kid, key->kid, sizeof key->kid);
}

/* A key may have been rotated since the pass was signed. */
static bool still_right(
    struct registrar *registrar, const struct issue_ready *ready, const struct pass_claims *wanted)
{
	const struct key_secret *key =
	    keyring_pass_signer(registrar->keyring, (int64_t)wanted->conference);

	return ready && ready->signed_ && key &&
	       memcmp(ready->kid, key->kid, sizeof key->kid) == 0 &&
	       same_but_id(&ready->claims, wanted);
}

/* The pass to store: the ready one, or new ones until one's code is free. */
static int choose(struct store_tx *tx, struct registrar *registrar,
    const struct conference *conference, const struct issue_holder *holder,
    const struct issue_ready *ready, struct issue_ready *ret)
{
	const struct pass_claims wanted = claims_of(conference, holder);
	char code[CODE_TEXT_LEN];
	int result = STORE_CONFLICT;

	if (still_right(registrar, ready, &wanted))
		*ret = *ready;
	else
		ret->signed_ = false;
	for (int i = 0; result == STORE_CONFLICT && i < DRAWS; i++) {
		if (i > 0 || !ret->signed_)
			issue_sign_ahead(registrar, conference, holder, ret);
		if (!ret->signed_)
			return MODEL_KEY;
		stored_code(ret->claims.id, code);
		result = code_is_free(tx, conference->id, code, ret->claims.id);
	}
	return result == STORE_CONFLICT ? MODEL_SYSTEM : result;
}

static int store_pass(struct store_tx *tx, const struct conference *conference,
    const struct issue_holder *holder, const struct issue_ready *pass, int64_t roster_version,
    int64_t now)
{
	char code[CODE_TEXT_LEN];

	stored_code(pass->claims.id, code);
	return store_exec(tx, REGISTRAR_Q_PASS_INSERT,
	    STORE_ARGS(store_blob(pass->claims.id, 16), store_i64(holder->registration_id),
		store_i64(conference->id), store_text(code), store_text(pass->text), store_i64(now),
		store_i64(roster_version)),
	    NULL);
}

static int revocation_put(struct store_tx *tx, const uint8_t pass[static 16], unsigned reason,
    int64_t now, int64_t version)
{
	return store_exec(tx, REGISTRAR_Q_PASS_REVOCATION_INSERT,
	    STORE_ARGS(store_blob(pass, 16), store_i64(reason), store_i64(now), store_i64(version)),
	    NULL);
}

/* No new pass is the way round a suspension. */
static int suspend_if_holder_is(
    struct store_tx *tx, int64_t registration_id, const uint8_t pass[static 16], int64_t now)
{
	struct store_rows *rows = NULL;
	int64_t version = 0;
	int result = store_one(
	    tx, REGISTRAR_Q_PASS_IS_SUSPENDED, STORE_ARGS(store_i64(registration_id)), &rows);

	store_done(rows);
	if (result != STORE_ROW)
		return result == STORE_NOT_FOUND ? 0 : result;
	result = registrar_raise(tx, "revoked_version", &version);
	return result ? result : revocation_put(tx, pass, REVOKED_SUSPENDED, now, version);
}

int issue_pass(struct store_tx *tx, struct registrar *registrar,
    const struct conference *conference, const struct issue_holder *holder,
    const struct issue_ready *ready, int64_t roster_version, int64_t now, uint8_t ret_id[static 16])
{
	struct issue_ready pass;
	int result = choose(tx, registrar, conference, holder, ready, &pass);

	if (!result)
		result = store_pass(tx, conference, holder, &pass, roster_version, now);
	if (!result)
		result = suspend_if_holder_is(tx, holder->registration_id, pass.claims.id, now);
	if (!result)
		memcpy(ret_id, pass.claims.id, 16);
	return result;
}

/* A registration has one active pass; an older fault that left more is mended here. */
#define ACTIVE_MAX 64

static int active_passes(
    struct store_tx *tx, int64_t registration_id, uint8_t (*ret_ids)[16], unsigned *ret_n)
{
	struct store_rows *rows = NULL;
	unsigned n = 0;
	int result = store_query(tx, REGISTRAR_Q_PASS_ACTIVE_OF_REGISTRATION,
	    STORE_ARGS(store_i64(registration_id)), &rows);

	while (!result && n < ACTIVE_MAX && (result = store_next(rows)) == STORE_ROW)
		result = store_get_fixed(rows, 0, ret_ids[n++], 16);
	store_done(rows);
	*ret_n = n;
	return result;
}

int issue_revoke(struct store_tx *tx, struct registrar *registrar, int64_t registration_id,
    unsigned reason, int64_t roster_version, int64_t now, unsigned *ret_count)
{
	uint8_t ids[ACTIVE_MAX][16];
	unsigned n = 0;
	int64_t version = 0;
	int result = active_passes(tx, registration_id, ids, &n);

	(void)registrar;
	if (!result && n)
		result = registrar_raise(tx, "revoked_version", &version);
	for (unsigned i = 0; !result && i < n; i++) {
		result = store_exec(tx, REGISTRAR_Q_PASS_REVOKE,
		    STORE_ARGS(store_blob(ids[i], 16), store_i64(roster_version)), NULL);
		if (!result)
			result = revocation_put(tx, ids[i], reason, now, version);
	}
	if (!result && ret_count)
		*ret_count = n;
	return result;
}
