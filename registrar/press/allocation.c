#include "registrar/press/allocation.h"

#include <inttypes.h>
#include <stdio.h>

static bool outlet_is_full(const struct allocation_facts *facts)
{
	return facts->per_outlet && facts->outlet_confirmed >= facts->per_outlet;
}

static bool room_is_full(const struct allocation_facts *facts)
{
	return facts->capacity && facts->confirmed >= facts->capacity;
}

bool allocation_has_place(const struct allocation_facts *facts)
{
	return !outlet_is_full(facts) && !room_is_full(facts);
}

void allocation_explain(const struct allocation_facts *facts, char *ret, size_t size)
{
	const char *order = facts->emerging
				? "Local outlets come first, then whoever registered first."
				: "Whoever registered first comes first.";

	if (outlet_is_full(facts))
		snprintf(ret, size,
		    "%s already has %" PRId64 " of the %" PRId64
		    " places that each outlet may have. You get the next one that it gives back. "
		    "%s",
		    facts->outlet, facts->outlet_confirmed, facts->per_outlet, order);
	else if (room_is_full(facts))
		snprintf(ret, size,
		    "All %" PRId64 " places are taken, and %" PRId64
		    " others wait. You get the next free place that comes to you. %s",
		    facts->capacity, facts->waiting, order);
	else if (facts->capacity)
		snprintf(ret, size, "A place was free: %" PRId64 " of %" PRId64 " were taken.",
		    facts->confirmed, facts->capacity);
	else
		snprintf(ret, size, "There is no limit on places.");
}
