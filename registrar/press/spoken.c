#include "registrar/press/spoken.h"

#include <stdio.h>
#include <string.h>

static const char *const letters[26] = {"Alfa", "Bravo", "Charlie", "Delta", "Echo", "Foxtrot",
    "Golf", "Hotel", "India", "Juliett", "Kilo", "Lima", "Mike", "November", "Oscar", "Papa",
    "Quebec", "Romeo", "Sierra", "Tango", "Uniform", "Victor", "Whiskey", "X-ray", "Yankee",
    "Zulu"};

static const char *const digits[10] = {SAY_IN("digit", "zero"), SAY_IN("digit", "one"),
    SAY_IN("digit", "two"), SAY_IN("digit", "three"), SAY_IN("digit", "four"),
    SAY_IN("digit", "five"), SAY_IN("digit", "six"), SAY_IN("digit", "seven"),
    SAY_IN("digit", "eight"), SAY_IN("digit", "nine")};

static const char *word_of(const struct say *language, char c)
{
	if (c >= 'A' && c <= 'Z')
		return letters[c - 'A'];
	if (c >= 'a' && c <= 'z')
		return letters[c - 'a'];
	if (c >= '0' && c <= '9')
		return say_in(language, "digit", digits[c - '0']);
	return NULL;
}

void spoken_code(const struct say *language, const char *code, char *ret, size_t size)
{
	size_t len = 0, n = 0;
	const char *word;

	if (size > 0)
		ret[0] = '\0';
	for (; *code; code++) {
		word = word_of(language, *code);
		if (!word)
			continue;
		if (len + strlen(word) + 3 > size)
			return;
		len += (size_t)snprintf(ret + len, size - len, "%s%s",
		    n == 0   ? ""
		    : n == 4 ? ", "
			     : " ",
		    word);
		n++;
	}
}
