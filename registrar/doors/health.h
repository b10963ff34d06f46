/*
 * health: how each gate stands, as it said last (device/device.h): shown to staff, never judged by.
 * Only the newest word of a gate is kept. Gates speak each 15 seconds; one that has not for
 * HEALTH_SILENT is said to be silent, whatever it said before.
 */
#ifndef REGISTRAR_HEALTH_H
#define REGISTRAR_HEALTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "registrar/doors/gates.h"
#include "schema/store.h"

struct registrar;

enum {
	HEALTH_MAX = 8000,  /* bytes of what a gate says */
	HEALTH_SILENT = 60, /* seconds */
	HEALTH_FINDINGS_MAX = 24,
	HEALTH_SLUG_MAX = 64,
	HEALTH_WORD_MAX = 32,
	HEALTH_WORDS_MAX = 400,
	HEALTH_BAD = 381, /* health_take: not what the protocol says */
};

enum health_state { HEALTH_OK, HEALTH_WARN, HEALTH_WRONG };

struct health_finding {
	char id[HEALTH_WORD_MAX + 1];
	enum health_state state;
	char words[HEALTH_WORDS_MAX + 1], remedy[HEALTH_WORDS_MAX + 1];
};

/* What a gate said. Numbers are -1 where it did not know. */
struct health {
	char version[HEALTH_WORD_MAX + 1], clock[HEALTH_WORD_MAX + 1];
	char conference[HEALTH_SLUG_MAX + 1]; /* scanned for; "" */
	char next[HEALTH_SLUG_MAX + 1];	      /* whose roster it is ready for; "" */
	int64_t epoch, size, unsent;
	bool clock_known;
	int64_t clock_ahead_ms;
	int64_t inside, shifts;
	int64_t entry;			 /* Unix seconds of its newest, 0: none */
	int64_t roster_age, revoked_age; /* seconds */
	int64_t free_mib, photos_wanted, photos_held;
	enum health_state worst;
	size_t n;
	struct health_finding findings[HEALTH_FINDINGS_MAX]; /* what is not well */
};

/* A gate and its newest word. */
struct health_gate {
	char name[GATES_NAME_MAX + 1];
	bool revoked, enrolled;
	int64_t seen, told, since; /* Unix seconds, 0: never; since: of words without a silence */
	bool silent;		   /* told too long ago, or never */
	bool has_health;
	struct health health;
};

/* Reads what a gate says (JSON of at most HEALTH_MAX bytes); every text in it is plain. Returns 0
 * or HEALTH_BAD. */
int health_read(const char *text, size_t len, struct health *ret_health)
    __attribute__((warn_unused_result));

/* Checks and keeps it. Returns 0, HEALTH_BAD or a store_result. */
int health_take(struct registrar *registrar, int64_t gate_id, const char *text, size_t len,
    int64_t now) __attribute__((warn_unused_result));

/* Calls each for every gate in the order of names. Returns 0 or a store_result. */
int health_each(struct store_tx *tx, int64_t now,
    void (*each)(void *context, const struct health_gate *gate), void *context)
    __attribute__((warn_unused_result));

#endif
