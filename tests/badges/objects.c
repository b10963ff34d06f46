#include "tests/badges/objects.h"

#include <stdlib.h>
#include <string.h>

const char *const object_names[OBJECT_KINDS] = {
    [OBJECT_KEYS] = "keys",
    [OBJECT_ROSTER] = "roster",
    [OBJECT_ROSTER_DELTA] = "roster-delta",
    [OBJECT_REVOKED] = "revoked",
    [OBJECT_REVOKED_DELTA] = "revoked-delta",
    [OBJECT_STAFF] = "staff",
};

struct bundle_head object_head(uint64_t version)
{
	return (struct bundle_head){
	    .version = version, .issued = FIXTURE_NOW, .not_after = FIXTURE_TO};
}

struct roster_conference object_conference(void)
{
	return (struct roster_conference){
	    .number = 7,
	    .slug = bundle_text("river-safety"),
	    .title = bundle_text("River safety: été 2026"),
	    .place = bundle_text("Media Gallery"),
	    .doors = FIXTURE_NOW,
	    .starts = FIXTURE_NOW + 1800,
	    .ends = FIXTURE_NOW + 5400,
	    .capacity = 80,
	    .classes = 0x1ff,
	    .id_check = ROSTER_ID_RANDOM,
	    .id_share = 20,
	    .reentry = true,
	    .amber = 600,
	    .red = 3600,
	    .registration_required = true,
	    .admit_at_once = false,
	};
}

struct roster_row object_row(uint8_t id)
{
	static const uint8_t photo[32] = {0xab, 0xcd};
	struct roster_row row = {
	    .pass_class = 1,
	    .status = ROSTER_CONFIRMED,
	    .name = bundle_text("Zoë Example"),
	    .outlet = bundle_text("Radio Example"),
	    .photo = id % 2 ? photo : NULL,
	    .outlet_number = 31,
	};

	row.pass[15] = id;
	return row;
}

static int object_roster(const struct key_secret *key, uint8_t **ret_bytes, size_t *ret_len)
{
	const struct roster_conference conference = object_conference();
	const struct bundle_head head = object_head(5);
	struct roster_builder builder;
	int r = roster_begin(&builder, &head, &conference);

	for (uint8_t id = 1; r == 0 && id <= 3; id++) {
		struct roster_row row = object_row(id);

		r = roster_add(&builder, &row);
	}
	if (r == 0)
		r = roster_finish(&builder, key, ret_bytes, ret_len);
	roster_abandon(&builder);
	return r;
}

static int object_roster_delta(const struct key_secret *key, uint8_t **ret_bytes, size_t *ret_len)
{
	const struct roster_conference conference = object_conference();
	const struct bundle_head head = object_head(6);
	const struct roster_row row = object_row(4);
	static const uint8_t first[16] = {[15] = 1}, second[16] = {[15] = 9};
	struct roster_builder builder;
	int r = roster_delta_begin(&builder, &head, &conference, 5, 3);

	if (r == 0)
		r = roster_add(&builder, &row);
	if (r == 0)
		r = roster_remove(&builder, first);
	if (r == 0)
		r = roster_remove(&builder, second);
	if (r == 0)
		r = roster_finish(&builder, key, ret_bytes, ret_len);
	roster_abandon(&builder);
	return r;
}

static int object_restrict(struct revoked_builder *builder)
{
	static const uint8_t pass[16] = {1, 2, 3};
	const struct revoked_restriction rows[] = {
	    {.id = 1,
		.scope = REVOKED_SCOPE_BUILDING,
		.from = FIXTURE_NOW,
		.words = bundle_text("The building is closed."),
		.origin = bundle_text("north-door/1788000000/41")},
	    {.id = 2,
		.scope = REVOKED_SCOPE_CONFERENCE,
		.conference = 7,
		.from = FIXTURE_NOW,
		.until = FIXTURE_TO},
	    {.id = 5, .scope = REVOKED_SCOPE_CLASS, .pass_class = 8, .from = FIXTURE_NOW},
	    {.id = 6,
		.scope = REVOKED_SCOPE_OUTLET,
		.outlet = bundle_text("Radio Example"),
		.outlet_number = 31,
		.from = FIXTURE_NOW},
	    {.id = 900, .scope = REVOKED_SCOPE_PASS, .pass = pass, .from = FIXTURE_NOW},
	};
	int r = 0;

	for (size_t i = 0; r == 0 && i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct revoked_restriction row = rows[i];

		if (row.outlet.text == NULL)
			row.outlet = bundle_text("");
		if (row.words.text == NULL)
			row.words = bundle_text("");
		r = revoked_restrict(builder, &row);
	}
	return r;
}

static int object_revoked(
    bool is_delta, const struct key_secret *key, uint8_t **ret_bytes, size_t *ret_len)
{
	static const uint8_t gone[16] = {[15] = 2};
	const struct bundle_head head = object_head(12);
	struct revoked_builder builder;
	int r = is_delta ? revoked_delta_begin(&builder, &head, 11, 40)
			 : revoked_begin(&builder, &head);

	for (uint8_t i = 1; r == 0 && i <= 5; i += 2) {
		uint8_t id[16] = {[15] = i};

		r = revoked_add(&builder, id, i);
	}
	if (r == 0 && is_delta)
		r = revoked_remove(&builder, gone);
	if (r == 0)
		r = object_restrict(&builder);
	if (r == 0)
		r = revoked_finish(&builder, key, ret_bytes, ret_len);
	revoked_abandon(&builder);
	return r;
}

static int object_staff(const struct key_secret *key, uint8_t **ret_bytes, size_t *ret_len)
{
	static const struct staff_officer officers[] = {
	    {"officer1", STAFF_SECURITY, {1}, {9}},
	    {"sergeant2", STAFF_SUPERVISOR, {2}, {10}},
	};
	static const uint8_t details_key[STAFF_DETAILS_KEY] = {11};
	const struct bundle_head head = object_head(2);

	return staff_build(&head, details_key, officers, 2, key, ret_bytes, ret_len);
}

static int object_keys(const struct key_secret *key, uint8_t **ret_bytes, size_t *ret_len)
{
	struct fixture f;
	int r;

	fixture_make(&f);
	r = keyset_build(f.keys, key, ret_bytes, ret_len);
	fixture_free(&f);
	return r;
}

int object_build(
    enum object_kind kind, const struct key_secret *key, uint8_t **ret_bytes, size_t *ret_len)
{
	switch (kind) {
	case OBJECT_KEYS:
		return object_keys(key, ret_bytes, ret_len);
	case OBJECT_ROSTER:
		return object_roster(key, ret_bytes, ret_len);
	case OBJECT_ROSTER_DELTA:
		return object_roster_delta(key, ret_bytes, ret_len);
	case OBJECT_REVOKED:
	case OBJECT_REVOKED_DELTA:
		return object_revoked(kind == OBJECT_REVOKED_DELTA, key, ret_bytes, ret_len);
	case OBJECT_STAFF:
		return object_staff(key, ret_bytes, ret_len);
	case OBJECT_KINDS:
	default:
		abort();
	}
}

/* Walks must yield exactly what the head promised. */
static void object_need(bool good)
{
	if (!good)
		abort();
}

static void object_walk_roster(struct roster *roster)
{
	struct roster_row row;
	uint8_t id[16];
	uint32_t rows = 0, removed = 0;

	while (roster_next(roster, &row))
		rows++;
	while (roster_next_removed(roster, id))
		removed++;
	object_need(rows == roster->row_count && removed == roster->removed_count);
}

static void object_walk_revoked(struct revoked *revoked)
{
	struct revoked_restriction restriction;
	uint32_t rows = 0, removed = 0, restrictions = 0;
	uint8_t id[16], reason_class;

	while (revoked_next(revoked, id, &reason_class)) {
		object_need(revoked_find(revoked, id) == reason_class);
		rows++;
	}
	while (revoked_next_removed(revoked, id)) {
		object_need(revoked_find(revoked, id) == 0);
		removed++;
	}
	while (revoked_next_restriction(revoked, &restriction))
		restrictions++;
	object_need(rows == revoked->row_count && removed == revoked->removed_count &&
		    restrictions == revoked->restriction_count);
}

static int object_open_roster(
    bool is_delta, const uint8_t *bytes, size_t len, const struct fixture *f)
{
	struct roster roster;
	int r = is_delta ? roster_delta_open(bytes, len, f->keys, &roster)
			 : roster_open(bytes, len, f->keys, &roster);

	if (r == 0)
		object_walk_roster(&roster);
	return r;
}

static int object_open_revoked(
    bool is_delta, const uint8_t *bytes, size_t len, const struct fixture *f)
{
	struct revoked revoked;
	int r = is_delta ? revoked_delta_open(bytes, len, f->keys, &revoked)
			 : revoked_open(bytes, len, f->keys, &revoked);

	if (r == 0)
		object_walk_revoked(&revoked);
	return r;
}

static int object_open_staff(const uint8_t *bytes, size_t len, const struct fixture *f)
{
	struct staff_officer officer;
	struct staff staff;
	uint32_t count = 0;
	int r = staff_open(bytes, len, f->keys, &staff);

	if (r != 0)
		return r;
	while (staff_next(&staff, &officer))
		count++;
	object_need(count == staff.count);
	return 0;
}

int object_open(enum object_kind kind, const uint8_t *bytes, size_t len, const struct fixture *f)
{
	struct keyset *keys = NULL;
	int r;

	switch (kind) {
	case OBJECT_KEYS:
		r = keyset_open(bytes, len, f->root->public, FIXTURE_NOW, &keys);
		keyset_free(keys);
		return r;
	case OBJECT_ROSTER:
	case OBJECT_ROSTER_DELTA:
		return object_open_roster(kind == OBJECT_ROSTER_DELTA, bytes, len, f);
	case OBJECT_REVOKED:
	case OBJECT_REVOKED_DELTA:
		return object_open_revoked(kind == OBJECT_REVOKED_DELTA, bytes, len, f);
	case OBJECT_STAFF:
		return object_open_staff(bytes, len, f);
	case OBJECT_KINDS:
	default:
		abort();
	}
}
