/*
 * refusal: how a model says no: which field, and what to do, in words for the person who asked.
 *
 * A model function returns 0, one of the codes below, or a negative enum store_result.
 */
#ifndef REGISTRAR_REFUSAL_H
#define REGISTRAR_REFUSAL_H

struct say;

/* Answers of models that are no fault of the store's; all of them under -100, so that a store_body
 * may return them. */
enum model_result {
	MODEL_OK = 0,
	MODEL_REFUSED = -101,	/* a rule or a wrong value: the refusal says which and what to do */
	MODEL_NOT_FOUND = -102, /* no such thing (or not for this person) */
	MODEL_KEY = -103,	/* a key is missing or does not sign: see the refusal */
	MODEL_JOURNAL = -104,	/* the journal can't take the entry: run `registrar check` */
	MODEL_BUSY = -105,	/* too much at once: ask again in a moment */
	MODEL_SYSTEM = -106,	/* memory, randomness or a file failed: errno may say more */
};

struct refusal {
	const struct say *language; /* of words; set by who asks, NULL: English */
	char field[32];		    /* the field's name as in forms and options, "" for the whole */
	char words[320];	    /* one or two sentences: what is wrong, what to do */
};

/* Fills *ret (which may be NULL) and returns MODEL_REFUSED, so that a rule reads
 * `return refuse(why, "starts", "...")`. What a visitor may read is marked with SAY("...") (say.h),
 * and its translation takes the same values. */
int refuse(struct refusal *ret, const char *field, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A fixed sentence for any answer of a model or of the store. */
const char *model_words(int result);

#endif
