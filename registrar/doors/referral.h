/*
 * referral: questions from the doors to communications, and the answers.
 *
 * A gate sends a question under a number of its own choice, sealed; the same number is taken once.
 * Communications admits or refuses, with words; the gate fetches the answer within a second and an
 * officer acts on it. Answers are journaled and final; a question may be withdrawn until then.
 */
#ifndef REGISTRAR_REFERRAL_H
#define REGISTRAR_REFERRAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schema/store.h"

struct registrar;

enum {
	REFERRAL_ID = 16,
	REFERRAL_KIND_MAX = 32,
	REFERRAL_NAME_MAX = 200,    /* characters of a name, of an outlet */
	REFERRAL_WORDS_MAX = 400,   /* characters of the officer's words, and of the answer's */
	REFERRAL_OPEN_MAX = 200,    /* questions of one gate that wait at once */
	REFERRAL_LETTER_MAX = 4096, /* bytes of a letter, opened */
	REFERRAL_ANSWERS_MAX = 200, /* that one look hands over */
	REFERRAL_SHOWN_MAX = 200,   /* answered ones that a page lists */
};

enum referral_result {
	REFERRAL_OK = 0,
	REFERRAL_BAD = 381,   /* the letter does not hold: a field is missing, too long or odd */
	REFERRAL_OTHER = 382, /* another gate has asked under this number */
	REFERRAL_CONFERENCE = 383, /* no such conference */
	REFERRAL_MANY = 384,	   /* REFERRAL_OPEN_MAX wait already */
	REFERRAL_UNKNOWN = 385,	   /* no such question */
	REFERRAL_ANSWERED = 386,   /* somebody was faster, or the door withdrew it */
	REFERRAL_WORDS = 387,	   /* the answer's words: none where it refuses, or too long */
};

enum referral_answer { REFERRAL_OPEN, REFERRAL_ADMIT, REFERRAL_REFUSE, REFERRAL_WITHDRAWN };

/* A question as a gate asks it; texts are borrowed, plain text, "" where nothing is known. */
struct referral_question {
	uint8_t id[REFERRAL_ID];
	int64_t gate; /* gate.id */
	int64_t conference;
	bool has_pass;
	uint8_t pass[16];
	const char *kind, *staff, *name, *outlet, *words;
	int64_t made_ms;
};

/*
 * referral_read: a letter (JSON of registrar/device/device.h, opened) into a question. The texts
 * live in *ret_holder, freed with referral_letter_free. Returns 0, REFERRAL_BAD or STORE_NO_MEMORY.
 */
struct referral_letter; /* opaque */
int referral_read(const char *text, size_t len, struct referral_question *ret_question,
    struct referral_letter **ret_holder) __attribute__((warn_unused_result));
void referral_letter_free(struct referral_letter *holder); /* NULL is quiet */

/* referral_take: keeps a question; one that is held already changes nothing. *ret_answer says how
 * it stands. Returns 0, a referral_result or a store_result. */
int referral_take(struct registrar *registrar, const struct referral_question *question,
    enum referral_answer *ret_answer) __attribute__((warn_unused_result));

/* referral_withdraw: the gate no longer asks. One that is answered stays so. As referral_take. */
int referral_withdraw(struct registrar *registrar, int64_t gate,
    const uint8_t id[static REFERRAL_ID], enum referral_answer *ret_answer)
    __attribute__((warn_unused_result));

/* referral_reply: communications' answer, admit or refuse, journaled in the same transaction.
 * words (NULL or "" allowed where it admits) reach the officer. */
int referral_reply(struct registrar *registrar, const uint8_t id[static REFERRAL_ID],
    enum referral_answer answer, const char *words, const char *staff)
    __attribute__((warn_unused_result));

/* One as pages show it; texts live until the visit returns. */
struct referral {
	uint8_t id[REFERRAL_ID];
	const char *gate, *title, *slug; /* of the conference */
	bool has_pass;
	const char *holder; /* whom the pass was issued to, or "" */
	const char *kind, *staff, *name, *outlet, *words;
	int64_t made_ms, received; /* at the gate; Unix seconds, here */
	enum referral_answer answer;
	const char *answer_words, *answered_by;
	int64_t answered; /* Unix seconds */
	int64_t version;  /* of the answer; referral_each_answer only */
};
typedef int referral_visit(void *context, const struct referral *referral);

/* Those that wait, oldest first; and those that were answered, newest first, at most
 * REFERRAL_SHOWN_MAX. Return 0, what visit returned first, or a store_result. */
int referral_each_open(struct store_tx *tx, referral_visit *visit, void *context)
    __attribute__((warn_unused_result));
int referral_each_answered(struct store_tx *tx, referral_visit *visit, void *context)
    __attribute__((warn_unused_result));

/* How many wait, of a conference (0: of all). */
int referral_count(struct store_tx *tx, int64_t conference, int64_t *ret_count)
    __attribute__((warn_unused_result));

/* The version of the newest answer to a gate; 0: none. */
int referral_version(struct store_tx *tx, int64_t gate, int64_t *ret_version)
    __attribute__((warn_unused_result));

/* The answers to a gate above a version, oldest first; and the numbers of its questions that wait.
 * At most
 * REFERRAL_ANSWERS_MAX. Only id, answer, answer_words, answered_by, answered and version are
 * filled. */
int referral_each_answer(struct store_tx *tx, int64_t gate, int64_t since, referral_visit *visit,
    void *context) __attribute__((warn_unused_result));
int referral_each_waiting(struct store_tx *tx, int64_t gate, referral_visit *visit, void *context)
    __attribute__((warn_unused_result));

/* The kind in words for people: "Not on the roster". */
const char *referral_kind_words(const char *kind);

/* The answer's word: "", "admit", "refuse", "withdrawn". */
const char *referral_answer_word(enum referral_answer answer);

const char *referral_strerror(int result);

#endif
