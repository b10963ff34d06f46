#include "registrar/press/outlet.h"

#include <stdlib.h>
#include <string.h>
#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

#include "web/text.h"

enum { KEY_MAX = 400 }; /* code points, as the store has it */

static const char *const articles[] = {"the", "le", "la", "les", "l", "el", "die", "der", "das"};
static const char *const forms[] = {"inc", "incorporated", "ltd", "limited", "llc", "llp", "corp",
    "corporation", "co", "company", "plc", "gmbh", "ag", "sa", "srl", "ltee", "enr", "lp"};

static bool is_mark(ucs4_t uc)
{
	return uc >= 0x0300 && uc <= 0x036F;
}

static bool is_word(ucs4_t uc)
{
	return uc_is_general_category_withtable(
	    uc, UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_N | UC_CATEGORY_MASK_M);
}

/* Words with one space between; what is no letter, number or mark parts words, but for the full
 * stops of an abbreviation. */
static void keep_words(const uint8_t *text, size_t len, char *out)
{
	size_t to = 0, count = 0;
	bool gap = false;

	for (size_t at = 0; at < len && count < KEY_MAX;) {
		ucs4_t uc = 0;
		int n = u8_mbtoucr(&uc, text + at, len - at);

		if (n <= 0)
			break;
		if (is_word(uc) && !is_mark(uc)) {
			if (gap && to > 0) {
				out[to++] = ' ';
				count++;
			}
			gap = false;
			memcpy(out + to, text + at, (size_t)n);
			to += (size_t)n;
			count++;
		} else if (!is_mark(uc) && uc != '.') {
			gap = true;
		}
		at += (size_t)n;
	}
	out[to] = '\0';
}

static bool is_one_of(const char *word, size_t len, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(list[i]) == len && memcmp(list[i], word, len) == 0)
			return true;
	return false;
}

/* Each only while a word is left. */
static void strip(char *key)
{
	char *space = strchr(key, ' ');

	if (space &&
	    is_one_of(key, (size_t)(space - key), articles, sizeof(articles) / sizeof(*articles)))
		memmove(key, space + 1, strlen(space + 1) + 1);
	while ((space = strrchr(key, ' ')) &&
	       is_one_of(space + 1, strlen(space + 1), forms, sizeof(forms) / sizeof(*forms)))
		*space = '\0';
}

/* A name of signs alone has no words: it is its own key. */
static int fold_whole(const char *name, char **ret_key)
{
	uint8_t *at;
	char *key = NULL;

	if (text_fold(name, &key) < 0)
		return STORE_NO_MEMORY;
	at = (uint8_t *)key;
	for (size_t count = 0; *at && count < KEY_MAX; count++)
		at += u8_mblen(at, strlen((char *)at));
	*at = '\0';
	*ret_key = key;
	return 0;
}

int outlet_key(const char *name, char **ret_key)
{
	size_t len = strlen(name);
	uint8_t *apart, *together;
	char *words;

	apart = u8_casefold((const uint8_t *)name, len, NULL, UNINORM_NFKD, NULL, &len);
	if (!apart)
		return fold_whole(name, ret_key);
	words = malloc(2 * len + 1);
	if (words)
		keep_words(apart, len, words);
	free(apart);
	if (!words)
		return STORE_NO_MEMORY;
	strip(words);
	len = strlen(words);
	if (len == 0) {
		free(words);
		return fold_whole(name, ret_key);
	}
	together = u8_normalize(UNINORM_NFC, (uint8_t *)words, len + 1, NULL, &len);
	free(words);
	*ret_key = (char *)together;
	return together ? 0 : STORE_NO_MEMORY;
}
