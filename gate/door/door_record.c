#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "badges/bytes.h"
#include "badges/text.h"
#include "gate/door/door_private.h"

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
static bool add_text(json_t *json, const struct door_look *look)
{
	const char *key;
	json_t *text;

	if (look->facts.decide.has_pass || look->by_pick || look->state == DOOR_NOTHING)
		return true;
	text = text_as_json(look->text, look->len, &key);
	if (json_object_set_new(json, key, text) != 0)
		return false;
	return look->len <= PASS_TEXT_MAX ||
	       json_object_set_new(json, "length", json_integer((json_int_t)look->len)) == 0;
}

static bool add(json_t *json, const char *key, const char *text)
{
	if (text == NULL || text[0] == '\0')
		return true;
	return json_object_set_new(json, key, json_string(text)) == 0;
}

/* An officer's own words stand where the machine's would. */
static char *make_detail(const struct door_step *step, const struct door_says *says, bool all)
{
	const struct door_look *look = step->look;
	const char *name =
	    step->person != NULL && step->person[0] != '\0' ? step->person : look->facts.name;
	char *detail = NULL;
	json_t *json = json_pack("{s:s}", "verdict", says->verdict);
	bool good = json != NULL && add(json, "name", name) && add_text(json, look) &&
		    add(json, "officer", step->who->officer);

	if (good && step->until != 0)
		good = json_object_set_new(json, "until", json_integer(step->until)) == 0;
	if (good && all)
		good = add(json, "outlet", look->facts.outlet);
	if (good && (all || step->words != NULL))
		good = add(json, "words", step->words != NULL ? step->words : look->words);
	if (good)
		detail = json_dumps(json, JSON_COMPACT);
	json_decref(json);
	return detail;
}

void door_draw(struct door_step *step)
{
	step->drawn = true;
	randombytes_buf(step->drawn_pass, sizeof(step->drawn_pass));
}

void door_drawn(struct door_step *step)
{
	struct decide_facts *decide = &step->look->facts.decide;

	if (!step->drawn)
		return;
	decide->has_pass = true;
	memcpy(decide->pass, step->drawn_pass, sizeof(decide->pass));
}

int door_record(struct door_step *step, const struct door_says *says, struct journal_record *record)
{
	const struct facts *facts = &step->look->facts;

	record->decision = says->decision;
	snprintf(record->reason, sizeof(record->reason), "%s", says->reason);
	memcpy(record->event, step->door->slug, sizeof(step->door->slug));
	snprintf(record->staff, sizeof(record->staff), "%s", step->who->staff);
	record->has_pass = facts->decide.has_pass || step->drawn;
	memcpy(record->pass, step->drawn ? step->drawn_pass : facts->decide.pass,
	    sizeof(record->pass));
	record->rev = facts->revision;
	step->detail = make_detail(step, says, true);
	/* Names of the greatest length with the longest words: the words can be had again. */
	if (step->detail != NULL && strlen(step->detail) > JOURNAL_DETAIL_MAX) {
		free(step->detail);
		step->detail = make_detail(step, says, false);
	}
	if (step->detail == NULL)
		return STORE_NO_MEMORY;
	record->detail = step->detail;
	record->detail_len = strlen(step->detail);
	return 0;
}
