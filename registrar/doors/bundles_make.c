#include "registrar/doors/bundles_make.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "badges/keyset.h"
#include "badges/revoked.h"
#include "badges/staff.h"
#include "badges/text.h"
#include "registrar/doors/bundles.h"
#include "registrar/doors/door_stop.h"
#include "registrar/keys/details.h"
#include "schema/registrar_db.h"

/* A pass key is of no use to a gate once its conference is over; the others stay for what they
 * signed while they were valid. */
#define KEY_AFTER_END (30 * 86400)

static int from_bundle(int error)
{
	if (error == 0)
		return 0;
	return error == BUNDLE_E_MEMORY ? BUNDLES_MEMORY : BUNDLES_DATA;
}

static uint64_t column_u64(struct store_rows *rows, unsigned column)
{
	return (uint64_t)store_get_i64(rows, column);
}

static uint32_t column_u32(struct store_rows *rows, unsigned column)
{
	return (uint32_t)store_get_i64(rows, column);
}

/* A text that no object may carry travels as an empty one: one person's odd name must not keep
 * everybody's roster from the doors. */
static struct bundle_text column_line(struct store_rows *rows, unsigned column)
{
	struct bundle_text text = bundle_text(store_get_text(rows, column));

	if (text.len > BUNDLE_LINE_MAX || !text_is_plain(text.text, text.len))
		return bundle_text("");
	return text;
}

int bundles_make_conference(struct store_tx *tx, uint32_t number, int64_t now,
    struct roster_conference *ret_conference, uint64_t *ret_version, struct store_rows **ret_rows)
{
	struct store_rows *rows = NULL;
	int r = store_one(tx, REGISTRAR_Q_BUNDLE_CONFERENCE,
	    STORE_ARGS(store_i64(number), store_i64(now - BUNDLES_AFTER_END)), &rows);

	if (r == STORE_NOT_FOUND)
		return BUNDLES_NO_CONFERENCE;
	if (r != STORE_ROW)
		return r;
	*ret_conference = (struct roster_conference){
	    .number = number,
	    .slug = bundle_text(store_get_text(rows, 0)),
	    .title = column_line(rows, 1),
	    .place = column_line(rows, 2),
	    .doors = store_get_i64(rows, 3),
	    .starts = store_get_i64(rows, 4),
	    .ends = store_get_i64(rows, 5),
	    .capacity = column_u32(rows, 6),
	    .classes = column_u32(rows, 7),
	    .id_check = (enum roster_id_check)store_get_i64(rows, 8),
	    .id_share = (uint8_t)store_get_i64(rows, 9),
	    .reentry = store_get_i64(rows, 10) != 0,
	    .amber = column_u32(rows, 11),
	    .red = column_u32(rows, 12),
	    .registration_required = store_get_i64(rows, 13) != 0,
	    .admit_at_once = store_get_i64(rows, 14) != 0,
	};
	*ret_version = column_u64(rows, 15);
	*ret_rows = rows;
	return STORE_ROW;
}

static uint8_t status_of(const char *pass_state, const char *state)
{
	static const struct {
		const char *word;
		uint8_t status;
	} table[] = {
	    {"confirmed", ROSTER_CONFIRMED},
	    {"cancelled", ROSTER_CANCELLED},
	    {"waitlisted", ROSTER_WAITLISTED},
	    {"requested", ROSTER_REQUESTED},
	    {"declined", ROSTER_DECLINED},
	};

	if (strcmp(pass_state, "active") != 0)
		return ROSTER_CANCELLED;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (strcmp(state, table[i].word) == 0)
			return table[i].status;
	return ROSTER_DECLINED;
}

static int add_rows(
    struct roster_builder *builder, struct store_tx *tx, uint32_t conference, int64_t from)
{
	struct store_rows *rows = NULL;
	uint8_t photo[32];
	int r = store_query(tx, REGISTRAR_Q_BUNDLE_ROSTER_ROWS,
	    STORE_ARGS(store_i64(conference), store_i64(from)), &rows);

	while (r == 0 && (r = store_next(rows)) == STORE_ROW) {
		struct roster_row row = {
		    .pass_class = (uint8_t)store_get_i64(rows, 3),
		    .status = status_of(store_get_text(rows, 1), store_get_text(rows, 2)),
		    .name = column_line(rows, 4),
		    .outlet = column_line(rows, 5),
		    .outlet_number = column_u32(rows, 7),
		};

		r = store_get_fixed(rows, 0, row.pass, sizeof(row.pass));
		if (r == 0 && !store_is_null(rows, 6)) {
			r = store_get_fixed(rows, 6, photo, sizeof(photo));
			row.photo = photo;
		}
		if (r == 0)
			r = from_bundle(roster_add(builder, &row));
	}
	store_done(rows);
	return r;
}

int bundles_make_roster(struct registrar *registrar, struct store_tx *tx,
    const struct bundle_head *head, const struct roster_conference *conference, uint64_t from,
    uint32_t total, struct bundles_block *ret)
{
	const struct key_secret *key = keyring_signer(registrar->keyring, KEY_USE_BUNDLE);
	struct roster_builder builder = {0};
	int r;

	if (key == NULL)
		return BUNDLES_NO_KEY;
	r = from == 0 ? roster_begin(&builder, head, conference)
		      : roster_delta_begin(&builder, head, conference, from, total);
	r = from_bundle(r);
	if (r == 0)
		r = add_rows(&builder, tx, conference->number, from == 0 ? -1 : (int64_t)from);
	if (r == 0)
		r = from_bundle(roster_finish(&builder, key, &ret->bytes, &ret->len));
	roster_abandon(&builder);
	return r;
}

static int add_revocations(
    struct revoked_builder *builder, struct store_tx *tx, int64_t from, int64_t now)
{
	struct store_rows *rows = NULL;
	uint8_t pass[16];
	int r = store_query(
	    tx, REGISTRAR_Q_BUNDLE_REVOCATIONS, STORE_ARGS(store_i64(from), store_i64(now)), &rows);

	while (r == 0 && (r = store_next(rows)) == STORE_ROW) {
		r = store_get_fixed(rows, 0, pass, sizeof(pass));
		if (r == 0)
			r = from_bundle(
			    revoked_add(builder, pass, (uint8_t)store_get_i64(rows, 1)));
	}
	store_done(rows);
	return r;
}

/* What was taken back after the version. */
static int add_gone(struct revoked_builder *builder, struct store_tx *tx, int64_t from)
{
	struct store_rows *rows = NULL;
	uint8_t pass[16];
	int r = store_query(
	    tx, REGISTRAR_Q_BUNDLE_REVOCATIONS_GONE, STORE_ARGS(store_i64(from)), &rows);

	while (r == 0 && (r = store_next(rows)) == STORE_ROW) {
		r = store_get_fixed(rows, 0, pass, sizeof(pass));
		if (r == 0)
			r = from_bundle(revoked_remove(builder, pass));
	}
	store_done(rows);
	return r;
}

static int add_restriction(struct revoked_builder *builder, struct store_rows *rows)
{
	uint8_t pass[16];
	int64_t from = store_get_i64(rows, 6);
	struct revoked_restriction restriction = {
	    .id = column_u32(rows, 0),
	    .scope = (enum revoked_scope)store_get_i64(rows, 1),
	    .conference = column_u32(rows, 2),
	    .pass_class = (uint8_t)store_get_i64(rows, 3),
	    .outlet = column_line(rows, 4),
	    /* A door whose clock was in 1970 stopped at a time that no list can have. */
	    .from = from < BUNDLE_TIME_MIN ? BUNDLE_TIME_MIN : from,
	    .until = store_get_i64(rows, 7),
	    .words = column_line(rows, 8),
	    .outlet_number = column_u32(rows, 9),
	    .origin = bundle_text(store_get_text(rows, 10)),
	};

	if (!store_is_null(rows, 5)) {
		int r = store_get_fixed(rows, 5, pass, sizeof(pass));

		if (r != 0)
			return r;
		restriction.pass = pass;
	}
	return from_bundle(revoked_restrict(builder, &restriction));
}

static int add_restrictions(struct revoked_builder *builder, struct store_tx *tx, int64_t now)
{
	struct store_rows *rows = NULL;
	int r = store_query(tx, REGISTRAR_Q_BUNDLE_RESTRICTIONS,
	    STORE_ARGS(store_i64(now), store_i64(now - DOOR_STOP_TRAVELS)), &rows);

	while (r == 0 && (r = store_next(rows)) == STORE_ROW)
		r = add_restriction(builder, rows);
	store_done(rows);
	return r;
}

int bundles_make_revoked(struct registrar *registrar, struct store_tx *tx,
    const struct bundle_head *head, uint64_t from, uint32_t total, struct bundles_block *ret)
{
	const struct key_secret *key = keyring_signer(registrar->keyring, KEY_USE_BUNDLE);
	struct revoked_builder builder = {0};
	int r;

	if (key == NULL)
		return BUNDLES_NO_KEY;
	r = from == 0 ? revoked_begin(&builder, head)
		      : revoked_delta_begin(&builder, head, from, total);
	r = from_bundle(r);
	if (r == 0)
		r = add_revocations(&builder, tx, from == 0 ? -1 : (int64_t)from, head->issued);
	if (r == 0 && from != 0)
		r = add_gone(&builder, tx, (int64_t)from);
	if (r == 0)
		r = add_restrictions(&builder, tx, head->issued);
	if (r == 0)
		r = from_bundle(revoked_finish(&builder, key, &ret->bytes, &ret->len));
	revoked_abandon(&builder);
	return r;
}

int bundles_make_staff(struct registrar *registrar, struct store_tx *tx,
    const struct bundle_head *head, struct bundles_block *ret)
{
	const struct key_secret *key = keyring_signer(registrar->keyring, KEY_USE_BUNDLE);
	struct staff_officer *officers = calloc(STAFF_MAX, sizeof(*officers));
	uint8_t details[STAFF_DETAILS_KEY];
	struct store_rows *rows = NULL;
	size_t n = 0;
	int r;

	if (key == NULL || officers == NULL || details_public(registrar, details) != 0) {
		r = officers == NULL ? BUNDLES_MEMORY : BUNDLES_NO_KEY;
		free(officers);
		return r;
	}
	r = store_query(
	    tx, REGISTRAR_Q_BUNDLE_OFFICERS, STORE_ARGS(store_i64(head->issued)), &rows);
	while (r == 0 && n < STAFF_MAX && (r = store_next(rows)) == STORE_ROW) {
		struct staff_officer *officer = &officers[n++];

		(void)snprintf(officer->name, sizeof(officer->name), "%s", store_get_text(rows, 0));
		officer->role = strcmp(store_get_text(rows, 1), "supervisor") == 0
				    ? STAFF_SUPERVISOR
				    : STAFF_SECURITY;
		r = store_get_fixed(rows, 2, officer->salt, sizeof(officer->salt));
		if (r == 0)
			r = store_get_fixed(rows, 3, officer->public, sizeof(officer->public));
	}
	store_done(rows);
	if (r == 0)
		r = from_bundle(
		    staff_build(head, details, officers, n, key, &ret->bytes, &ret->len));
	free(officers);
	return r;
}

static enum keyset_state key_state(const char *word)
{
	return strcmp(word, "active") == 0    ? KEYSET_ACTIVE
	       : strcmp(word, "retired") == 0 ? KEYSET_RETIRED
					      : KEYSET_REVOKED;
}

/* Room for the largest object; calloc'd memory that is not used costs nothing. */
struct keys_room {
	struct keyset_key keys[KEYSET_KEYS_MAX];
	uint32_t conferences[KEYSET_KEYS_MAX];
	struct keyset_device devices[KEYSET_KEYS_MAX];
};

static int read_keys(struct store_tx *tx, int64_t now, struct keys_room *room, size_t *ret_n)
{
	struct store_rows *rows = NULL;
	size_t n = 0;
	int r = store_query(
	    tx, REGISTRAR_Q_BUNDLE_KEYS, STORE_ARGS(store_i64(now - KEY_AFTER_END)), &rows);

	while (r == 0 && (r = store_next(rows)) == STORE_ROW) {
		struct keyset_key *key = &room->keys[n];

		if (n == KEYSET_KEYS_MAX) {
			r = BUNDLES_DATA;
			break;
		}
		r = key_use_find(store_get_text(rows, 0), &key->use) == 0 ? 0 : BUNDLES_DATA;
		if (r == 0)
			r = store_get_fixed(rows, 1, key->public, sizeof(key->public));
		if (!store_is_null(rows, 2)) {
			room->conferences[n] = column_u32(rows, 2);
			key->conferences = &room->conferences[n];
			key->conference_count = 1;
		}
		key->from = store_get_i64(rows, 3);
		key->until = store_get_i64(rows, 4);
		key->state = key_state(store_get_text(rows, 5));
		n++;
	}
	store_done(rows);
	*ret_n = n;
	return r;
}

static int read_devices(struct store_tx *tx, struct keys_room *room, size_t *ret_n)
{
	struct store_rows *rows = NULL;
	size_t n = 0;
	int r = store_query(tx, REGISTRAR_Q_BUNDLE_DEVICES, STORE_NO_ARGS, &rows);

	while (r == 0 && (r = store_next(rows)) == STORE_ROW) {
		struct keyset_device *device = &room->devices[n];

		if (n == KEYSET_KEYS_MAX) {
			r = BUNDLES_DATA;
			break;
		}
		(void)snprintf(device->name, sizeof(device->name), "%s", store_get_text(rows, 0));
		r = store_get_fixed(rows, 1, device->public, sizeof(device->public));
		device->has_pin = !store_is_null(rows, 3);
		if (r == 0 && device->has_pin)
			r = store_get_fixed(rows, 3, device->pin, sizeof(device->pin));
		device->state = strcmp(store_get_text(rows, 2), "enrolled") == 0 ? KEYSET_ACTIVE
										 : KEYSET_REVOKED;
		n++;
	}
	store_done(rows);
	*ret_n = n;
	return r;
}

int bundles_make_keys(struct registrar *registrar, struct store_tx *tx,
    const struct bundle_head *head, struct bundles_block *ret)
{
	const struct key_secret *root = keyring_signer(registrar->keyring, KEY_USE_ROOT);
	struct keys_room *room = calloc(1, sizeof(*room));
	struct keyset set = {.head = *head};
	int r = root == NULL ? BUNDLES_NO_KEY : room == NULL ? BUNDLES_MEMORY : 0;

	(void)snprintf(set.site, sizeof(set.site), "%s", registrar->settings.site);
	if (r == 0)
		r = read_keys(tx, head->issued, room, &set.key_count);
	if (r == 0)
		r = read_devices(tx, room, &set.device_count);
	if (r == 0) {
		set.keys = room->keys;
		set.devices = room->devices;
		r = from_bundle(keyset_build(&set, root, &ret->bytes, &ret->len));
	}
	free(room);
	return r;
}
