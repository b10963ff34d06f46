#include "registrar/issue.h"

#include <string.h>

#include <sodium.h>

#include "badges/code.h"
#include "registrar/keyring.h"
#include "registrar/registrar.h"
#include "schema/registrar_db.h"

/* A code is taken once in 2^35 pairs; so many draws in a row mean that something is broken. */
#define DRAWS 16

static int draw_id(struct store_tx *tx, int64_t conference, uint8_t ret_id[static 16],
    char ret_code[static CODE_TEXT_LEN])
{
	for (int i = 0; i < DRAWS; i++) {
		char shown[CODE_TEXT_LEN + 1];
		struct store_rows *rows = NULL;
		randombytes_buf(ret_id, 16);
		code_of_pass(ret_id, shown);
		memcpy(ret_code, shown, 4);
		memcpy(ret_code + 4, shown + 5, 5);
		int result = store_one(tx, REGISTRAR_Q_PASS_CODE_TAKEN,
		    STORE_ARGS(store_i64(conference), store_text(ret_code), store_blob(ret_id, 16)),
		    &rows);
		if (result != STORE_ROW)
			return result;
		bool taken = store_get_i64(rows, 0) > 0;
		store_done(rows);
		if (!taken)
			return 0;
	}
	return MODEL_SYSTEM;
}

int issue_pass(struct store_tx *tx, struct registrar *registrar,
    const struct conference *conference, const struct issue_holder *holder, int64_t roster_version,
    int64_t now, uint8_t ret_id[static 16])
{
	const struct key_secret *key = keyring_pass_signer(registrar->keyring, conference->id);
	int64_t opens = conference->doors - ISSUE_BEFORE_DOORS;
	struct pass_claims claims = {.exp = conference->ends + ISSUE_AFTER_END,
	    .nbf = now < opens ? now : opens,
	    .conference = (uint32_t)conference->id,
	    .pass_class = holder->pass_class,
	    .flags = conference->id_check == CONFERENCE_ID_ALWAYS ? PASS_FLAG_CHECK_ID : 0};
	char text[PASS_TEXT_MAX + 1], code[CODE_TEXT_LEN];

	if (!key)
		return MODEL_KEY;
	int result = draw_id(tx, conference->id, claims.id, code);
	if (result)
		return result;
	if (conference->names_on_pass) {
		pass_cut_name(&claims, holder->name, strlen(holder->name));
		pass_cut_outlet(&claims, holder->outlet, strlen(holder->outlet));
	}
	if (pass_sign(&claims, key, text))
		return MODEL_KEY;
	result = store_exec(tx, REGISTRAR_Q_PASS_INSERT,
	    STORE_ARGS(store_blob(claims.id, 16), store_i64(holder->registration_id),
		store_i64(conference->id), store_text(code), store_text(text), store_i64(now),
		store_i64(roster_version)),
	    NULL);
	if (!result)
		memcpy(ret_id, claims.id, 16);
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
			result = store_exec(tx, REGISTRAR_Q_PASS_REVOCATION_INSERT,
			    STORE_ARGS(store_blob(ids[i], 16), store_i64(reason), store_i64(now),
				store_i64(version)),
			    NULL);
	}
	if (!result && ret_count)
		*ret_count = n;
	return result;
}
