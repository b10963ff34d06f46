#include "registrar/press/allocation_say.h"

#include <inttypes.h>
#include <stdio.h>

#include "web/say.h"

enum { NUMBERS = 4, NUMBER = 24 };

/* Numbers as text, for a sentence. */
struct numbers {
	char text[NUMBERS][NUMBER];
};

static struct numbers numbers_of(const struct allocation_result *result)
{
	struct numbers numbers;

	snprintf(numbers.text[0], NUMBER, "%" PRId64, result->number);
	snprintf(numbers.text[1], NUMBER, "%" PRId64, result->limit);
	snprintf(numbers.text[2], NUMBER, "%" PRId64, result->line);
	snprintf(numbers.text[3], NUMBER, "%" PRId64, result->near);
	return numbers;
}

#define KEEP(text, ...)                                                                            \
	say_keep(ret, size, text, (const char *const[]){__VA_ARGS__},                              \
	    sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static void say_waiting(
    const struct allocation_result *result, const char *outlet, char *ret, size_t size)
{
	const struct numbers numbers = numbers_of(result);
	const char *number = numbers.text[0], *limit = numbers.text[1], *line = numbers.text[2],
		   *near = numbers.text[3];

	if (result->outcome == ALLOCATION_FULL_OUTLET)
		KEEP(SAY("You are number %1 of %2; the limit of an outlet is %3. You came to the "
			 "waiting list as number %4, and as number %5 for a place that your outlet "
			 "gives back."),
		    number, outlet, limit, line, near);
	else if (result->outcome == ALLOCATION_FULL_ROLE)
		KEEP(SAY("You are number %1 of %2 in your role; the limit of an outlet is %3. You "
			 "came to the waiting list as number %4, and as number %5 for a place that "
			 "your outlet gives back in this role."),
		    number, outlet, limit, line, near);
	else if (result->outcome == ALLOCATION_FULL_CLASS && result->limit == 0)
		KEEP(SAY("People in your role come in by a pool alone, and its places are taken. "
			 "You came to the waiting list as number %1, and as number %2 for a place "
			 "of the pool."),
		    line, near);
	else if (result->outcome == ALLOCATION_FULL_CLASS)
		KEEP(SAY("All %1 places for your role are taken. You came to the waiting list as "
			 "number %2, and as number %3 for a place that comes free in your role."),
		    limit, line, near);
	else
		KEEP(SAY("All %1 places are taken. You came to the waiting list as number %2, and "
			 "as number %3 for a place that anyone gives back."),
		    limit, line, near);
}

void allocation_say(const struct allocation_result *result, const char *outlet, const char *pool,
    char *ret, size_t size)
{
	const struct numbers numbers = numbers_of(result);

	switch (result->outcome) {
	case ALLOCATION_KEPT:
		say_keep(ret, size, SAY("You have a place and keep it."), NULL, 0);
		break;
	case ALLOCATION_PLACE:
		if (result->limit)
			KEEP(SAY("You have place %1 of %2."), numbers.text[0], numbers.text[1]);
		else
			say_keep(ret, size, SAY("There is no limit on places."), NULL, 0);
		break;
	case ALLOCATION_POOL:
		KEEP(SAY("You have place %1 of %2 of the pool \"%3\". It is for the whole press: "
			 "you "
			 "share your material with the others."),
		    numbers.text[0], numbers.text[1], pool);
		break;
	case ALLOCATION_NOT_ADMITTED:
		say_keep(ret, size,
		    SAY("Your accreditation does not admit you to this conference as it stands, so "
			"no place comes to you. Write to the media office."),
		    NULL, 0);
		break;
	default:
		say_waiting(result, outlet, ret, size);
	}
}

const char *allocation_say_asked(void)
{
	return SAY("You asked for a place. Who gets one is decided for all who asked together.");
}
