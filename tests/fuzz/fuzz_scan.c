/*
 * What comes down the scanner's wire: lines are found as a plain reader finds them, no line is
 * longer than what is kept, and a line becomes a verdict through facts that need no store: parse,
 * decide, words, all bounded.
 */
#include <stdio.h>
#include <string.h>

#include "badges/pass.h"
#include "gate/door/decide.h"
#include "gate/printable.h"
#include "gate/door/scan.h"
#include "tests/fuzz/fuzz.h"

/* The line that begins at *at, as the contract says it. */
static size_t reference(const uint8_t *data, size_t size, size_t *at)
{
	size_t start = *at, end = start;

	while (end < size && data[end] != '\n')
		end++;
	*at = end < size ? end + 1 : end;
	if (end > start && data[end - 1] == '\r')
		end--;
	return end - start;
}

static void judge(const char *text, size_t len)
{
	struct decide_facts facts = {.now = 1789221802};
	struct decide_policy policy = {.classes = 0x1ff, .conference = 7};
	struct pass_view view;
	struct verdict verdict;
	char words[WORDS_MAX];

	facts.opened = pass_parse(text, len, &view) == 0 ? REASON_UNKNOWN_KEY : REASON_MALFORMED;
	decide(&facts, &policy, &verdict);
	FUZZ_NEED(verdict.kind == VERDICT_DENY && verdict.check == 0);
	words_verdict(&verdict, &facts, &policy, words, sizeof(words));
	FUZZ_NEED(words[0] != '\0');
}

static void print(FILE *out, const char *text, size_t len)
{
	printable_write(out, text, len, PASS_TEXT_MAX);
	FUZZ_NEED(fflush(out) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[PASS_TEXT_MAX];
	FILE *in, *out = fopen("/dev/null", "we");
	size_t at = 0, start, len, kept, wanted;

	if (size == 0 || out == NULL) {
		if (out != NULL)
			fclose(out);
		return 0;
	}
	in = fmemopen((void *)(uintptr_t)data, size, "r");
	FUZZ_NEED(in != NULL);
	while (start = at, scan_line(in, text, &len)) {
		FUZZ_NEED(at < size);
		wanted = reference(data, size, &at);
		kept = len < PASS_TEXT_MAX ? len : PASS_TEXT_MAX;
		FUZZ_NEED(len == wanted && memcmp(text, data + start, kept) == 0);
		judge(text, len > PASS_TEXT_MAX ? len : kept);
		print(out, text, kept);
	}
	FUZZ_NEED(at == size);
	fclose(in);
	fclose(out);
	return 0;
}
