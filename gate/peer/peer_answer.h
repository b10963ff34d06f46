#ifndef GATE_PEER_ANSWER_H
#define GATE_PEER_ANSWER_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "badges/tree.h"
#include "gate/gate.h"

/*
 * What a gate answers another that asks for its journal (POST /peer/v1/doors): the message of
 * registrar/device/device.h with this gate's own logs, straight from its store. Nothing of details
 * and nothing of other gates goes out.
 */

/* The tree of an epoch as far as it was needed last, so that the next piece goes on from there.
 * {0} with an initialised mutex; shared by all who ask. */
struct peer_cursor {
	pthread_mutex_t mutex;
	uint64_t epoch; /* 0: none */
	struct tree tree;
};

/* A question that was read. */
struct peer_question;

/* peer_question_read: the question's JSON. Returns 0, STORE_MISUSE when it is none, or
 * STORE_NO_MEMORY; free with peer_question_free. ret_wait: seconds it may be waited for news. */
int peer_question_read(const void *body, size_t len, struct peer_question **ret_question,
    unsigned *ret_wait) __attribute__((warn_unused_result));
void peer_question_free(struct peer_question *question); /* NULL is quiet */

/*
 * peer_answer: *ret_json is the answer (malloc'd), or NULL where it would have no logs and
 * may_wait. Takes the gate's lock, a batch at a time. Returns 0 or a store_result or journal_error.
 */
int peer_answer(struct gate *gate, struct peer_cursor *cursor, const struct peer_question *question,
    bool may_wait, char **ret_json) __attribute__((warn_unused_result));

#endif
