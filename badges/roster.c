#include "badges/roster.h"

#include <stdlib.h>
#include <string.h>

#include "badges/bundle_io.h"
#include "badges/entry.h"
#include "badges/text.h"

#define ROSTER_CLASSES_MAX 0xffffffu /* classes 0..23 */

static bool roster_get_flag(struct cbor_reader *in, uint64_t key, bool *ret_flag)
{
	uint64_t value;

	if (!cbor_get_field(in, key, 1, &value))
		return false;
	*ret_flag = value == 1;
	return true;
}

static bool roster_get_u32(struct cbor_reader *in, uint64_t key, uint32_t max, uint32_t *ret_value)
{
	uint64_t value;

	if (!cbor_get_field(in, key, max, &value))
		return false;
	*ret_value = (uint32_t)value;
	return true;
}

/* What both the reader and the builder ask of a conference. */
static bool roster_conference_is_good(const struct roster_conference *c)
{
	return entry_is_event(c->slug.text, c->slug.len) && bundle_is_line(&c->title) &&
	       bundle_is_line(&c->place) && bundle_is_time(c->doors) && bundle_is_time(c->ends) &&
	       c->doors <= c->starts && c->starts < c->ends && c->classes >= 1 &&
	       c->classes <= ROSTER_CLASSES_MAX && (unsigned)c->id_check <= ROSTER_ID_RANDOM &&
	       c->id_share <= 100 && c->amber <= c->red;
}

static bool roster_get_conference(struct cbor_reader *in, struct roster_conference *c)
{
	uint32_t id_check, id_share;

	if (!cbor_get_map(in, 15) || !cbor_get_key(in, 1) || !bundle_get_line(in, &c->slug) ||
	    !cbor_get_key(in, 2) || !bundle_get_line(in, &c->title) || !cbor_get_key(in, 3) ||
	    !bundle_get_line(in, &c->place) || !bundle_get_time(in, 4, &c->doors) ||
	    !bundle_get_time(in, 5, &c->starts) || !bundle_get_time(in, 6, &c->ends) ||
	    !roster_get_u32(in, 7, UINT32_MAX, &c->capacity) ||
	    !roster_get_u32(in, 8, ROSTER_CLASSES_MAX, &c->classes) ||
	    !roster_get_u32(in, 9, ROSTER_ID_RANDOM, &id_check) ||
	    !roster_get_u32(in, 10, 100, &id_share) || !roster_get_flag(in, 11, &c->reentry) ||
	    !roster_get_u32(in, 12, UINT32_MAX, &c->amber) ||
	    !roster_get_u32(in, 13, UINT32_MAX, &c->red) ||
	    !roster_get_flag(in, 14, &c->registration_required) ||
	    !roster_get_flag(in, 15, &c->admit_at_once))
		return false;
	c->id_check = (enum roster_id_check)id_check;
	c->id_share = (uint8_t)id_share;
	return roster_conference_is_good(c);
}

static bool roster_get_row(struct cbor_reader *in, const uint8_t *last, struct roster_row *ret_row)
{
	const uint8_t *id, *photo;
	uint64_t pass_class, status, outlet_number;
	size_t photo_len;

	if (!cbor_get_array(in, 7) || !bundle_get_id(in, last, &id) ||
	    !cbor_get_uint(in, 23, &pass_class) || !bundle_get_line(in, &ret_row->name) ||
	    !bundle_get_line(in, &ret_row->outlet) ||
	    !cbor_get_bytes(in, 0, 32, &photo, &photo_len) || (photo_len != 0 && photo_len != 32) ||
	    !cbor_get_uint(in, ROSTER_STATUS_MAX, &status) || status < 1 ||
	    !cbor_get_uint(in, UINT32_MAX, &outlet_number))
		return false;
	memcpy(ret_row->pass, id, 16);
	ret_row->pass_class = (uint8_t)pass_class;
	ret_row->photo = photo_len == 0 ? NULL : photo;
	ret_row->status = (uint8_t)status;
	ret_row->outlet_number = (uint32_t)outlet_number;
	return true;
}

/* The rows under a key, each looked at. */
static int roster_get_rows(struct cbor_reader *in, uint64_t key, struct roster *roster)
{
	struct roster_row row;
	int r = bundle_get_list(in, key, &roster->row_count);

	if (r != 0)
		return r;
	roster->rows = *in;
	roster->rows_left = roster->row_count;
	for (uint32_t i = 0; i < roster->row_count; i++) {
		if (!roster_get_row(in, i > 0 ? row.pass : NULL, &row))
			return BUNDLE_E_SHAPE;
	}
	return 0;
}

/* No pass may be both put in and taken out. Both lists rise; the roster is a copy. */
static bool roster_is_disjoint(struct roster roster)
{
	struct roster_row row;
	uint8_t removed[16];
	bool has_row = roster_next(&roster, &row);
	bool has_removed = roster_next_removed(&roster, removed);

	while (has_row && has_removed) {
		int order = memcmp(row.pass, removed, 16);

		if (order == 0)
			return false;
		if (order < 0)
			has_row = roster_next(&roster, &row);
		else
			has_removed = roster_next_removed(&roster, removed);
	}
	return true;
}

static int roster_get_payload(struct cbor_reader in, struct roster *roster)
{
	uint64_t key = 5;
	int r;

	if (!roster_get_u32(&in, 4, UINT32_MAX, &roster->conference.number))
		return BUNDLE_E_SHAPE;
	if (roster->is_delta &&
	    (!cbor_get_field(&in, key++, BUNDLE_VERSION_MAX, &roster->from_version) ||
		roster->from_version >= roster->head.version))
		return BUNDLE_E_SHAPE;
	if (!cbor_get_key(&in, key++) || !roster_get_conference(&in, &roster->conference))
		return BUNDLE_E_SHAPE;
	r = roster_get_rows(&in, key++, roster);
	roster->total = roster->row_count;
	if (r == 0 && roster->is_delta) {
		r = bundle_get_removed(&in, key++, &roster->removed, &roster->removed_count);
		roster->removed_left = roster->removed_count;
		if (r == 0 &&
		    (!roster_get_u32(&in, key, BUNDLE_ROWS_MAX, &roster->total) ||
			roster->total < roster->row_count || !roster_is_disjoint(*roster)))
			r = BUNDLE_E_SHAPE;
	}
	if (r == 0 && !cbor_at_end(&in))
		r = BUNDLE_E_SHAPE;
	return r;
}

int roster_open(
    const uint8_t *bytes, size_t len, const struct keyset *keys, struct roster *ret_roster)
{
	struct roster roster = {0};
	struct cbor_reader in;
	int r = bundle_open(bytes, len, BUNDLE_AAD_ROSTER, keys, 6, &in, &roster.head);

	if (r == 0)
		r = roster_get_payload(in, &roster);
	if (r == 0)
		*ret_roster = roster;
	return r;
}

int roster_delta_open(
    const uint8_t *bytes, size_t len, const struct keyset *keys, struct roster *ret_roster)
{
	struct roster roster = {.is_delta = true};
	struct cbor_reader in;
	int r = bundle_open(bytes, len, BUNDLE_AAD_ROSTER_DELTA, keys, 9, &in, &roster.head);

	if (r == 0)
		r = roster_get_payload(in, &roster);
	if (r == 0)
		*ret_roster = roster;
	return r;
}

bool roster_next(struct roster *roster, struct roster_row *ret_row)
{
	if (roster->rows_left == 0)
		return false;
	roster->rows_left--;
	return roster_get_row(&roster->rows, NULL, ret_row);
}

bool roster_next_removed(struct roster *roster, uint8_t ret_pass[static 16])
{
	const uint8_t *id;

	if (roster->removed_left == 0 || !bundle_get_id(&roster->removed, NULL, &id))
		return false;
	roster->removed_left--;
	memcpy(ret_pass, id, 16);
	return true;
}

static void roster_put_conference(struct cbor_writer *out, const struct roster_conference *c)
{
	cbor_put_head(out, CBOR_MAP, 15);
	cbor_put_uint(out, 1);
	cbor_put_text(out, c->slug.text, c->slug.len);
	cbor_put_uint(out, 2);
	cbor_put_text(out, c->title.text, c->title.len);
	cbor_put_uint(out, 3);
	cbor_put_text(out, c->place.text, c->place.len);
	cbor_put_field(out, 4, (uint64_t)c->doors);
	cbor_put_field(out, 5, (uint64_t)c->starts);
	cbor_put_field(out, 6, (uint64_t)c->ends);
	cbor_put_field(out, 7, c->capacity);
	cbor_put_field(out, 8, c->classes);
	cbor_put_field(out, 9, (uint64_t)c->id_check);
	cbor_put_field(out, 10, c->id_share);
	cbor_put_field(out, 11, c->reentry);
	cbor_put_field(out, 12, c->amber);
	cbor_put_field(out, 13, c->red);
	cbor_put_field(out, 14, c->registration_required);
	cbor_put_field(out, 15, c->admit_at_once);
}

static int roster_start(struct roster_builder *builder, const struct bundle_head *head,
    const struct roster_conference *conference, uint64_t from_version)
{
	uint64_t key = 5;
	int r;

	if (!roster_conference_is_good(conference))
		return BUNDLE_E_FIELD;
	r = bundle_put_head(&builder->out, builder->is_delta ? 9 : 6, head);
	if (r != 0)
		return r;
	cbor_put_field(&builder->out, 4, conference->number);
	if (builder->is_delta)
		cbor_put_field(&builder->out, key++, from_version);
	cbor_put_uint(&builder->out, key++);
	roster_put_conference(&builder->out, conference);
	bundle_list_begin(&builder->out, &builder->list, key);
	return 0;
}

int roster_begin(struct roster_builder *builder, const struct bundle_head *head,
    const struct roster_conference *conference)
{
	*builder = (struct roster_builder){0};
	return roster_start(builder, head, conference, 0);
}

int roster_delta_begin(struct roster_builder *builder, const struct bundle_head *head,
    const struct roster_conference *conference, uint64_t from_version, uint32_t total)
{
	*builder = (struct roster_builder){.is_delta = true, .total = total};
	if (from_version >= head->version || total > BUNDLE_ROWS_MAX)
		return BUNDLE_E_FIELD;
	return roster_start(builder, head, conference, from_version);
}

int roster_add(struct roster_builder *builder, const struct roster_row *row)
{
	struct cbor_writer *out = &builder->out;
	int r;

	if (builder->is_removing)
		return BUNDLE_E_ORDER;
	if (row->pass_class > 23 || row->status < 1 || row->status > ROSTER_STATUS_MAX ||
	    !bundle_is_line(&row->name) || !bundle_is_line(&row->outlet))
		return BUNDLE_E_FIELD;
	r = bundle_list_id(&builder->list, row->pass);
	if (r != 0)
		return r;
	cbor_put_head(out, CBOR_ARRAY, 7);
	cbor_put_bytes(out, row->pass, sizeof(row->pass));
	cbor_put_uint(out, row->pass_class);
	cbor_put_text(out, row->name.text, row->name.len);
	cbor_put_text(out, row->outlet.text, row->outlet.len);
	cbor_put_bytes(out, row->photo, row->photo == NULL ? 0 : 32);
	cbor_put_uint(out, row->status);
	cbor_put_uint(out, row->outlet_number);
	return 0;
}

/* Ends the list of rows; in a delta the removed ids follow. */
static void roster_end_rows(struct roster_builder *builder)
{
	bundle_list_end(&builder->out, &builder->list);
	builder->row_count = builder->list.count;
	builder->is_removing = true;
	if (builder->is_delta)
		bundle_list_begin(&builder->out, &builder->list, 8);
}

int roster_remove(struct roster_builder *builder, const uint8_t pass[static 16])
{
	int r;

	if (!builder->is_delta)
		return BUNDLE_E_ORDER;
	if (!builder->is_removing)
		roster_end_rows(builder);
	r = bundle_list_id(&builder->list, pass);
	if (r == 0)
		cbor_put_bytes(&builder->out, pass, 16);
	return r;
}

int roster_finish(struct roster_builder *builder, const struct key_secret *key, uint8_t **ret_bytes,
    size_t *ret_len)
{
	if (!builder->is_removing)
		roster_end_rows(builder);
	if (builder->is_delta) {
		bundle_list_end(&builder->out, &builder->list);
		cbor_put_field(&builder->out, 9, builder->total);
		if (builder->total < builder->row_count)
			return BUNDLE_E_FIELD;
	}
	return bundle_release(&builder->out,
	    builder->is_delta ? BUNDLE_AAD_ROSTER_DELTA : BUNDLE_AAD_ROSTER, key, KEY_USE_BUNDLE,
	    ret_bytes, ret_len);
}

void roster_abandon(struct roster_builder *builder)
{
	cbor_free(&builder->out);
}
