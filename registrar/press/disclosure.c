#include "registrar/press/disclosure.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <unicode/uchar.h>
#include <unicode/uregex.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>

#include "registrar/refusal.h"
#include "registrar/press/disclosure_rules.h"

/* Steps of the pattern engine, as ICU counts them; a text of 100 kB takes a few. */
#define STEPS_MAX 20000

/* A text as the pattern engine takes it, and where in the UTF-8 each of its ends is. */
struct sought {
	UChar *text;
	int32_t len;
	struct disclosure_list *found;
	size_t room;
};

static int keep(struct sought *it, enum disclosure_rule rule, int32_t from, int32_t to)
{
	struct disclosure_list *found = it->found;

	if (found->n == it->room) {
		it->room = it->room ? 2 * it->room : 16;
		void *more = realloc(found->items, it->room * sizeof *found->items);
		if (!more)
			return MODEL_SYSTEM;
		found->items = more;
	}
	found->items[found->n++] =
	    (struct disclosure_finding){rule, (size_t)from, (size_t)(to - from)};
	return 0;
}

/* The check digit of health numbers and social insurance numbers (Luhn, ISO/IEC 7812-1). */
static bool luhn_holds(const UChar *text, int32_t from, int32_t to)
{
	int digits[16], n = 0, sum = 0;

	for (int32_t i = from; i < to && n < 16; i++) {
		int value = u_charDigitValue(text[i]);
		if (value >= 0)
			digits[n++] = value;
	}
	for (int i = 0; i < n; i++) {
		int value = digits[n - 1 - i] << (i % 2);
		sum += value > 9 ? value - 9 : value;
	}
	return n > 0 && sum > 0 && sum % 10 == 0;
}

/* How far a name counts as beside a word, in UTF-16 units, and where a sentence ends. */
#define BESIDE_MOST 120

/* The point behind an initial ends none. */
static bool ends_sentence(const struct sought *it, int32_t at)
{
	UChar c = it->text[at];

	if (c == '.' && at > 0 && u_isUUppercase(it->text[at - 1]))
		return at > 1 && !u_isUWhiteSpace(it->text[at - 2]);
	return c == '.' || c == '!' || c == '?' || c == '\n';
}

/* Widens *from..*to by what stands beside it in its sentence. False: nothing does. */
static bool find_beside(const struct sought *it, URegularExpression *beside, int32_t *from,
    int32_t *to, UErrorCode *error)
{
	int32_t low = *from, high = *to;

	while (low > 0 && *from - low < BESIDE_MOST && !ends_sentence(it, low - 1))
		low--;
	while (high < it->len && high - *to < BESIDE_MOST && !ends_sentence(it, high))
		high++;
	uregex_setRegion(beside, low, high, error);
	while (U_SUCCESS(*error) && uregex_findNext(beside, error)) {
		int32_t first = uregex_start(beside, 0, error), last = uregex_end(beside, 0, error);
		/* The word itself may be written with capitals. */
		if (U_FAILURE(*error) || (first < *to && last > *from))
			continue;
		*from = first < *from ? first : *from;
		*to = last > *to ? last : *to;
		return true;
	}
	return false;
}

static URegularExpression *compile(const struct sought *it, const char *pattern, UErrorCode *error)
{
	URegularExpression *regex = uregex_openC(pattern, UREGEX_COMMENTS, NULL, error);

	uregex_setTimeLimit(regex, STEPS_MAX, error);
	uregex_setText(regex, it->text, it->len, error);
	return regex;
}

static int look(struct sought *it, enum disclosure_rule rule)
{
	const struct disclosure_pattern *pattern = &disclosure_patterns[rule];
	UErrorCode error = U_ZERO_ERROR;
	URegularExpression *regex = compile(it, pattern->pattern, &error);
	URegularExpression *beside = pattern->beside ? compile(it, pattern->beside, &error) : NULL;
	int result = 0;
	size_t n = 0;

	while (
	    !result && U_SUCCESS(error) && n < DISCLOSURE_MOST && uregex_findNext(regex, &error)) {
		int32_t from = uregex_start(regex, 0, &error), to = uregex_end(regex, 0, &error);
		if (U_FAILURE(error) || (pattern->check_digit && !luhn_holds(it->text, from, to)) ||
		    (beside && !find_beside(it, beside, &from, &to, &error)))
			continue;
		result = keep(it, rule, from, to);
		n++;
	}
	uregex_close(regex);
	uregex_close(beside);
	it->found->more = it->found->more || n == DISCLOSURE_MOST;
	return U_FAILURE(error) ? MODEL_SYSTEM : result;
}

static int by_place(const void *a, const void *b)
{
	const struct disclosure_finding *one = a, *other = b;

	if (one->at != other->at)
		return one->at < other->at ? -1 : 1;
	return (int)one->rule - (int)other->rule;
}

/* How many bytes of UTF-8 the text has before each of its units; the caller frees it. */
static size_t *bytes_before(const UChar *text, int32_t len)
{
	size_t *before = malloc(((size_t)len + 1) * sizeof *before), bytes = 0;

	if (!before)
		return NULL;
	for (int32_t i = 0; i < len; i++) {
		before[i] = bytes;
		/* The first half of a pair stands for the four bytes of both. */
		bytes += U16_IS_LEAD(text[i])	 ? 4u
			 : U16_IS_TRAIL(text[i]) ? 0u
			 : text[i] < 0x80	 ? 1u
			 : text[i] < 0x800	 ? 2u
						 : 3u;
	}
	before[len] = bytes;
	return before;
}

/* Orders what was found and says where it is in bytes. */
static int finish(struct sought *it)
{
	struct disclosure_list *found = it->found;
	size_t *before = bytes_before(it->text, it->len);

	if (!before)
		return MODEL_SYSTEM;
	for (size_t i = 0; i < found->n; i++) {
		struct disclosure_finding *f = &found->items[i];
		size_t end = before[f->at + f->len];
		f->at = before[f->at];
		f->len = end - f->at;
	}
	free(before);
	if (found->n)
		qsort(found->items, found->n, sizeof *found->items, by_place);
	if (found->n > DISCLOSURE_MOST) {
		found->n = DISCLOSURE_MOST;
		found->more = true;
	}
	return 0;
}

static int to_utf16(const char *text, struct sought *ret)
{
	size_t bytes = strlen(text);
	UErrorCode error = U_ZERO_ERROR;

	if (bytes > INT32_MAX / 4)
		return MODEL_REFUSED;
	ret->text = malloc((bytes + 1) * sizeof *ret->text);
	if (!ret->text)
		return MODEL_SYSTEM;
	u_strFromUTF8(ret->text, (int32_t)bytes + 1, &ret->len, text, (int32_t)bytes, &error);
	return U_FAILURE(error) ? MODEL_REFUSED : 0;
}

int disclosure_check(const char *text, struct disclosure_list *ret)
{
	struct disclosure_list found = {NULL, 0, false};
	struct sought it = {.found = &found};
	int result = to_utf16(text, &it);

	for (unsigned rule = 0; !result && rule < DISCLOSURE_RULES; rule++)
		result = look(&it, (enum disclosure_rule)rule);
	if (!result)
		result = finish(&it);
	free(it.text);
	if (result)
		free(found.items);
	else
		*ret = found;
	return result;
}

const char *disclosure_word(enum disclosure_rule rule)
{
	return disclosure_patterns[rule].word;
}

const char *disclosure_title(enum disclosure_rule rule)
{
	return disclosure_patterns[rule].title;
}

const char *disclosure_reason(enum disclosure_rule rule)
{
	return disclosure_patterns[rule].reason;
}
