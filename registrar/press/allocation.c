#include "registrar/press/allocation.h"

#include <inttypes.h>
#include <stdio.h>

#include "web/say.h"

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

/* What an outlet's or the room's numbers mean for whoever waits, by who comes first. */
static const char *const outlet_words[2] = {
    SAY("%1 already has %2 of the %3 places that each outlet may have. You get the next one that "
	"it gives back. Whoever registered first comes first."),
    SAY("%1 already has %2 of the %3 places that each outlet may have. You get the next one that "
	"it gives back. Local outlets come first, then whoever registered first."),
};
static const char *const room_words[2] = {
    SAY("All %1 places are taken, and %2 others wait. You get the next free place that comes to "
	"you. Whoever registered first comes first."),
    SAY("All %1 places are taken, and %2 others wait. You get the next free place that comes to "
	"you. Local outlets come first, then whoever registered first."),
};

static void keep(
    char *ret, size_t size, const char *text, const char *outlet, int64_t first, int64_t second)
{
	char numbers[2][24];
	const char *values[3] = {outlet};
	size_t n = outlet != NULL;

	snprintf(numbers[0], sizeof numbers[0], "%" PRId64, first);
	snprintf(numbers[1], sizeof numbers[1], "%" PRId64, second);
	values[n++] = numbers[0];
	values[n++] = numbers[1];
	say_keep(ret, size, text, values, n);
}

void allocation_explain(const struct allocation_facts *facts, char *ret, size_t size)
{
	if (outlet_is_full(facts))
		keep(ret, size, outlet_words[facts->emerging], facts->outlet,
		    facts->outlet_confirmed, facts->per_outlet);
	else if (room_is_full(facts))
		keep(ret, size, room_words[facts->emerging], NULL, facts->capacity, facts->waiting);
	else if (facts->capacity)
		keep(ret, size, SAY("A place was free: %1 of %2 were taken."), NULL,
		    facts->confirmed, facts->capacity);
	else
		say_keep(ret, size, SAY("There is no limit on places."), NULL, 0);
}
