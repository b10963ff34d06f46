#include "registrar/doors/referral.h"

#include <stdio.h>
#include <string.h>

#include "badges/bytes.h"
#include "badges/text.h"
#include "registrar/journal/journal.h"
#include "registrar/registrar.h"
#include "schema/registrar_db.h"
#include "web/text.h"

static const struct {
	const char *kind, *words;
} kinds[] = {
    {"not-on-roster", "Not on the roster"},
    {"no-phone", "No phone and no printed pass"},
    {"dead-battery", "The phone's battery is dead"},
    {"lost-badge", "Lost the badge"},
    {"wrong-day", "The pass is for another day or conference"},
    {"refused-pass", "The pass was refused"},
};

const char *referral_kind_words(const char *kind)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].kind, kind) == 0)
			return kinds[i].words;
	return "Something else";
}

static const char *const answer_words[] = {"", "admit", "refuse", "withdrawn"};

const char *referral_answer_word(enum referral_answer answer)
{
	return answer_words[answer];
}

static enum referral_answer answer_of(const char *word)
{
	for (size_t i = 0; i < sizeof(answer_words) / sizeof(answer_words[0]); i++)
		if (strcmp(answer_words[i], word) == 0)
			return (enum referral_answer)i;
	return REFERRAL_WITHDRAWN;
}

/* ---- taking ---- */

struct work {
	struct registrar *registrar;
	const struct referral_question *question; /* taking */
	int64_t gate;
	const uint8_t *id;
	enum referral_answer answer;
	const char *words, *staff;
	bool changed;
};

/* What is held under the number; slug and pass may be NULL. STORE_ROW, or as store_one. */
static int held(struct store_tx *tx, struct work *work, int64_t *ret_gate,
    enum referral_answer *ret_answer, char ret_slug[static 65], uint8_t ret_pass[static 16],
    bool *ret_has_pass)
{
	struct store_rows *rows = NULL;
	int r = store_one(
	    tx, REGISTRAR_Q_REFERRAL_GET, STORE_ARGS(store_blob(work->id, REFERRAL_ID)), &rows);

	if (r != STORE_ROW)
		return r;
	*ret_gate = store_get_i64(rows, 0);
	*ret_answer = answer_of(store_get_text(rows, 1));
	(void)snprintf(ret_slug, 65, "%s", store_get_text(rows, 2));
	*ret_has_pass = !store_is_null(rows, 3);
	if (*ret_has_pass && store_get_fixed(rows, 3, ret_pass, 16) != 0)
		r = STORE_CORRUPT;
	store_done(rows);
	return r;
}

/* Whose it is, and how it stands: STORE_NOT_FOUND, REFERRAL_OTHER, or STORE_ROW. */
static int held_of_gate(struct store_tx *tx, struct work *work, enum referral_answer *ret_answer)
{
	char slug[65];
	uint8_t pass[16];
	bool has_pass;
	int64_t gate = 0;
	int r = held(tx, work, &gate, ret_answer, slug, pass, &has_pass);

	return r == STORE_ROW && gate != work->gate ? REFERRAL_OTHER : r;
}

static int may_ask(struct store_tx *tx, const struct referral_question *q)
{
	struct store_rows *rows = NULL;
	int64_t waiting = 0;
	int r = store_one(
	    tx, REGISTRAR_Q_REFERRAL_CONFERENCE, STORE_ARGS(store_i64(q->conference)), &rows);

	store_done(rows);
	if (r == STORE_NOT_FOUND)
		return REFERRAL_CONFERENCE;
	if (r != STORE_ROW)
		return r;
	r = store_number(
	    tx, REGISTRAR_Q_REFERRAL_WAITING_OF, STORE_ARGS(store_i64(q->gate)), &waiting);
	return r == 0 && waiting >= REFERRAL_OPEN_MAX ? REFERRAL_MANY : r;
}

static int take_body(struct store_tx *tx, void *context)
{
	struct work *work = context;
	const struct referral_question *q = work->question;
	int r = held_of_gate(tx, work, &work->answer);

	work->changed = false;
	if (r != STORE_NOT_FOUND)
		return r == STORE_ROW ? 0 : r;
	work->answer = REFERRAL_OPEN;
	r = may_ask(tx, q);
	if (r == 0)
		r = store_exec(tx, REGISTRAR_Q_REFERRAL_INSERT,
		    STORE_ARGS(store_blob(q->id, REFERRAL_ID), store_i64(q->gate),
			store_i64(q->conference),
			q->has_pass ? store_blob(q->pass, sizeof(q->pass)) : store_null(),
			store_text(q->kind), store_text(q->staff), store_text(q->name),
			store_text(q->outlet), store_text(q->words), store_i64(q->made_ms),
			store_i64(registrar_now())),
		    NULL);
	work->changed = r == 0;
	return r;
}

/* Pages that wait for questions, and gates that wait for answers, hear the same bell. */
static int carry_out(struct work *work, store_body *body)
{
	int r = store_write(work->registrar->store, body, work);

	if (r == 0 && work->changed)
		registrar_changed(work->registrar);
	return r;
}

int referral_take(struct registrar *registrar, const struct referral_question *question,
    enum referral_answer *ret_answer)
{
	struct work work = {.registrar = registrar,
	    .question = question,
	    .gate = question->gate,
	    .id = question->id};
	int r = carry_out(&work, take_body);

	if (r == 0)
		*ret_answer = work.answer;
	return r;
}

/* ---- answering ---- */

static int put_answer(struct store_tx *tx, struct work *work, const char *words, const char *staff)
{
	int64_t version = 0, changes = 0;
	int r = registrar_raise(tx, "answers_version", &version);

	if (r == 0)
		r = store_exec(tx, REGISTRAR_Q_REFERRAL_ANSWER,
		    STORE_ARGS(store_blob(work->id, REFERRAL_ID),
			store_text(referral_answer_word(work->answer)), store_text(words),
			store_text(staff), store_i64(registrar_now()), store_i64(version)),
		    &changes);
	return r == 0 && changes != 1 ? STORE_CORRUPT : r;
}

static int withdraw_body(struct store_tx *tx, void *context)
{
	struct work *work = context;
	enum referral_answer stands = REFERRAL_OPEN;
	int r = held_of_gate(tx, work, &stands);

	work->changed = false;
	work->answer = REFERRAL_WITHDRAWN;
	if (r == STORE_NOT_FOUND)
		return REFERRAL_UNKNOWN;
	if (r != STORE_ROW)
		return r;
	if (stands != REFERRAL_OPEN) {
		work->answer = stands;
		return 0;
	}
	work->changed = true;
	return put_answer(tx, work, "", "");
}

int referral_withdraw(struct registrar *registrar, int64_t gate,
    const uint8_t id[static REFERRAL_ID], enum referral_answer *ret_answer)
{
	struct work work = {.registrar = registrar, .gate = gate, .id = id};
	int r = carry_out(&work, withdraw_body);

	if (r == 0)
		*ret_answer = work.answer;
	return r;
}

static int journal_answer(
    struct store_tx *tx, struct work *work, const char *slug, const uint8_t *pass)
{
	char hex[2 * REFERRAL_ID + 1], detail[4 * REFERRAL_WORDS_MAX + 64];

	bytes_hex(work->id, REFERRAL_ID, hex);
	(void)snprintf(detail, sizeof(detail), "referral %s: %s", hex, work->words);
	return journal_append(tx, work->registrar,
	    &(struct journal_line){.kind = work->answer == REFERRAL_ADMIT
					       ? JOURNAL_REFERRAL_ADMITTED
					       : JOURNAL_REFERRAL_REFUSED,
		.event = slug,
		.pass = pass,
		.staff = work->staff,
		.detail = detail});
}

static int reply_body(struct store_tx *tx, void *context)
{
	struct work *work = context;
	enum referral_answer stands = REFERRAL_OPEN;
	char slug[65];
	uint8_t pass[16];
	bool has_pass = false;
	int64_t gate;
	int r = held(tx, work, &gate, &stands, slug, pass, &has_pass);

	work->changed = false;
	if (r == STORE_NOT_FOUND)
		return REFERRAL_UNKNOWN;
	if (r != STORE_ROW)
		return r;
	if (stands != REFERRAL_OPEN)
		return REFERRAL_ANSWERED;
	r = put_answer(tx, work, work->words, work->staff);
	if (r == 0)
		r = journal_answer(tx, work, slug, has_pass ? pass : NULL);
	work->changed = r == 0;
	return r;
}

int referral_reply(struct registrar *registrar, const uint8_t id[static REFERRAL_ID],
    enum referral_answer answer, const char *words, const char *staff)
{
	struct work work = {.registrar = registrar,
	    .id = id,
	    .answer = answer,
	    .words = words == NULL ? "" : words,
	    .staff = staff};

	if (answer != REFERRAL_ADMIT && answer != REFERRAL_REFUSE)
		return REFERRAL_WORDS;
	/* An officer who turns someone away has to be able to say why. */
	if ((answer == REFERRAL_REFUSE && work.words[0] == '\0') ||
	    text_length(work.words) > REFERRAL_WORDS_MAX ||
	    !text_is_plain(work.words, strlen(work.words)))
		return REFERRAL_WORDS;
	return carry_out(&work, reply_body);
}

const char *referral_strerror(int result)
{
	switch (result) {
	case REFERRAL_BAD:
		return "The question does not hold: a field is missing, too long or not plain "
		       "text.";
	case REFERRAL_OTHER:
		return "Another gate has asked under this number. Choose another number.";
	case REFERRAL_CONFERENCE:
		return "There is no such conference here.";
	case REFERRAL_MANY:
		return "So many questions of this gate wait already. Send it again later.";
	case REFERRAL_UNKNOWN:
		return "There is no such question.";
	case REFERRAL_ANSWERED:
		return "It is answered or withdrawn already. Reload the page.";
	case REFERRAL_WORDS:
		return "Give the officer the reason, in 1 to 400 characters of one line.";
	default:
		return model_words(result);
	}
}
