/*
 * house: a real registrar's data folder and gates that bring their own keys, for tests of what the
 * two exchange. Registrations, passes and journals are made by the programs' own functions.
 */
#ifndef TESTS_DEVICE_HOUSE_H
#define TESTS_DEVICE_HOUSE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "badges/key.h"
#include "badges/log.h"
#include "registrar/doors/gates.h"
#include "registrar/journal/reception.h"
#include "registrar/registrar.h"
#include "registrar/press/registration.h"

struct house {
	char dir[96];
	struct registrar *registrar;
	struct gates_guard guard;
	int64_t now;
};

/* cmocka's setup and teardown of one folder. */
int house_begin(void **state);
int house_end(void **state);
void house_reopen(struct house *house, void (*meanwhile)(struct house *house));

/* A conference that is on; its id. capacity 0: no limit. */
int64_t house_conference(struct house *house, const char *slug, int64_t capacity);

/* An accredited person; gives the accreditation. */
int64_t house_reporter(struct house *house, const char *name, const char *outlet);

/* Registers, and must succeed. */
struct registration house_register(struct house *house, int64_t conference, int64_t accreditation);
void house_cancel(struct house *house, const char *reference);

/* Suspends an accreditation's person, or restores: what the model said. */
int house_suspend(struct house *house, int64_t accreditation, bool suspended, struct refusal *why);

/* One number out of the store, by SQL of the test's own. */
int64_t house_number(struct house *house, const char *sql);

/* A gate at the other end: its key, its log of one epoch, and the entries it made. */
struct house_gate {
	struct gates_gate gate;
	struct key_secret *key;
	struct log log;
	int64_t epoch;
	uint64_t sent;
	struct log_leaf *leaves; /* every entry */
	size_t n, cap;
	char checkpoint[CHECKPOINT_SIGNED_MAX + 1]; /* over all of them */
};

void house_gate_begin(struct house *house, struct house_gate *gate, const char *name);
void house_gate_end(struct house_gate *gate);

/* Records; fields that are 0 get something fitting. */
void house_gate_add(struct house_gate *gate, const struct entry *entry);

/* A checkpoint over the first size entries, as the gate would sign it. */
void house_gate_seal(struct house_gate *gate, uint64_t size, char *ret_text, size_t ret_size);

/* Uploads the entries from old to end (not included). */
int house_gate_send(struct house *house, struct house_gate *gate, uint64_t old, uint64_t end,
    struct reception_answer *ret_answer);

/* Uploads what has not been sent, and must succeed. */
void house_gate_sync(struct house *house, struct house_gate *gate);

#endif
