#include "badges/class.h"

#include <stddef.h>
#include <string.h>

#define ROW(number, token, words) [number] = {token, words}

static const struct {
	const char *token, *words;
} class_table[CLASS_NAMED] = {CLASS_EACH(ROW)};

const char *class_token(unsigned number)
{
	return number < CLASS_NAMED ? class_table[number].token : NULL;
}

const char *class_words(unsigned number)
{
	if (number >= CLASS_COUNT)
		return NULL;
	return number < CLASS_NAMED ? class_table[number].words : "Other";
}

int class_find(const char *token, uint8_t *ret_number)
{
	for (unsigned i = 0; i < CLASS_NAMED; i++) {
		if (strcmp(token, class_table[i].token) == 0) {
			*ret_number = (uint8_t)i;
			return 0;
		}
	}
	return CLASS_E_TOKEN;
}
