#include <stdio.h>
#include <string.h>
#include <time.h>

#include "gate/desk/handlers.h"
#include "gate/door/words.h"

_Static_assert((int)VIEW_TIME >= (int)WORDS_TIME_MAX && (int)VIEW_AGE >= (int)WORDS_AGE_MAX,
    "room for what is said");

void time_say(int64_t seconds, char ret_text[static VIEW_TIME])
{
	words_time(seconds, (int64_t)time(NULL), ret_text);
}

void time_say_ms(int64_t ms, char ret_text[static VIEW_TIME])
{
	time_say(ms / 1000, ret_text);
}

void time_say_exact(int64_t ms, char ret_text[static VIEW_TIME])
{
	time_t at = (time_t)(ms / 1000);
	struct tm tm;

	if (localtime_r(&at, &tm) == NULL || strftime(ret_text, VIEW_TIME, "%H:%M:%S", &tm) == 0)
		ret_text[0] = '\0';
}
