#include "registrar/press/outlet_match.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unicode/uspoof.h>
#include <unistr.h>

#include "web/say.h"

enum {
	KEY_MAX = 400, /* code points */
	SKELETON_MAX = 4000,
	NEAR_MAX = 2,	/* letters apart */
	LONG_NAME = 8,	/* from here on two letters are few */
	SHORT_NAME = 4, /* under it one letter is much */
	PART_MIN = 2,	/* letters typed that find a name */
	HOST_MAX = 256
};

/* A key in the forms in which it is compared. */
struct shape {
	const char *key;
	ucs4_t letters[KEY_MAX];
	size_t n;
	char skeleton[SKELETON_MAX];
	char host[HOST_MAX];
};

struct search {
	USpoofChecker *checker;
	struct shape typed, other;
	struct outlet_match *found; /* OUTLET_MATCHES_MAX and room for one more */
	size_t n;
};

const char *outlet_reason_words(enum outlet_reason reason)
{
	static const char *const words[] = {
	    [OUTLET_SAME] = SAY("The same name, spelt another way."),
	    [OUTLET_LOOKS] = SAY("Looks the same, but is written with other letters."),
	    [OUTLET_ALMOST] = SAY("Spelt almost the same."),
	    [OUTLET_INITIALS] = SAY("One is the initials of the other."),
	    [OUTLET_SITE] = SAY("Has the same web site."),
	    [OUTLET_WORDS] = SAY("Every word of one name stands in the other."),
	    [OUTLET_PART] = SAY("Holds what was typed."),
	};

	return words[reason];
}

/* "https://www.lantern.example/news" -> "lantern.example" */
static void host_of(const char *site, char ret[HOST_MAX])
{
	const char *scheme = strstr(site, "://");
	size_t len;

	site = scheme ? scheme + 3 : site;
	if (strncasecmp(site, "www.", 4) == 0)
		site += 4;
	len = strcspn(site, "/:?#");
	snprintf(ret, HOST_MAX, "%.*s", (int)(len < HOST_MAX ? len : 0), site);
}

static void shape_of(struct search *search, const char *key, const char *site, struct shape *ret)
{
	const uint8_t *at = (const uint8_t *)key;
	size_t left = strlen(key);
	UErrorCode status = U_ZERO_ERROR;
	int32_t len;

	ret->key = key;
	ret->n = 0;
	while (left > 0 && ret->n < KEY_MAX) {
		int n = u8_mbtoucr(&ret->letters[ret->n++], at, left);

		at += n > 0 ? n : 1;
		left -= n > 0 ? (size_t)n : 1;
	}
	len = uspoof_getSkeletonUTF8(
	    search->checker, 0, key, -1, ret->skeleton, SKELETON_MAX - 1, &status);
	ret->skeleton[U_SUCCESS(status) && len < SKELETON_MAX ? len : 0] = '\0';
	host_of(site, ret->host);
}

static size_t least(size_t a, size_t b, size_t c)
{
	size_t low = a < b ? a : b;

	return low < c ? low : c;
}

/* Letters to change, add, leave out or swap with a neighbour; counts no further than NEAR_MAX + 1.
 */
static size_t distance(const struct shape *a, const struct shape *b)
{
	size_t rows[3][KEY_MAX + 1];
	size_t *before = rows[0], *above = rows[1], *row = rows[2], *spare;

	if (a->n > b->n + NEAR_MAX || b->n > a->n + NEAR_MAX)
		return NEAR_MAX + 1;
	for (size_t j = 0; j <= b->n; j++)
		above[j] = before[j] = j;
	for (size_t i = 1; i <= a->n; i++) {
		row[0] = i;
		for (size_t j = 1; j <= b->n; j++) {
			bool same = a->letters[i - 1] == b->letters[j - 1];

			row[j] = least(above[j] + 1, row[j - 1] + 1, above[j - 1] + !same);
			if (i > 1 && j > 1 && a->letters[i - 1] == b->letters[j - 2] &&
			    a->letters[i - 2] == b->letters[j - 1] && before[j - 2] + 1 < row[j])
				row[j] = before[j - 2] + 1;
		}
		spare = before;
		before = above;
		above = row;
		row = spare;
	}
	return above[b->n];
}

static bool is_near(const struct shape *a, const struct shape *b)
{
	size_t shorter = a->n < b->n ? a->n : b->n;

	if (shorter < SHORT_NAME)
		return false;
	return distance(a, b) <= (shorter < LONG_NAME ? 1 : NEAR_MAX);
}

/* The first letters of the words of two or more. */
static bool is_initials(const struct shape *whole, const struct shape *initials)
{
	size_t at = 0, words = 0;

	for (size_t i = 0; i < whole->n; i++) {
		if (i > 0 && whole->letters[i - 1] != ' ')
			continue;
		if (at >= initials->n || initials->letters[at++] != whole->letters[i])
			return false;
		words++;
	}
	return words >= 2 && at == initials->n;
}

static bool has_word(const char *key, const char *word, size_t len)
{
	for (const char *at = key; *at; at += strcspn(at, " "), at += *at == ' ')
		if (strcspn(at, " ") == len && memcmp(at, word, len) == 0)
			return true;
	return false;
}

static bool has_words(const char *key, const char *words)
{
	for (const char *at = words; *at; at += strcspn(at, " "), at += *at == ' ')
		if (!has_word(key, at, strcspn(at, " ")))
			return false;
	return true;
}

static int reason_of(const struct shape *typed, const struct shape *other)
{
	if (strcmp(typed->key, other->key) == 0)
		return OUTLET_SAME;
	if (typed->skeleton[0] && strcmp(typed->skeleton, other->skeleton) == 0)
		return OUTLET_LOOKS;
	if (is_near(typed, other))
		return OUTLET_ALMOST;
	if (is_initials(typed, other) || is_initials(other, typed))
		return OUTLET_INITIALS;
	if (typed->host[0] && strcasecmp(typed->host, other->host) == 0)
		return OUTLET_SITE;
	if (has_words(typed->key, other->key) || has_words(other->key, typed->key))
		return OUTLET_WORDS;
	if (typed->n >= PART_MIN && strstr(other->key, typed->key))
		return OUTLET_PART;
	return -1;
}

/* Puts a match in its place; an outlet that stands there already keeps its better reason. */
static void keep(struct search *search, const struct outlet_name *row, enum outlet_reason reason)
{
	struct outlet_match *found = search->found;
	size_t at;

	for (at = 0; at < search->n; at++)
		if (found[at].outlet.id == row->outlet.id)
			break;
	if (at < search->n) {
		if (found[at].reason <= reason)
			return;
		memmove(&found[at], &found[at + 1], (search->n - at - 1) * sizeof(*found));
		search->n--;
	}
	for (at = search->n; at > 0 && found[at - 1].reason > reason; at--)
		found[at] = found[at - 1];
	found[at].outlet = row->outlet;
	found[at].reason = reason;
	snprintf(found[at].name, sizeof(found[at].name), "%s", row->name);
	if (search->n < OUTLET_MATCHES_MAX)
		search->n++;
}

static int look(void *context, const struct outlet_name *row)
{
	struct search *search = context;
	int reason;

	shape_of(search, row->key, row->outlet.site, &search->other);
	reason = reason_of(&search->typed, &search->other);
	if (reason >= 0)
		keep(search, row, (enum outlet_reason)reason);
	return 0;
}

int outlet_matches(struct store_tx *tx, const char *name, const char *site,
    struct outlet_match **ret_matches, size_t *ret_n)
{
	struct search *search = calloc(1, sizeof(*search));
	UErrorCode status = U_ZERO_ERROR;
	char *key = NULL;
	int result = search ? outlet_key(name, &key) : STORE_NO_MEMORY;

	if (result < 0)
		goto done;
	search->found = calloc(OUTLET_MATCHES_MAX + 1, sizeof(*search->found));
	search->checker = uspoof_open(&status);
	result = search->found && U_SUCCESS(status) ? 0 : STORE_NO_MEMORY;
	if (result == 0) {
		shape_of(search, key, site, &search->typed);
		result = outlet_each_name(tx, look, search);
	}
	if (result == 0) {
		*ret_matches = search->found;
		*ret_n = search->n;
		search->found = NULL;
	}
done:
	if (search) {
		uspoof_close(search->checker);
		free(search->found);
	}
	free(search);
	free(key);
	return result;
}
