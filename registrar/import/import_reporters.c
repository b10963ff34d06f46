#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "badges/class.h"
#include "registrar/import/import_private.h"
#include "registrar/list.h"
#include "registrar/press/accreditation.h"
#include "registrar/press/outlet.h"
#include "registrar/press/outlet_match.h"
#include "registrar/press/person.h"
#include "registrar/registrar.h"
#include "registrar/zone.h"
#include "web/text.h"

/* How many unknown outlets are looked for by likeness: each costs a walk over the registry. */
enum { MATCHES_LOOKED_FOR = 50 };

struct reporter {
	char email[PERSON_EMAIL_MAX + 1];
	char *name;
	uint8_t class;
	int64_t until, outlet;
};

static bool read_class(struct importing *it, const struct sheet_row *row, uint8_t *ret)
{
	const char *cell = row->cells[REPORTER_CLASS];

	for (unsigned i = 0; i < CLASS_NAMED; i++)
		if (strcasecmp(cell, class_token(i)) == 0 ||
		    strcasecmp(cell, class_words(i)) == 0) {
			*ret = (uint8_t)i;
			return true;
		}
	import_problem(it, row, "class", false,
	    "\"%.40s\" is no class. Write one of reporter, photographer, camera, sound, producer, "
	    "freelance, student, documentary, general.",
	    cell);
	return false;
}

/* The end of that day; the settings' months where none is given. */
static bool read_until(struct importing *it, const struct sheet_row *row, int64_t *ret)
{
	const char *cell = row->cells[REPORTER_UNTIL];
	int year, month, day, end = 0;

	*ret = accreditation_months_later(it->now, it->registrar->settings.accreditation_months);
	if (!*cell)
		return true;
	if (strlen(cell) == 10 && sscanf(cell, "%4d-%2d-%2d%n", &year, &month, &day, &end) == 3 &&
	    end == 10 && zone_seconds(year, month, day, 23, 59, ZONE_SECOND, ret) == 0 &&
	    *ret > it->now && *ret <= accreditation_months_later(it->now, ACCREDITATION_MONTHS_MAX))
		return true;
	import_problem(it, row, "until", false,
	    "It is a day to come, within %d months, as 2027-03-31. Write it so, or leave it empty.",
	    ACCREDITATION_MONTHS_MAX);
	return false;
}

static int suggest(struct store_tx *tx, struct importing *it, const struct sheet_row *row)
{
	const char *cell = row->cells[REPORTER_OUTLET];
	struct outlet_match *matches = NULL;
	size_t n = 0;
	int result = 0;

	if (it->report.bad < MATCHES_LOOKED_FOR)
		result = outlet_matches(tx, cell, "", &matches, &n);
	if (!result && n)
		import_problem(it, row, "outlet", false,
		    "\"%.60s\" is not in the registry. Is it \"%.80s\"? %s Write it so, or add "
		    "the outlet first.",
		    cell, matches[0].outlet.name, outlet_reason_words(matches[0].reason));
	else if (!result)
		import_problem(it, row, "outlet", false,
		    "\"%.60s\" is not in the registry. Import or add the outlet first.", cell);
	free(matches);
	return result;
}

static int find_outlet(
    struct store_tx *tx, struct importing *it, const struct sheet_row *row, int64_t *ret)
{
	struct outlet *outlet = malloc(sizeof(*outlet));
	char *name =
	    import_text(it, row, "outlet", row->cells[REPORTER_OUTLET], TEXT_NAME_MAX, true);
	int result = 0;

	if (!outlet) {
		result = STORE_NO_MEMORY;
	} else if (name) {
		result = outlet_by_name(tx, name, outlet);
		if (result == 0)
			*ret = outlet->id;
		else if (result == STORE_NOT_FOUND)
			result = suggest(tx, it, row);
	}
	free(name);
	free(outlet);
	return result;
}

/* Where a key stands in the table by hash, or where it has its place: there is a place for each row
 * of the file. */
static char **place_of(struct importing *it, const char *key)
{
	uint64_t hash = UINT64_C(14695981039346656037);
	size_t at;

	for (const char *c = key; *c; c++)
		hash = (hash ^ (uint8_t)*c) * UINT64_C(1099511628211);
	at = (size_t)(hash % it->sheet.n);
	while (it->keys[at] && strcmp(it->keys[at], key) != 0)
		at = (at + 1) % it->sheet.n;
	return &it->keys[at];
}

/* Whether an earlier row is about the same person and outlet. */
static int stands_twice(
    struct importing *it, const struct sheet_row *row, const struct reporter *r, bool *ret_twice)
{
	char key[PERSON_EMAIL_MAX + 32];
	char **place;

	snprintf(key, sizeof(key), "%lld %s", (long long)r->outlet, r->email);
	place = place_of(it, key);
	*ret_twice = *place != NULL;
	if (*place) {
		import_problem(it, row, "email", false,
		    "This address stands in an earlier row with the same outlet. Take one of them "
		    "out.");
		return 0;
	}
	*place = list_text(key);
	return *place ? 0 : STORE_NO_MEMORY;
}

static int grant(
    struct store_tx *tx, struct importing *it, const struct reporter *r, enum import_row *ret_row)
{
	struct accreditation wish = {.outlet_id = r->outlet,
	    .class = r->class,
	    .valid_from = it->now,
	    .valid_until = r->until};
	struct accreditation_list held = {NULL, 0};
	int64_t id;
	int result = person_put(tx, r->email, r->name, it->now, &wish.person_id);

	if (!result)
		result = accreditation_of_person(tx, wish.person_id, &held);
	*ret_row = IMPORT_ROW_MADE;
	for (size_t i = 0; !result && i < held.n; i++) {
		const struct accreditation *a = &held.items[i];

		if (a->outlet_id != r->outlet || strcmp(a->state, "active") != 0)
			continue;
		/* One that stands for as long or longer is never shortened by a file. */
		*ret_row = a->class == r->class && a->valid_until >= r->until ? IMPORT_ROW_SAME
									      : IMPORT_ROW_CHANGED;
		if (a->valid_until > wish.valid_until)
			wish.valid_until = a->valid_until;
		wish.application_id = a->application_id;
		break;
	}
	accreditation_list_free(&held);
	if (!result && *ret_row != IMPORT_ROW_SAME)
		result = accreditation_grant(tx, &wish, &id);
	return result;
}

int import_reporter(struct store_tx *tx, struct importing *it, const struct sheet_row *row,
    enum import_row *ret_row)
{
	struct reporter r = {.outlet = 0};
	bool good = read_class(it, row, &r.class), twice = false;
	int result;

	good = read_until(it, row, &r.until) && good;
	if (person_email_key(row->cells[REPORTER_EMAIL], r.email)) {
		import_problem(it, row, "email", false,
		    "It is no e-mail address, such as name@outlet.example. Correct it.");
		good = false;
	}
	r.name = import_text(it, row, "name", row->cells[REPORTER_NAME], TEXT_NAME_MAX, true);
	result = find_outlet(tx, it, row, &r.outlet);
	good = good && r.name && r.outlet;
	*ret_row = IMPORT_ROW_BAD;
	if (!result && good)
		result = stands_twice(it, row, &r, &twice);
	if (!result && good && !twice)
		result = grant(tx, it, &r, ret_row);
	free(r.name);
	return result;
}
