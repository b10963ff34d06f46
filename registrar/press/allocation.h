/*
 * allocation: who gets a place, as a pure function of the numbers (R8), and why, in words.
 */
#ifndef REGISTRAR_ALLOCATION_H
#define REGISTRAR_ALLOCATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct allocation_facts {
	int64_t capacity, confirmed;	      /* capacity 0: no limit */
	int64_t per_outlet, outlet_confirmed; /* per_outlet 0: no limit */
	int64_t waiting;		      /* others on the waiting list */
	bool emerging;			      /* local outlets come first on the list */
	const char *outlet;
};

/* Whether there is a place now for someone of this outlet. */
bool allocation_has_place(const struct allocation_facts *facts);

/* The explanation of what allocation_has_place said, to be said by say_kept(); 500 characters at
 * most. */
void allocation_explain(const struct allocation_facts *facts, char *ret, size_t size);

#endif
