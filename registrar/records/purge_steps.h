/* purge_steps: the statements of a purge as tables; private to purge*.c. */
#ifndef PRESSGATE_REGISTRAR_PURGE_STEPS_H
#define PRESSGATE_REGISTRAR_PURGE_STEPS_H

#include <stdbool.h>
#include <stddef.h>

#include "registrar/records/rule.h"

/* One statement; what it changes is counted under a rule. */
struct purge_step {
	unsigned query;
	enum records_rule rule; /* RULES: not counted */
	bool now;		/* takes the time */
};

/* A rule that is carried out: what is due, a batch of it, and what is done to the batch. */
struct purge_sweep {
	enum records_rule rule;
	unsigned due, fill;
	const struct purge_step *steps;
	size_t n;
};
extern const struct purge_sweep purge_sweeps[];
extern const size_t purge_n_sweeps;

/* A rule of one statement, or some, with the term's end (?1) and the time (?2). */
struct purge_stroke {
	enum records_rule rule;
	unsigned due;
	unsigned queries[3];
	size_t n;
};
extern const struct purge_stroke purge_strokes[];
extern const size_t purge_n_strokes;

/* Everything of the people of a batch. */
extern const struct purge_step purge_person_steps[];
extern const size_t purge_n_person_steps;

#endif
