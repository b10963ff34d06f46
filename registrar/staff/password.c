#include "registrar/staff/password.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "registrar/staff/staff.h"
#include "web/text.h"

/* Rising bytewise, in small letters and without the digits and signs that people put behind. */
static const char *const common[] = {
#include "registrar/staff/common_passwords.inc"
};

int password_check_typed(const char *secret, const char *field, size_t min, struct refusal *why)
{
	if (text_length(secret) < min)
		return refuse(why, field, "Too short: use at least %zu characters.", min);
	if (strlen(secret) > STAFF_PASSWORD_MAX)
		return refuse(why, field, "Too long: use at most %d bytes.", STAFF_PASSWORD_MAX);
	for (const char *at = secret; *at; at++)
		if ((unsigned char)*at < 0x20 || *at == 0x7f)
			return refuse(
			    why, field, "Control characters can't be typed at a sign-in.");
	return 0;
}

/* In small letters, its digits and signs at the end cut off; the length that is left. */
static size_t reduce(const char *text, char *ret, size_t size)
{
	size_t n = strlen(text);

	if (n >= size)
		n = size - 1;
	for (size_t i = 0; i < n; i++)
		ret[i] = (char)tolower((unsigned char)text[i]);
	while (n > 0 && (unsigned char)ret[n - 1] < 0x80 && !isalpha((unsigned char)ret[n - 1]))
		n--;
	ret[n] = '\0';
	return n;
}

static int compare(const void *key, const void *element)
{
	return strcmp(key, *(const char *const *)element);
}

/* "aaaaaaaa", "12345678", "87654321", "abcabcabc": a run of neighbours, or a short piece again and
 * again. */
static bool is_run(const char *text)
{
	size_t n = strlen(text), same = 0, up = 0, down = 0;

	for (size_t i = 1; i < n; i++) {
		int step = (unsigned char)text[i] - (unsigned char)text[i - 1];

		same += step == 0;
		up += step == 1 || (text[i - 1] == '9' && text[i] == '0');
		down += step == -1 || (text[i - 1] == '0' && text[i] == '9');
	}
	if (n > 1 && (same == n - 1 || up == n - 1 || down == n - 1))
		return true;
	for (size_t piece = 2; piece * 2 <= n; piece++)
		if (memcmp(text, text + piece, n - piece) == 0)
			return true;
	return false;
}

bool password_is_common(const char *password)
{
	char word[64];

	if (is_run(password) || strspn(password, "0123456789") == strlen(password))
		return true;
	if (strlen(password) >= sizeof word)
		return false;
	if (reduce(password, word, sizeof word) == 0)
		return true;
	return bsearch(word, common, sizeof common / sizeof *common, sizeof *common, compare) !=
	       NULL;
}

int password_check(
    const char *password, const char *name, const char *full_name, struct refusal *why)
{
	char word[STAFF_PASSWORD_MAX + 1];
	int result = password_check_typed(password, "password", STAFF_PASSWORD_MIN, why);

	if (result)
		return result;
	reduce(password, word, sizeof word);
	if (strcasecmp(password, name) == 0 || strcasecmp(password, full_name) == 0 ||
	    strcasecmp(word, name) == 0 || strcasecmp(word, full_name) == 0)
		return refuse(why, "password", "A name is no password. Choose another.");
	if (password_is_common(password))
		return refuse(why, "password",
		    "This is one of the first that are guessed. Choose another: several words are "
		    "easy to remember.");
	return 0;
}
