#include "registrar/api/scope.h"

#include <stdio.h>
#include <string.h>

#define ROW(text, sense)                                                                           \
	{                                                                                          \
		.word = text, .says = sense                                                        \
	}

static const struct {
	const char *word, *says;
} scopes_known[] = {SCOPE_EACH(ROW)};
_Static_assert(sizeof(scopes_known) / sizeof(*scopes_known) == SCOPES, "a scope has no word");

const char *scope_word(size_t n)
{
	return n < SCOPES ? scopes_known[n].word : "";
}

const char *scope_says(size_t n)
{
	return n < SCOPES ? scopes_known[n].says : "";
}

uint32_t scope_find(const char *word, size_t len)
{
	for (size_t i = 0; i < SCOPES; i++)
		if (strlen(scopes_known[i].word) == len &&
		    memcmp(scopes_known[i].word, word, len) == 0)
			return UINT32_C(1) << i;
	return 0;
}

void scope_write(uint32_t scopes, char ret[static SCOPE_TEXT])
{
	size_t len = 0;

	ret[0] = '\0';
	for (size_t i = 0; i < SCOPES; i++) {
		if (!(scopes & UINT32_C(1) << i))
			continue;
		int put = snprintf(
		    ret + len, SCOPE_TEXT - len, "%s%s", len ? " " : "", scopes_known[i].word);
		if (put > 0 && len + (size_t)put < SCOPE_TEXT)
			len += (size_t)put;
	}
}

int scope_read(const char *text, uint32_t *ret_scopes)
{
	uint32_t scopes = 0;

	while (*(text += strspn(text, " ,"))) {
		size_t len = strcspn(text, " ,");
		uint32_t scope = scope_find(text, len);

		if (!scope)
			return -1;
		scopes |= scope;
		text += len;
	}
	if (!scopes)
		return -1;
	*ret_scopes = scopes;
	return 0;
}
