/* How a verdict is shown on a pipe: the end of gate/door/scan.h. */
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "badges/bytes.h"
#include "badges/class.h"
#include "gate/printable.h"
#include "gate/door/scan.h"

typedef const char *token_of(unsigned bit);

static json_t *tokens(unsigned bits, token_of *token)
{
	json_t *list = json_array();

	for (unsigned bit = 1; list != NULL && bit != 0 && bit <= bits; bit <<= 1)
		if ((bits & bit) != 0)
			json_array_append_new(list, json_string(token(bit)));
	return list;
}

static json_t *text_or_null(const char *text)
{
	return text == NULL || text[0] == '\0' ? json_null() : json_string(text);
}

static json_t *result_as_json(const struct scan *scan, const struct scan_result *result)
{
	const struct facts *facts = &result->facts;
	char pass[33] = "";

	if (facts->decide.has_pass)
		bytes_hex(facts->decide.pass, sizeof(facts->decide.pass), pass);
	return json_pack("{s:s s:s s:s s:o s:o s:o s:s s:o s:o s:o s:o}", "verdict",
	    decide_kind_word(result->verdict.kind), "reason", reason_token(result->verdict.reason),
	    "words", result->words, "name", text_or_null(facts->name), "outlet",
	    text_or_null(facts->outlet), "class", text_or_null(facts->class_token), "conference",
	    scan->slug, "seq",
	    result->recorded ? json_integer((json_int_t)result->seq) : json_null(), "check",
	    tokens(result->verdict.check, decide_check_token), "unchecked",
	    tokens(result->verdict.unchecked, decide_unchecked_token), "pass", text_or_null(pass));
}

static int print_json(const struct scan *scan, const struct scan_result *result, FILE *out)
{
	json_t *json = result_as_json(scan, result);
	char *line = json == NULL ? NULL : json_dumps(json, JSON_COMPACT);
	int r = -1;

	/* Without memory for the whole object the verdict is told all the same. */
	if (line != NULL)
		r = fprintf(out, "%s\n", line);
	else
		r = fprintf(out, "{\"verdict\":\"%s\",\"reason\":\"%s\",\"seq\":null}\n",
		    decide_kind_word(result->verdict.kind), reason_token(result->verdict.reason));
	free(line);
	json_decref(json);
	return r < 0 ? -1 : 0;
}

static void print_part(FILE *out, const char *text)
{
	if (text == NULL || text[0] == '\0')
		return;
	fputs(" · ", out);
	printable_write(out, text, strlen(text), CONFERENCE_TEXT_MAX);
}

static void print_bits(FILE *out, const char *head, unsigned bits, token_of *token)
{
	const char *between = head;

	for (unsigned bit = 1; bit != 0 && bit <= bits; bit <<= 1)
		if ((bits & bit) != 0) {
			fprintf(out, "%s%s", between, token(bit));
			between = ", ";
		}
}

static int print_plain(const struct scan_result *result, FILE *out)
{
	static const char *const heads[] = {"ADMIT", "DENY", "REFER"};
	const struct facts *facts = &result->facts;
	const char *name = facts->name[0] != '\0' ? facts->name : "-";

	fprintf(out, "%-5s  ", heads[result->verdict.kind]);
	printable_write(out, name, strlen(name), CONFERENCE_TEXT_MAX);
	print_part(out, facts->outlet);
	print_part(out, facts->class_token);
	if (result->verdict.kind == VERDICT_ADMIT) {
		print_bits(out, " · check: ", result->verdict.check, decide_check_token);
		print_bits(
		    out, " · not checked: ", result->verdict.unchecked, decide_unchecked_token);
	} else {
		fprintf(out, " · %s: ", reason_token(result->verdict.reason));
		printable_write(out, result->words, strlen(result->words), WORDS_MAX);
	}
	return putc('\n', out) == EOF ? -1 : 0;
}

int scan_print(const struct scan *scan, const struct scan_result *result, bool json, FILE *out)
{
	int r = json ? print_json(scan, result, out) : print_plain(result, out);

	return r == 0 && fflush(out) == 0 && !ferror(out) ? 0 : -1;
}
