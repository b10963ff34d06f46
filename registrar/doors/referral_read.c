#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "badges/bytes.h"
#include "badges/text.h"
#include "registrar/doors/referral.h"
#include "schema/registrar_db.h"
#include "web/text.h"

/* ---- letters ---- */

struct referral_letter {
	json_t *json;
};

void referral_letter_free(struct referral_letter *holder)
{
	if (holder == NULL)
		return;
	json_decref(holder->json);
	free(holder);
}

static bool is_word(const char *text, const char *of, size_t max)
{
	size_t len = strlen(text);

	return len >= 1 && len <= max && strspn(text, of) == len;
}

static bool is_text(const char *text, size_t len, size_t max)
{
	return strlen(text) == len && text_is_plain(text, len) &&
	       (len == 0 || text_length(text) > 0) && text_length(text) <= max;
}

static bool read_fields(json_t *json, struct referral_question *ret)
{
	static const char small[] = "abcdefghijklmnopqrstuvwxyz0123456789";
	static const char token[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
	const char *pass = NULL;
	size_t pass_len = 0, name_len, outlet_len, words_len;
	json_int_t conference, made;

	if (json_unpack(json, "{s:I, s?s%, s:s, s:s, s:s%, s:s%, s:s%, s:I!}", "conference",
		&conference, "pass", &pass, &pass_len, "kind", &ret->kind, "staff", &ret->staff,
		"name", &ret->name, &name_len, "outlet", &ret->outlet, &outlet_len, "words",
		&ret->words, &words_len, "made_ms", &made) != 0)
		return false;
	ret->conference = conference;
	ret->made_ms = made;
	ret->has_pass = pass != NULL;
	return conference >= 1 && conference <= UINT32_MAX && made >= 0 &&
	       made <= INT64_C(253402300799999) &&
	       (pass == NULL || bytes_unhex(pass, pass_len, ret->pass, sizeof(ret->pass)) == 0) &&
	       is_word(ret->kind, token, REFERRAL_KIND_MAX) && is_word(ret->staff, small, 16) &&
	       is_text(ret->name, name_len, REFERRAL_NAME_MAX) &&
	       is_text(ret->outlet, outlet_len, REFERRAL_NAME_MAX) &&
	       is_text(ret->words, words_len, REFERRAL_WORDS_MAX);
}

int referral_read(const char *text, size_t len, struct referral_question *ret_question,
    struct referral_letter **ret_holder)
{
	struct referral_letter *holder = calloc(1, sizeof(*holder));
	struct referral_question question = *ret_question;

	if (holder == NULL)
		return STORE_NO_MEMORY;
	if (len <= REFERRAL_LETTER_MAX)
		holder->json = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
	if (holder->json == NULL || !read_fields(holder->json, &question)) {
		referral_letter_free(holder);
		return REFERRAL_BAD;
	}
	*ret_question = question;
	*ret_holder = holder;
	return 0;
}

/* ---- lists ---- */

static enum referral_answer answer_of(const char *word)
{
	for (int i = REFERRAL_OPEN; i < REFERRAL_WITHDRAWN; i++)
		if (strcmp(referral_answer_word((enum referral_answer)i), word) == 0)
			return (enum referral_answer)i;
	return REFERRAL_WITHDRAWN;
}

static int read_whole(struct store_rows *rows, struct referral *ret)
{
	*ret = (struct referral){
	    .gate = store_get_text(rows, 1),
	    .title = store_get_text(rows, 2),
	    .slug = store_get_text(rows, 3),
	    .has_pass = !store_is_null(rows, 4),
	    .holder = store_get_text(rows, 5),
	    .kind = store_get_text(rows, 6),
	    .staff = store_get_text(rows, 7),
	    .name = store_get_text(rows, 8),
	    .outlet = store_get_text(rows, 9),
	    .words = store_get_text(rows, 10),
	    .made_ms = store_get_i64(rows, 11),
	    .received = store_get_i64(rows, 12),
	    .answer = answer_of(store_get_text(rows, 13)),
	    .answer_words = store_get_text(rows, 14),
	    .answered_by = store_get_text(rows, 15),
	    .answered = store_get_i64(rows, 16),
	};
	return store_get_fixed(rows, 0, ret->id, sizeof(ret->id));
}

static int read_answer(struct store_rows *rows, struct referral *ret)
{
	*ret = (struct referral){
	    .answer = answer_of(store_get_text(rows, 1)),
	    .answer_words = store_get_text(rows, 2),
	    .answered_by = store_get_text(rows, 3),
	    .answered = store_get_i64(rows, 4),
	    .version = store_get_i64(rows, 5),
	};
	return store_get_fixed(rows, 0, ret->id, sizeof(ret->id));
}

static int read_id(struct store_rows *rows, struct referral *ret)
{
	*ret = (struct referral){.answer = REFERRAL_OPEN};
	return store_get_fixed(rows, 0, ret->id, sizeof(ret->id));
}

struct list {
	unsigned query;
	int (*read)(struct store_rows *rows, struct referral *ret);
	referral_visit *visit;
	void *context;
};

static int each(
    struct store_tx *tx, const struct list *list, const struct store_value *args, size_t n_args)
{
	struct store_rows *rows = NULL;
	struct referral referral;
	int r = store_query(tx, list->query, args, n_args, &rows);

	while (r == 0 && (r = store_next(rows)) == STORE_ROW) {
		r = list->read(rows, &referral);
		if (r == 0)
			r = list->visit(list->context, &referral);
	}
	store_done(rows);
	return r;
}

int referral_each_open(struct store_tx *tx, referral_visit *visit, void *context)
{
	const struct list list = {REGISTRAR_Q_REFERRAL_OPEN, read_whole, visit, context};

	return each(tx, &list, STORE_NO_ARGS);
}

int referral_each_answered(struct store_tx *tx, referral_visit *visit, void *context)
{
	const struct list list = {REGISTRAR_Q_REFERRAL_ANSWERED, read_whole, visit, context};

	return each(tx, &list, STORE_ARGS(store_i64(REFERRAL_SHOWN_MAX)));
}

int referral_each_answer(
    struct store_tx *tx, int64_t gate, int64_t since, referral_visit *visit, void *context)
{
	const struct list list = {REGISTRAR_Q_REFERRAL_ANSWERS, read_answer, visit, context};

	return each(tx, &list,
	    STORE_ARGS(store_i64(gate), store_i64(since), store_i64(REFERRAL_ANSWERS_MAX)));
}

int referral_each_waiting(struct store_tx *tx, int64_t gate, referral_visit *visit, void *context)
{
	const struct list list = {REGISTRAR_Q_REFERRAL_WAITING, read_id, visit, context};

	return each(tx, &list, STORE_ARGS(store_i64(gate)));
}

int referral_count(struct store_tx *tx, int64_t conference, int64_t *ret_count)
{
	return store_number(
	    tx, REGISTRAR_Q_REFERRAL_COUNT, STORE_ARGS(store_i64(conference)), ret_count);
}

int referral_version(struct store_tx *tx, int64_t gate, int64_t *ret_version)
{
	return store_number(
	    tx, REGISTRAR_Q_REFERRAL_VERSION, STORE_ARGS(store_i64(gate)), ret_version);
}
