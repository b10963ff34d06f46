#include "gate/door/referral.h"

#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "badges/bytes.h"
#include "badges/text.h"
#include "gate/door/referral_private.h"
#include "gate/sync/sync.h"
#include "schema/gate_db.h"

const struct referral_kind referral_kinds[] = {
    {"not-on-roster", "Not on the roster"},
    {"no-phone", "No phone and no printed pass"},
    {"dead-battery", "The phone's battery is dead"},
    {"lost-badge", "Lost the badge"},
    {"wrong-day", "The pass is for another day or conference"},
    {"refused-pass", "The pass was refused"},
    {"other", "Something else"},
    {NULL, NULL},
};

const char *referral_kind_words(const char *token)
{
	for (const struct referral_kind *kind = referral_kinds; kind->token != NULL; kind++)
		if (strcmp(kind->token, token) == 0)
			return kind->words;
	return NULL;
}

/* ---- asking ---- */

struct asking {
	const struct referral_question *question;
	uint8_t id[REFERRAL_ID];
	char *detail, *letter;
};

static bool fits(const char *text, size_t max)
{
	size_t n = 0;

	for (const char *at = text; *at != '\0'; at++)
		n += ((unsigned char)*at & 0xc0) != 0x80;
	return n <= max && text_is_plain(text, strlen(text));
}

static int look(const struct referral_question *question)
{
	if (referral_kind_words(question->kind) == NULL)
		return REFERRAL_BAD_KIND;
	if (!fits(question->name, REFERRAL_NAME_MAX) || !fits(question->outlet, REFERRAL_NAME_MAX))
		return REFERRAL_BAD_NAME;
	return fits(question->words, REFERRAL_WORDS_MAX) ? 0 : REFERRAL_BAD_WORDS;
}

static char *dump(json_t *json)
{
	char *text = json == NULL ? NULL : json_dumps(json, JSON_COMPACT);

	json_decref(json);
	return text;
}

/* What registrar/device/device.h calls the letter, and what the journal's entry commits to. */
static int write_texts(struct asking *asking, int64_t now_ms)
{
	const struct referral_question *q = asking->question;
	char pass[33] = "", id[2 * REFERRAL_ID + 1];

	if (q->pass != NULL)
		bytes_hex(q->pass, 16, pass);
	bytes_hex(asking->id, REFERRAL_ID, id);
	free(asking->letter);
	free(asking->detail);
	asking->letter = dump(json_pack("{s:I, s:s*, s:s, s:s, s:s, s:s, s:s, s:I}", "conference",
	    (json_int_t)q->conference, "pass", q->pass == NULL ? NULL : pass, "kind", q->kind,
	    "staff", q->staff, "name", q->name, "outlet", q->outlet, "words", q->words, "made_ms",
	    (json_int_t)now_ms));
	asking->detail = dump(json_pack("{s:s, s:s, s:s, s:s, s:s}", "referral", id, "kind",
	    q->kind, "name", q->name, "outlet", q->outlet, "words", q->words));
	return asking->letter == NULL || asking->detail == NULL ? STORE_NO_MEMORY : 0;
}

static int put(struct gate *gate, struct store_tx *tx, const struct asking *asking, int64_t now_ms)
{
	const struct referral_question *q = asking->question;
	const char *const texts[] = {q->name, q->outlet, q->words};
	size_t letter_len = strlen(asking->letter), person_len = 0;
	uint8_t person[REFERRAL_PLAIN_MAX + VAULT_OVERHEAD];
	uint8_t *sealed = malloc(letter_len + VAULT_DETAIL_OVERHEAD);
	int64_t seal = 0;
	int r = sealed == NULL ? STORE_NO_MEMORY : 0;

	if (r == 0)
		r = vault_seal_detail(gate, asking->letter, letter_len, sealed);
	if (r == 0)
		r = referral_seal(
		    gate, tx, "referral", asking->id, texts, 3, &seal, person, &person_len);
	if (r == VAULT_NO_STAFF)
		r = REFERRAL_NO_KEY;
	if (r == 0)
		r = store_exec(tx, GATE_Q_REFERRAL_INSERT,
		    STORE_ARGS(store_blob(asking->id, REFERRAL_ID), store_i64(q->conference),
			q->pass == NULL ? store_blob("", 0) : store_blob(q->pass, 16),
			store_text(q->kind), store_text(q->staff), store_i64(now_ms),
			store_i64(seal), store_blob(person, person_len),
			store_blob(sealed, letter_len + VAULT_DETAIL_OVERHEAD)),
		    NULL);
	free(sealed);
	return r;
}

static int make_body(struct gate *gate, struct store_tx *tx, const struct clock_reading *now,
    struct journal_record *record, void *context)
{
	struct asking *asking = context;
	const struct referral_question *q = asking->question;
	int r = write_texts(asking, now->time_ms);

	if (r == 0)
		r = put(gate, tx, asking, now->time_ms);
	if (r == 0)
		r = conference_revision(tx, &record->rev);
	if (r != 0)
		return r;
	record->decision = ENTRY_DENY;
	snprintf(record->reason, sizeof(record->reason), "referred");
	snprintf(record->event, sizeof(record->event), "%s", q->slug);
	record->has_pass = q->pass != NULL;
	if (q->pass != NULL)
		memcpy(record->pass, q->pass, sizeof(record->pass));
	snprintf(record->staff, sizeof(record->staff), "%s", q->staff);
	record->detail = asking->detail;
	record->detail_len = strlen(asking->detail);
	return 0;
}

static void poke(struct gate *gate)
{
	gate_lock(gate);
	if (gate->sync != NULL)
		sync_poke(gate->sync, SYNC_ERRANDS);
	gate_unlock(gate);
}

static void wipe(char *text)
{
	if (text != NULL)
		sodium_memzero(text, strlen(text));
	free(text);
}

int referral_make(
    struct gate *gate, const struct referral_question *question, uint8_t ret_id[static REFERRAL_ID])
{
	struct asking asking = {.question = question};
	int r = look(question);

	randombytes_buf(asking.id, sizeof(asking.id));
	if (r == 0)
		r = journal_write(gate, make_body, &asking, NULL);
	wipe(asking.letter);
	wipe(asking.detail);
	if (r != 0)
		return r;
	memcpy(ret_id, asking.id, sizeof(asking.id));
	poke(gate);
	return 0;
}

/* ---- ending ---- */

/* How it stands: 0 while it waits or is answered and open, else why nothing can be done. */
static int stands(struct store_tx *tx, const uint8_t *id, bool *ret_answered)
{
	struct store_rows *rows = NULL;
	int r = store_one(tx, GATE_Q_REFERRAL_GET, STORE_ARGS(store_blob(id, REFERRAL_ID)), &rows);

	if (r == STORE_NOT_FOUND)
		return REFERRAL_UNKNOWN;
	if (r != STORE_ROW)
		return r;
	r = store_get_i64(rows, 10) != 0 ? REFERRAL_CLOSED : 0;
	*ret_answered = store_get_text(rows, 7)[0] != '\0';
	store_done(rows);
	return r;
}

int referral_close(struct store_tx *tx, const uint8_t id[static REFERRAL_ID], int64_t now_ms)
{
	bool answered = false;
	int r = stands(tx, id, &answered);

	if (r == 0 && !answered)
		return REFERRAL_UNKNOWN;
	if (r == 0)
		r = store_exec(tx, GATE_Q_REFERRAL_CLOSE,
		    STORE_ARGS(store_blob(id, REFERRAL_ID), store_i64(now_ms)), NULL);
	return r;
}

struct withdrawing {
	const uint8_t *id;
	const char *staff;
	char detail[2 * REFERRAL_ID + 32];
};

static int withdraw_body(struct gate *gate, struct store_tx *tx, const struct clock_reading *now,
    struct journal_record *record, void *context)
{
	struct withdrawing *it = context;
	char hex[2 * REFERRAL_ID + 1];
	bool answered = false;
	int r = stands(tx, it->id, &answered);

	(void)gate;
	if (r == 0 && answered)
		return REFERRAL_CLOSED;
	if (r == 0)
		r = store_exec(tx, GATE_Q_REFERRAL_WITHDRAW,
		    STORE_ARGS(store_blob(it->id, REFERRAL_ID), store_i64(now->time_ms)), NULL);
	if (r == 0)
		r = conference_revision(tx, &record->rev);
	if (r != 0)
		return r;
	bytes_hex(it->id, REFERRAL_ID, hex);
	snprintf(it->detail, sizeof(it->detail), "{\"referral\":\"%s\"}", hex);
	record->decision = ENTRY_SYNC;
	snprintf(record->reason, sizeof(record->reason), "referral-withdrawn");
	snprintf(record->staff, sizeof(record->staff), "%s", it->staff);
	record->detail = it->detail;
	record->detail_len = strlen(it->detail);
	return 0;
}

int referral_withdraw(struct gate *gate, const uint8_t id[static REFERRAL_ID], const char *staff)
{
	struct withdrawing it = {.id = id, .staff = staff};
	int r = journal_write(gate, withdraw_body, &it, NULL);

	if (r == 0)
		poke(gate);
	return r;
}

/* ---- reading ---- */

static int open_texts(
    struct gate *gate, struct store_tx *tx, struct store_rows *rows, struct referral *ret)
{
	char *const person[] = {ret->name, ret->outlet, ret->words};
	char *const answer[] = {ret->answer_words};
	size_t len, words_len;
	const void *blob = store_get_blob(rows, 12, &len);
	const void *words = store_get_blob(rows, 14, &words_len);
	int r = referral_unseal(
	    gate, tx, "referral", ret->id, store_get_i64(rows, 11), blob, len, person, 3);

	if (r == 0 && words_len > 0)
		r = referral_unseal(gate, tx, "referral-answer", ret->id, store_get_i64(rows, 13),
		    words, words_len, answer, 1);
	/* One that can't be opened is shown without its words: it still has to be acted on. */
	ret->locked = r == VAULT_LOCKED || r == VAULT_BAD;
	return ret->locked ? 0 : r;
}

static int read_row(
    struct gate *gate, struct store_tx *tx, struct store_rows *rows, struct referral *ret)
{
	size_t len;
	const void *pass = store_get_blob(rows, 2, &len);
	int r;

	*ret = (struct referral){.conference = (uint32_t)store_get_i64(rows, 1),
	    .has_pass = len == sizeof(ret->pass),
	    .made_ms = store_get_i64(rows, 5),
	    .sent_ms = store_get_i64(rows, 6),
	    .answered_ms = store_get_i64(rows, 8),
	    .closed_ms = store_get_i64(rows, 10)};
	if (ret->has_pass)
		memcpy(ret->pass, pass, sizeof(ret->pass));
	snprintf(ret->kind, sizeof(ret->kind), "%s", store_get_text(rows, 3));
	snprintf(ret->staff, sizeof(ret->staff), "%s", store_get_text(rows, 4));
	snprintf(ret->answer, sizeof(ret->answer), "%s", store_get_text(rows, 7));
	snprintf(ret->answered_by, sizeof(ret->answered_by), "%s", store_get_text(rows, 9));
	r = store_get_fixed(rows, 0, ret->id, sizeof(ret->id));
	return r == 0 ? open_texts(gate, tx, rows, ret) : r;
}

int referral_find(struct gate *gate, struct store_tx *tx, const uint8_t id[static REFERRAL_ID],
    struct referral *ret_referral)
{
	struct store_rows *rows = NULL;
	int r = store_one(tx, GATE_Q_REFERRAL_GET, STORE_ARGS(store_blob(id, REFERRAL_ID)), &rows);

	if (r != STORE_ROW)
		return r;
	r = read_row(gate, tx, rows, ret_referral);
	store_done(rows);
	return r == 0 ? STORE_ROW : r;
}

int referral_each(struct gate *gate, struct store_tx *tx, uint32_t conference,
    referral_visit *visit, void *context)
{
	struct referral *referral = calloc(1, sizeof(*referral));
	struct store_rows *rows = NULL;
	int r = referral == NULL ? STORE_NO_MEMORY
				 : store_query(tx, GATE_Q_REFERRAL_OPEN,
				       STORE_ARGS(store_i64(conference)), &rows);

	while (r == 0 && (r = store_next(rows)) == STORE_ROW) {
		r = read_row(gate, tx, rows, referral);
		if (r == 0)
			r = visit(context, referral);
	}
	store_done(rows);
	if (referral != NULL)
		sodium_memzero(referral, sizeof(*referral));
	free(referral);
	return r;
}

const char *referral_strerror(int result)
{
	switch (result) {
	case REFERRAL_BAD_KIND:
		return "Choose what the question is about.";
	case REFERRAL_BAD_NAME:
		return "Write name and outlet in plain text of at most 200 characters each.";
	case REFERRAL_BAD_WORDS:
		return "Write the question in plain text of one line, at most 400 characters.";
	case REFERRAL_NO_KEY:
		return "This gate has not heard from the registrar yet, so nobody can be asked. "
		       "Call communications.";
	case REFERRAL_UNKNOWN:
		return "There is no such question, or it is not answered yet.";
	case REFERRAL_CLOSED:
		return "This question is answered, withdrawn or done already.";
	default:
		return journal_strerror(result);
	}
}
