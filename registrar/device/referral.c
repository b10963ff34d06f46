#include "registrar/doors/referral.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>
#include <sodium.h>

#include "badges/bytes.h"
#include "registrar/keys/details.h"
#include "registrar/device/handlers.h"
#include "registrar/registrar.h"
#include "web/reply.h"
#include "web/request.h"

/* ---- questions ---- */

enum { SEALED_MAX = REFERRAL_LETTER_MAX + DETAILS_OVERHEAD };

/* A body taken apart; letter is NULL where the question is withdrawn. */
struct asked {
	uint8_t id[REFERRAL_ID];
	const char *letter;
	size_t letter_len;
};

static bool read_asked(json_t *json, struct asked *ret)
{
	const char *id;
	size_t id_len;
	int withdrawn = 0;

	if (json == NULL ||
	    json_unpack(json, "{s:s%, s?s%, s?b!}", "id", &id, &id_len, "letter", &ret->letter,
		&ret->letter_len, "withdrawn", &withdrawn) != 0 ||
	    bytes_unhex(id, id_len, ret->id, sizeof(ret->id)) != 0)
		return false;
	return (ret->letter != NULL) != (withdrawn != 0);
}

static int say_answer(struct reply *rep, enum referral_answer answer)
{
	reply_type(rep, "application/json");
	buf_printf(reply_body(rep), "{\"answer\":\"%s\"}\n", referral_answer_word(answer));
	return 0;
}

static int refused(struct reply *rep, int r)
{
	switch (r) {
	case REFERRAL_BAD:
		return device_refuse(rep, 400, "letter", referral_strerror(r));
	case REFERRAL_OTHER:
		return device_refuse(rep, 409, "id", referral_strerror(r));
	case REFERRAL_CONFERENCE:
		return device_refuse(rep, 404, "conference", referral_strerror(r));
	case REFERRAL_UNKNOWN:
		return device_refuse(rep, 404, "id", referral_strerror(r));
	case REFERRAL_MANY:
		return device_refuse(rep, 429, "busy", referral_strerror(r));
	default:
		return device_fault(rep, r);
	}
}

/* Opens the letter into a question and keeps it. opened has room for it, and is wiped. */
static int take_letter(struct registrar *registrar, const struct gates_gate *gate,
    const struct asked *asked, const uint8_t *sealed, size_t len, enum referral_answer *ret_answer)
{
	struct referral_question question = {.gate = gate->id};
	struct referral_letter *holder = NULL;
	uint8_t opened[REFERRAL_LETTER_MAX];
	int r = REFERRAL_BAD;

	memcpy(question.id, asked->id, sizeof(question.id));
	if (len > DETAILS_OVERHEAD && details_open(registrar, sealed, len, opened) == 0)
		r = referral_read((const char *)opened, len - DETAILS_OVERHEAD, &question, &holder);
	if (r == 0)
		r = referral_take(registrar, &question, ret_answer);
	referral_letter_free(holder);
	sodium_memzero(opened, sizeof(opened));
	return r;
}

static int take(struct registrar *registrar, struct reply *rep, const struct gates_gate *gate,
    const struct asked *asked)
{
	enum referral_answer answer = REFERRAL_OPEN;
	uint8_t sealed[SEALED_MAX];
	size_t len = 0;
	int r;

	if (asked->letter == NULL)
		r = referral_withdraw(registrar, gate->id, asked->id, &answer);
	else if (sodium_base642bin(sealed, sizeof(sealed), asked->letter, asked->letter_len, NULL,
		     &len, NULL, sodium_base64_VARIANT_ORIGINAL) != 0)
		r = REFERRAL_BAD;
	else
		r = take_letter(registrar, gate, asked, sealed, len, &answer);
	return r == 0 ? say_answer(rep, answer) : refused(rep, r);
}

int device_referral(struct request *req, struct reply *rep)
{
	struct registrar *registrar = ((struct device *)request_context(req))->registrar;
	struct asked asked = {.letter = NULL};
	struct gates_gate gate;
	size_t len;
	const void *body = request_body(req, &len);
	json_t *json;
	int r;

	if (!device_gate(req, rep, &gate))
		return 0;
	json = json_loadb(body, len, JSON_REJECT_DUPLICATES, NULL);
	if (read_asked(json, &asked))
		r = take(registrar, rep, &gate, &asked);
	else
		r = device_refuse(rep, 400, "request",
		    "Send {\"id\":\"32 hex digits\",\"letter\":\"base64\"}, or \"withdrawn\":true "
		    "in place of the letter.");
	json_decref(json);
	return r;
}

/* ---- answers ---- */

static json_t *hex_json(const uint8_t id[static REFERRAL_ID])
{
	char hex[2 * REFERRAL_ID + 1];

	bytes_hex(id, REFERRAL_ID, hex);
	return json_string(hex);
}

struct collected {
	json_t *answers;
	int64_t last; /* version of the last of them */
};

static int add_answer(void *context, const struct referral *referral)
{
	struct collected *collected = context;
	json_t *answer = json_pack("{s:o, s:s, s:s, s:s, s:I}", "id", hex_json(referral->id),
	    "answer", referral_answer_word(referral->answer), "words", referral->answer_words, "by",
	    referral->answered_by, "at", (json_int_t)referral->answered);

	collected->last = referral->version;
	return json_array_append_new(collected->answers, answer) == 0 ? 0 : STORE_NO_MEMORY;
}

static int add_waiting(void *context, const struct referral *referral)
{
	return json_array_append_new(context, hex_json(referral->id)) == 0 ? 0 : STORE_NO_MEMORY;
}

static int read_answers(struct store_tx *tx, int64_t gate, int64_t since, json_t *json)
{
	json_t *answers = json_array(), *waiting = json_array();
	struct collected collected = {.answers = answers};
	int64_t version = 0;
	int r = answers == NULL || waiting == NULL ? STORE_NO_MEMORY : 0;

	if (r == 0)
		r = referral_version(tx, gate, &version);
	if (r == 0)
		r = referral_each_answer(tx, gate, since, add_answer, &collected);
	/* The rest is asked for from there on. */
	if (r == 0 && json_array_size(answers) == REFERRAL_ANSWERS_MAX)
		version = collected.last;
	if (r == 0)
		r = referral_each_waiting(tx, gate, add_waiting, waiting);
	if (r == 0 && json_object_set_new(json, "version", json_integer(version)) != 0)
		r = STORE_NO_MEMORY;
	/* The arrays are given away even where they can't be set. */
	if (json_object_set_new(json, "answers", answers) != 0 && r == 0)
		r = STORE_NO_MEMORY;
	if (json_object_set_new(json, "waiting", waiting) != 0 && r == 0)
		r = STORE_NO_MEMORY;
	return r;
}

int device_answers(struct request *req, struct reply *rep)
{
	struct registrar *registrar = ((struct device *)request_context(req))->registrar;
	struct form *query = request_query(req);
	struct store_tx *tx = NULL;
	struct gates_gate gate;
	json_t *json;
	char *text = NULL;
	int r;

	if (!device_gate(req, rep, &gate))
		return 0;
	if (!form_ok(query))
		return device_refuse(
		    rep, 400, "since", "since is the version of the newest answer held.");
	json = json_object();
	r = json == NULL ? STORE_NO_MEMORY : store_read_begin(registrar->store, &tx);
	if (r == 0)
		r = read_answers(tx, gate.id, form_number(query, DEVICE_SINCE), json);
	store_read_end(tx);
	if (r == 0)
		text = json_dumps(json, JSON_COMPACT);
	json_decref(json);
	if (text == NULL)
		return device_fault(rep, r == 0 ? STORE_NO_MEMORY : r);
	reply_type(rep, "application/json");
	buf_puts(reply_body(rep), text);
	free(text);
	return 0;
}
