/*
 * Accept-Language (RFC 9110, 12.4.2 and 12.5.4).
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "web/say.h"

/* What the header says of one language: the weight in thousandths, and when it was named. */
struct wish {
	int weight; /* -1: not named */
	size_t turn;
};

static const char *blanks(const char *at)
{
	return at + strspn(at, " \t");
}

/* weight = OWS ";" OWS "q=" qvalue. Returns the thousandths, or -1 where it is none. */
static int read_weight(const char *at, const char *end)
{
	int weight, place = 100;

	if (at == end)
		return 1000;
	at = blanks(at);
	if (*at++ != ';')
		return -1;
	at = blanks(at);
	if (end - at < 3 || tolower((unsigned char)at[0]) != 'q' || at[1] != '=' ||
	    (at[2] != '0' && at[2] != '1'))
		return -1;
	weight = (at[2] - '0') * 1000;
	at += 3;
	if (at < end && *at == '.')
		for (at++; at < end && isdigit((unsigned char)*at) && place > 0; at++, place /= 10)
			weight += (*at - '0') * place;
	return at == end && weight <= 1000 ? weight : -1;
}

/* language-range = 1*8ALPHA *("-" 1*8alphanum) / "*" */
static bool is_range(const char *at, size_t len)
{
	size_t part = 0;
	bool first = true;

	if (len == 1 && *at == '*')
		return true;
	for (size_t i = 0; i < len; i++) {
		if (at[i] == '-' && part > 0) {
			part = 0;
			first = false;
		} else if (!(first ? isalpha((unsigned char)at[i])
				   : isalnum((unsigned char)at[i])) ||
			   ++part > 8) {
			return false;
		}
	}
	return part > 0;
}

static bool meets(const char *range, size_t len, const char *code)
{
	size_t n = strlen(code);

	return len >= n && strncasecmp(range, code, n) == 0 && (len == n || range[n] == '-');
}

static void note(struct wish *wish, int weight, size_t turn)
{
	if (weight > wish->weight)
		*wish = (struct wish){weight, turn};
}

static void take_member(
    const char *at, const char *end, size_t turn, struct wish *wishes, struct wish *any)
{
	size_t len;
	int weight;

	while (end > at && (end[-1] == ' ' || end[-1] == '\t'))
		end--;
	len = strcspn(at, " \t;,");
	if (len > (size_t)(end - at))
		len = (size_t)(end - at);
	weight = read_weight(at + len, end);
	if (!is_range(at, len) || weight < 0)
		return;
	if (*at == '*')
		note(any, weight, turn);
	for (size_t i = 0; *at != '*' && i < say_count(); i++)
		if (meets(at, len, say_code(say_nth(i))))
			note(&wishes[i], weight, turn);
}

const struct say *say_choose(const char *accept)
{
	struct wish wishes[SAY_MOST + 1], any = {-1, 0}, best = {0, 0};
	const struct say *chosen = NULL;
	size_t turn = 0;

	for (size_t i = 0; i < say_count(); i++)
		wishes[i] = any;
	for (const char *at = accept; at && *at; turn++) {
		const char *end;

		at = blanks(at);
		end = at + strcspn(at, ",");
		take_member(at, end, turn, wishes, &any);
		at = end + (*end == ',');
	}
	for (size_t i = 0; i < say_count(); i++) {
		const struct wish *it = wishes[i].weight < 0 ? &any : &wishes[i];

		if (it->weight > best.weight ||
		    (it->weight == best.weight && it->weight > 0 && it->turn < best.turn)) {
			best = *it;
			chosen = say_nth(i);
		}
	}
	return chosen;
}
