#include "gate/door/scan.h"

#include <string.h>

#include "badges/pass.h"

bool scan_line(FILE *in, char *ret_text, size_t *ret_len)
{
	size_t len = 0;
	int last = EOF, c;

	while ((c = getc_unlocked(in)) != EOF && c != '\n') {
		if (len < PASS_TEXT_MAX)
			ret_text[len] = (char)c;
		last = c;
		len++;
	}
	if (c == EOF && len == 0)
		return false;
	if (last == '\r')
		len--;
	*ret_len = len;
	return true;
}

int scan_open(struct gate *gate, const char *slug, const char *staff, struct scan *ret_scan)
{
	struct scan scan = {.gate = gate};
	struct door door = {0};
	int r;

	if (strlen(staff) >= sizeof(scan.staff))
		return STORE_MISUSE;
	memcpy(scan.staff, staff, strlen(staff) + 1);
	r = door_open(gate, slug, &door);
	if (r != 0)
		return r;
	scan.conference = door.conference;
	memcpy(scan.slug, door.slug, sizeof(scan.slug));
	*ret_scan = scan;
	return 0;
}

static void fill(struct scan_result *result, const struct door_look *look)
{
	result->verdict = look->verdict;
	facts_copy(&result->facts, &look->facts);
	memcpy(result->words, look->words, sizeof(result->words));
	result->recorded = look->recorded;
	result->seq = look->seq;
	result->failure = look->failure;
}

void scan_text(struct scan *scan, const char *text, size_t len, struct scan_result *ret_result)
{
	const struct door_subject subject = {.text = text, .len = len};
	const struct door_who who = {.staff = scan->staff};
	struct door door = {.gate = scan->gate, .conference = scan->conference};
	struct door_look look;

	memcpy(door.slug, scan->slug, sizeof(door.slug));
	memset(ret_result, 0, sizeof(*ret_result));
	door_look(&door, &who, &subject, scan->leaving ? DOOR_LEAVING : DOOR_AT_ONCE, &look);
	fill(ret_result, &look);
	door_forget(&look);
}
