#include "gate/scan.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "badges/bytes.h"
#include "badges/pass.h"
#include "badges/text.h"
#include "gate/presence.h"

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

static int find_conference(struct gate *gate, const char *slug, struct scan *scan)
{
	struct conference conference = {0};
	struct store_tx *tx = NULL;
	int r = STORE_CLOSED;

	gate_lock(gate);
	if (gate->store != NULL)
		r = store_read_begin(gate->store, &tx);
	if (r == 0)
		r = conference_by_slug(tx, slug, &conference);
	store_read_end(tx);
	gate_unlock(gate);
	if (r != STORE_ROW)
		return r;
	scan->conference = conference.number;
	memcpy(scan->slug, conference.slug, sizeof(scan->slug));
	return 0;
}

static void note_boot(struct gate *gate)
{
	struct journal_record record = {.decision = ENTRY_BOOT, .reason = "start"};
	bool first;

	gate_lock(gate);
	first = !gate->booted;
	gate->booted = true;
	gate_unlock(gate);
	/* Should it fail, each scan will say so: none is admitted without an entry. */
	if (first && journal_note(gate, &record, NULL) != 0)
		return;
}

int scan_open(struct gate *gate, const char *slug, const char *staff, struct scan *ret_scan)
{
	struct scan scan = {.gate = gate};
	int r;

	if (strlen(staff) >= sizeof(scan.staff))
		return STORE_MISUSE;
	memcpy(scan.staff, staff, strlen(staff) + 1);
	r = find_conference(gate, slug, &scan);
	if (r != 0)
		return r;
	note_boot(gate);
	*ret_scan = scan;
	return 0;
}

/* One scan on its way through the journal. */
struct attempt {
	struct scan *scan;
	const char *text;
	size_t len;
	struct scan_result *result;
	char *detail;
};

/* The text as it came: as JSON text when it is plain, else in hex. */
static json_t *text_as_json(const char *text, size_t len, const char **ret_key)
{
	char hex[2 * PASS_TEXT_MAX + 1];
	size_t kept = len < PASS_TEXT_MAX ? len : PASS_TEXT_MAX;

	*ret_key = "text";
	if (kept == len && text_is_plain(text, len))
		return json_stringn(text, len);
	*ret_key = "text-hex";
	bytes_hex((const uint8_t *)text, kept, hex);
	return json_string(hex);
}

/* The text is kept only where no pass could be opened: of one that opened it would be a copy that
 * opens doors, and the entry names the pass. */
static bool add_text(json_t *json, const struct attempt *attempt)
{
	const char *key;
	json_t *text;

	if (attempt->result->facts.decide.has_pass)
		return true;
	text = text_as_json(attempt->text, attempt->len, &key);
	if (json_object_set_new(json, key, text) != 0)
		return false;
	return attempt->len <= PASS_TEXT_MAX ||
	       json_object_set_new(json, "length", json_integer((json_int_t)attempt->len)) == 0;
}

static char *make_detail(const struct attempt *attempt, bool everything)
{
	const struct scan_result *result = attempt->result;
	char *detail = NULL;
	json_t *json = json_pack("{s:s s:s*}", "verdict", decide_kind_word(result->verdict.kind),
	    "name", result->facts.name[0] != '\0' ? result->facts.name : NULL);
	bool good = json != NULL && add_text(json, attempt);

	if (good && everything && result->facts.outlet[0] != '\0')
		good = json_object_set_new(json, "outlet", json_string(result->facts.outlet)) == 0;
	if (good && everything)
		good = json_object_set_new(json, "words", json_string(result->words)) == 0;
	if (good)
		detail = json_dumps(json, JSON_COMPACT);
	json_decref(json);
	return detail;
}

static int fill_record(struct attempt *attempt, struct journal_record *record)
{
	const struct scan_result *result = attempt->result;
	const struct facts *facts = &result->facts;

	record->decision = result->verdict.kind == VERDICT_ADMIT ? ENTRY_ADMIT : ENTRY_DENY;
	snprintf(
	    record->reason, sizeof(record->reason), "%s", reason_token(result->verdict.reason));
	memcpy(record->event, attempt->scan->slug, sizeof(attempt->scan->slug));
	memcpy(record->staff, attempt->scan->staff, sizeof(record->staff));
	record->has_pass = facts->decide.has_pass;
	memcpy(record->pass, facts->decide.pass, sizeof(record->pass));
	record->rev = facts->revision;
	attempt->detail = make_detail(attempt, true);
	/* Names of the greatest length with the longest words: the words can be had again. */
	if (attempt->detail != NULL && strlen(attempt->detail) > JOURNAL_DETAIL_MAX) {
		free(attempt->detail);
		attempt->detail = make_detail(attempt, false);
	}
	if (attempt->detail == NULL)
		return STORE_NO_MEMORY;
	record->detail = attempt->detail;
	record->detail_len = strlen(attempt->detail);
	return 0;
}

static int scan_body(struct gate *gate, struct store_tx *tx, const struct clock_reading *now,
    struct journal_record *record, void *context)
{
	struct attempt *attempt = context;
	struct scan_result *result = attempt->result;
	struct facts *facts = &result->facts;
	int r = facts_gather(
	    gate, tx, now, attempt->scan->conference, attempt->text, attempt->len, facts);

	if (r != 0)
		return r;
	decide(&facts->decide, &facts->policy, &result->verdict);
	words_verdict(
	    &result->verdict, &facts->decide, &facts->policy, result->words, sizeof(result->words));
	if (result->verdict.kind == VERDICT_ADMIT)
		r = presence_enter(gate, tx, attempt->scan->conference, facts->decide.pass,
		    now->time_ms, record->seq, attempt->scan->staff);
	if (r == 0)
		r = fill_record(attempt, record);
	return r;
}

/* What could not be recorded is as if it had not been looked at. */
static void refer_unrecorded(struct scan_result *result, int failure)
{
	const struct decide_policy policy = {0};
	const struct decide_facts facts = {.journal_failed = true};

	memset(result, 0, sizeof(*result));
	result->failure = failure;
	decide(&facts, &policy, &result->verdict);
	words_verdict(&result->verdict, &facts, &policy, result->words, sizeof(result->words));
}

void scan_text(struct scan *scan, const char *text, size_t len, struct scan_result *ret_result)
{
	struct attempt attempt = {.scan = scan, .text = text, .len = len, .result = ret_result};
	int r;

	memset(ret_result, 0, sizeof(*ret_result));
	r = journal_write(scan->gate, scan_body, &attempt, &ret_result->seq);
	free(attempt.detail);
	if (r != 0)
		refer_unrecorded(ret_result, r);
	else
		ret_result->recorded = true;
}
