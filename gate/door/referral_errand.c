#include <inttypes.h>
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "badges/bytes.h"
#include "badges/text.h"
#include "gate/sync/errands.h"
#include "gate/door/referral_private.h"
#include "gate/sync/upload.h"
#include "schema/gate_db.h"

enum { ANSWERS_MAX = 200, LETTERS_MAX = 20, LETTER_MAX = 4096 + VAULT_DETAIL_OVERHEAD };

/* ---- questions out ---- */

struct letter {
	uint8_t id[REFERRAL_ID];
	bool withdrawn;
	size_t len;
	uint8_t bytes[LETTER_MAX];
};

static int read_letters(struct sync *sync, struct letter *letters, size_t *ret_n)
{
	struct store_rows *rows = NULL;
	struct store_tx *tx = NULL;
	size_t n = 0;
	int r = sync_look(sync, &tx);

	if (r != 0)
		return r;
	r = store_query(tx, GATE_Q_REFERRAL_UNSENT, STORE_NO_ARGS, &rows);
	while (r == 0 && n < LETTERS_MAX && (r = store_next(rows)) == STORE_ROW) {
		struct letter *letter = &letters[n++];
		const void *bytes = store_get_blob(rows, 1, &letter->len);

		r = store_get_fixed(rows, 0, letter->id, sizeof(letter->id));
		letter->withdrawn = store_get_text(rows, 2)[0] != '\0';
		if (letter->len > sizeof(letter->bytes))
			r = STORE_CORRUPT;
		else if (letter->len > 0)
			memcpy(letter->bytes, bytes, letter->len);
	}
	store_done(rows);
	sync_look_end(sync, tx);
	*ret_n = n;
	return r == STORE_ROW ? 0 : r;
}

static char *letter_body(const struct letter *letter)
{
	char hex[2 * REFERRAL_ID + 1],
	    base64[sodium_base64_ENCODED_LEN(LETTER_MAX, sodium_base64_VARIANT_ORIGINAL)];
	json_t *json;
	char *text;

	bytes_hex(letter->id, sizeof(letter->id), hex);
	sodium_bin2base64(
	    base64, sizeof(base64), letter->bytes, letter->len, sodium_base64_VARIANT_ORIGINAL);
	json = letter->withdrawn ? json_pack("{s:s, s:b}", "id", hex, "withdrawn", 1)
				 : json_pack("{s:s, s:s}", "id", hex, "letter", base64);
	text = json == NULL ? NULL : json_dumps(json, JSON_COMPACT);
	json_decref(json);
	return text;
}

struct sent {
	const uint8_t *id;
	int64_t now_ms;
};

static int sent_body(struct store_tx *tx, void *context)
{
	const struct sent *sent = context;

	return store_exec(tx, GATE_Q_REFERRAL_SENT,
	    STORE_ARGS(store_blob(sent->id, REFERRAL_ID), store_i64(sent->now_ms)), NULL);
}

static int send_letter(struct sync *sync, struct sync_line *line, const struct letter *letter)
{
	struct sent sent = {letter->id, sync_wall_ms(sync)};
	struct client_answer answer = {0};
	char *body = letter_body(letter);
	int r = body == NULL ? SYNC_MEMORY
			     : client_ask(line->client, "/device/v1/referral", body, strlen(body),
				   0, &answer);

	free(body);
	if (r != 0)
		return r;
	/* One withdrawn that a registrar put back from a backup never had is withdrawn there too.
	 */
	if (answer.status == 200 || (letter->withdrawn && answer.status == 404))
		r = upload_write(sync, sent_body, &sent);
	else
		r = sync_refused(sync, "referral", &answer);
	client_answer_free(&answer);
	return r;
}

static int send_letters(struct sync *sync, struct sync_line *line)
{
	struct letter *letters = calloc(LETTERS_MAX, sizeof(*letters));
	size_t n = 0;
	int worst = 0, r = letters == NULL ? SYNC_MEMORY : read_letters(sync, letters, &n);

	for (size_t i = 0; r == 0 && i < n; i++) {
		int one = send_letter(sync, line, &letters[i]);

		/* One that is refused does not keep the others; the network does. */
		if (one < 0 || one == SYNC_REFUSED)
			r = one;
		else if (one != 0)
			worst = one;
	}
	free(letters);
	return r != 0 ? r : worst;
}

/* ---- answers in ---- */

struct answers {
	struct gate *gate;
	json_t *answers, *waiting;
	json_int_t version;
	bool news;
};

static bool is_waiting(const json_t *waiting, const uint8_t *id)
{
	char hex[2 * REFERRAL_ID + 1];
	const json_t *one;
	size_t i;

	bytes_hex(id, REFERRAL_ID, hex);
	json_array_foreach(waiting, i,
	    one) if (json_is_string(one) && strcmp(json_string_value(one), hex) == 0) return true;
	return false;
}

/* What a server says is kept only as far as it can be shown. */
static int take_answer(struct store_tx *tx, struct answers *in, json_t *json)
{
	const char *hex, *answer, *words, *by;
	uint8_t id[REFERRAL_ID], blob[REFERRAL_PLAIN_MAX + VAULT_OVERHEAD];
	json_int_t at;
	int64_t seal = 0, changes = 0;
	size_t len = 0;
	int r;

	if (json_unpack(json, "{s:s, s:s, s:s, s:s, s:I}", "id", &hex, "answer", &answer, "words",
		&words, "by", &by, "at", &at) != 0 ||
	    bytes_unhex(hex, strlen(hex), id, sizeof(id)) != 0 || at < 0 || at > 253402300799 ||
	    (strcmp(answer, "admit") != 0 && strcmp(answer, "refuse") != 0 &&
		strcmp(answer, "withdrawn") != 0) ||
	    strlen(words) >= REFERRAL_TEXT_SIZE || !text_is_plain(words, strlen(words)) ||
	    strlen(by) > ENTRY_STAFF_MAX || !text_is_plain(by, strlen(by)))
		return SYNC_ANSWER;
	r = referral_seal(in->gate, tx, "referral-answer", id, (const char *const[]){words}, 1,
	    &seal, blob, &len);
	if (r == 0)
		r = store_exec(tx, GATE_Q_REFERRAL_ANSWER,
		    STORE_ARGS(store_blob(id, sizeof(id)), store_text(answer), store_i64(at * 1000),
			store_text(by), store_i64(seal), store_blob(blob, len)),
		    &changes);
	in->news = in->news || changes > 0;
	return r;
}

/* A question that the registrar had, and neither answered nor has any more: it was put back from a
 * backup, and is asked again. */
static int look_for_lost(struct store_tx *tx, const struct answers *in)
{
	struct store_rows *rows = NULL;
	uint8_t id[REFERRAL_ID], lost[LETTERS_MAX][REFERRAL_ID];
	size_t n = 0;
	int r = store_query(tx, GATE_Q_REFERRAL_SENT_IDS, STORE_NO_ARGS, &rows);

	while (r == 0 && n < LETTERS_MAX && (r = store_next(rows)) == STORE_ROW) {
		r = store_get_fixed(rows, 0, id, sizeof(id));
		if (r == 0 && !is_waiting(in->waiting, id))
			memcpy(lost[n++], id, sizeof(id));
	}
	store_done(rows);
	if (r == STORE_ROW)
		r = 0;
	for (size_t i = 0; r == 0 && i < n; i++)
		r = store_exec(
		    tx, GATE_Q_REFERRAL_UNSEND, STORE_ARGS(store_blob(lost[i], REFERRAL_ID)), NULL);
	return r;
}

static int take_body(struct store_tx *tx, void *context)
{
	struct answers *in = context;
	json_t *one;
	size_t i;
	int r = 0;

	in->news = false;
	json_array_foreach(in->answers, i, one) if (r == 0) r = take_answer(tx, in, one);
	/* With more answers to come, one not seen yet is not lost. */
	if (r == 0 && json_array_size(in->answers) < ANSWERS_MAX)
		r = look_for_lost(tx, in);
	return r == 0 ? gate_meta_set(tx, "answers_version", store_i64(in->version)) : r;
}

static int take_answers(struct sync *sync, const struct client_answer *answer)
{
	struct answers in = {.gate = sync->setup.gate};
	json_t *json =
	    json_loadb((const char *)answer->body, answer->len, JSON_REJECT_DUPLICATES, NULL);
	int r = SYNC_ANSWER;

	if (json != NULL &&
	    json_unpack(json, "{s:I, s:o, s:o}", "version", &in.version, "answers", &in.answers,
		"waiting", &in.waiting) == 0 &&
	    json_is_array(in.answers) && json_array_size(in.answers) <= ANSWERS_MAX &&
	    json_is_array(in.waiting))
		r = upload_write(sync, take_body, &in);
	json_decref(json);
	if (r == 0 && in.news)
		gong_ring(&sync->setup.gate->gong);
	return r;
}

/* From which version on to ask; *ret_needed: whether there is reason to. */
static int read_since(struct sync *sync, int64_t *ret_since, bool *ret_needed)
{
	struct store_rows *rows = NULL;
	struct store_tx *tx = NULL;
	int64_t held = 0, told;
	int r = sync_look(sync, &tx);

	if (r != 0)
		return r;
	r = gate_meta_i64(tx, "answers_version", &held);
	if (r == STORE_ROW || r == STORE_NOT_FOUND)
		r = store_one(tx, GATE_Q_REFERRAL_WAITING, STORE_NO_ARGS, &rows);
	*ret_needed = r == STORE_ROW && store_get_i64(rows, 0) > 0;
	store_done(rows);
	sync_look_end(sync, tx);
	pthread_mutex_lock(&sync->mutex);
	told = sync->answers_told;
	pthread_mutex_unlock(&sync->mutex);
	*ret_needed = *ret_needed || (told >= 0 && told != held);
	/* A registrar that is behind what it once said was put back: everything is asked again. */
	*ret_since = told >= 0 && told < held ? 0 : held;
	return r == STORE_ROW ? 0 : r;
}

static int fetch_answers(struct sync *sync, struct sync_line *line)
{
	struct client_answer answer = {0};
	bool needed = false;
	char path[64];
	int64_t since = 0;
	int r = read_since(sync, &since, &needed);

	if (r != 0 || !needed)
		return r;
	snprintf(path, sizeof(path), "/device/v1/answers?since=%" PRId64, since);
	r = client_ask(line->client, path, NULL, 0, 0, &answer);
	if (r != 0)
		return r;
	r = answer.status == 200 ? take_answers(sync, &answer)
				 : sync_refused(sync, "answers", &answer);
	client_answer_free(&answer);
	return r;
}

int referral_errand(struct sync *sync, struct sync_line *line)
{
	int sent = send_letters(sync, line);
	int r = sent < 0 || sent == SYNC_REFUSED ? sent : fetch_answers(sync, line);

	return sent != 0 ? sent : r;
}
