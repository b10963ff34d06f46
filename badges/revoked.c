#include "badges/revoked.h"

#include <string.h>

#include "badges/bundle_io.h"
#include "badges/bytes.h"
#include "badges/decimal.h"
#include "badges/text.h"

/* Revocations: each row is 82 50 <pass id 16> <reason class>. */
static int revoked_get_rows(struct cbor_reader *in, uint64_t key, struct revoked *revoked)
{
	const uint8_t *id = NULL;
	uint64_t reason_class;
	int r = bundle_get_list(in, key, &revoked->row_count);

	if (r != 0)
		return r;
	revoked->rows = *in;
	revoked->rows_at = in->at;
	revoked->rows_left = revoked->row_count;
	for (uint32_t i = 0; i < revoked->row_count; i++) {
		if (!cbor_get_array(in, 2) || !bundle_get_id(in, id, &id) ||
		    !cbor_get_uint(in, REVOKED_CLASS_MAX, &reason_class) || reason_class < 1)
			return BUNDLE_E_SHAPE;
	}
	return 0;
}

/* The number in front of a slash or the end, and how long it is. */
static bool revoked_get_number(const char *text, size_t len, size_t *ret_used)
{
	const char *slash = memchr(text, '/', len);
	size_t used = slash == NULL ? len : (size_t)(slash - text);
	uint64_t number;

	*ret_used = used;
	return decimal_read(text, used, &number);
}

bool revoked_is_origin(const char *text, size_t len)
{
	const char *slash = len > 0 && len <= REVOKED_ORIGIN_MAX ? memchr(text, '/', len) : NULL;
	size_t at = slash == NULL ? 0 : (size_t)(slash - text), used;

	if (slash == NULL || !text_is_name(text, at, BUNDLE_NAME_MAX) ||
	    !revoked_get_number(text + at + 1, len - at - 1, &used))
		return false;
	at += 1 + used;
	return at < len && revoked_get_number(text + at + 1, len - at - 1, &used) &&
	       at + 1 + used == len;
}

/* What both the reader and the builder ask of a restriction: fields outside its scope are empty. */
static bool revoked_restriction_is_good(const struct revoked_restriction *restriction)
{
	enum revoked_scope scope = restriction->scope;

	if (scope < REVOKED_SCOPE_BUILDING || scope > REVOKED_SCOPE_PASS ||
	    (scope == REVOKED_SCOPE_BUILDING && restriction->conference != 0) ||
	    (scope == REVOKED_SCOPE_CONFERENCE && restriction->conference == 0))
		return false;
	if (restriction->pass_class > (scope == REVOKED_SCOPE_CLASS ? 23 : 0) ||
	    (restriction->outlet_number != 0) != (scope == REVOKED_SCOPE_OUTLET) ||
	    (restriction->outlet.len > 0 && scope != REVOKED_SCOPE_OUTLET) ||
	    (restriction->pass != NULL) != (scope == REVOKED_SCOPE_PASS))
		return false;
	if (restriction->origin.len > 0 &&
	    !revoked_is_origin(restriction->origin.text, restriction->origin.len))
		return false;
	return bundle_is_line(&restriction->outlet) && bundle_is_line(&restriction->words) &&
	       bundle_is_time(restriction->from) &&
	       (restriction->until == 0 ||
		   (bundle_is_time(restriction->until) && restriction->until > restriction->from));
}

static bool revoked_get_restriction(struct cbor_reader *in, struct revoked_restriction *ret)
{
	uint64_t id, scope, conference, pass_class, until, outlet_number;
	const uint8_t *pass;
	size_t pass_len;

	if (!cbor_get_map(in, 11) || !cbor_get_field(in, 1, UINT32_MAX, &id) ||
	    !cbor_get_field(in, 2, REVOKED_SCOPE_PASS, &scope) ||
	    !cbor_get_field(in, 3, UINT32_MAX, &conference) ||
	    !cbor_get_field(in, 4, 23, &pass_class) || !cbor_get_key(in, 5) ||
	    !bundle_get_line(in, &ret->outlet) || !cbor_get_key(in, 6) ||
	    !cbor_get_bytes(in, 0, 16, &pass, &pass_len) || (pass_len != 0 && pass_len != 16) ||
	    !bundle_get_time(in, 7, &ret->from) ||
	    !cbor_get_field(in, 8, BUNDLE_TIME_MAX, &until) || !cbor_get_key(in, 9) ||
	    !bundle_get_line(in, &ret->words) ||
	    !cbor_get_field(in, 10, UINT32_MAX, &outlet_number) || !cbor_get_key(in, 11) ||
	    !cbor_get_text(in, 0, REVOKED_ORIGIN_MAX, &ret->origin.text, &ret->origin.len))
		return false;
	ret->id = (uint32_t)id;
	ret->scope = (enum revoked_scope)scope;
	ret->conference = (uint32_t)conference;
	ret->pass_class = (uint8_t)pass_class;
	ret->pass = pass_len == 0 ? NULL : pass;
	ret->until = (int64_t)until;
	ret->outlet_number = (uint32_t)outlet_number;
	return revoked_restriction_is_good(ret);
}

static int revoked_get_restrictions(struct cbor_reader *in, uint64_t key, struct revoked *revoked)
{
	struct revoked_restriction restriction;
	uint32_t last = 0;
	int r = bundle_get_list(in, key, &revoked->restriction_count);

	if (r != 0)
		return r;
	revoked->restrictions = *in;
	revoked->restrictions_left = revoked->restriction_count;
	for (uint32_t i = 0; i < revoked->restriction_count; i++) {
		if (!revoked_get_restriction(in, &restriction) || (i > 0 && restriction.id <= last))
			return BUNDLE_E_SHAPE;
		last = restriction.id;
	}
	return 0;
}

/* No pass may be both put in and taken out; the object is a copy. */
static bool revoked_is_disjoint(struct revoked revoked)
{
	uint8_t removed[16];

	while (revoked_next_removed(&revoked, removed)) {
		if (revoked_find(&revoked, removed) != 0)
			return false;
	}
	return true;
}

static int revoked_get_payload(struct cbor_reader in, struct revoked *revoked)
{
	uint64_t key = 4, total;
	int r;

	if (revoked->is_delta &&
	    (!cbor_get_field(&in, key++, BUNDLE_VERSION_MAX, &revoked->from_version) ||
		revoked->from_version >= revoked->head.version))
		return BUNDLE_E_SHAPE;
	r = revoked_get_rows(&in, key++, revoked);
	revoked->total = revoked->row_count;
	if (r == 0 && revoked->is_delta) {
		r = bundle_get_removed(&in, key++, &revoked->removed, &revoked->removed_count);
		revoked->removed_left = revoked->removed_count;
		if (r == 0 && !revoked_is_disjoint(*revoked))
			r = BUNDLE_E_SHAPE;
	}
	if (r == 0)
		r = revoked_get_restrictions(&in, key++, revoked);
	if (r == 0 && revoked->is_delta) {
		if (!cbor_get_field(&in, key, BUNDLE_ROWS_MAX, &total) ||
		    total < revoked->row_count)
			return BUNDLE_E_SHAPE;
		revoked->total = (uint32_t)total;
	}
	if (r == 0 && !cbor_at_end(&in))
		r = BUNDLE_E_SHAPE;
	return r;
}

int revoked_open(
    const uint8_t *bytes, size_t len, const struct keyset *keys, struct revoked *ret_revoked)
{
	struct revoked revoked = {0};
	struct cbor_reader in;
	int r = bundle_open(bytes, len, BUNDLE_AAD_REVOKED, keys, 5, &in, &revoked.head);

	if (r == 0)
		r = revoked_get_payload(in, &revoked);
	if (r == 0)
		*ret_revoked = revoked;
	return r;
}

int revoked_delta_open(
    const uint8_t *bytes, size_t len, const struct keyset *keys, struct revoked *ret_revoked)
{
	struct revoked revoked = {.is_delta = true};
	struct cbor_reader in;
	int r = bundle_open(bytes, len, BUNDLE_AAD_REVOKED_DELTA, keys, 8, &in, &revoked.head);

	if (r == 0)
		r = revoked_get_payload(in, &revoked);
	if (r == 0)
		*ret_revoked = revoked;
	return r;
}

bool revoked_next(struct revoked *revoked, uint8_t ret_pass[static 16], uint8_t *ret_class)
{
	const uint8_t *id;
	uint64_t reason_class;

	if (revoked->rows_left == 0 || !cbor_get_array(&revoked->rows, 2) ||
	    !bundle_get_id(&revoked->rows, NULL, &id) ||
	    !cbor_get_uint(&revoked->rows, REVOKED_CLASS_MAX, &reason_class))
		return false;
	revoked->rows_left--;
	memcpy(ret_pass, id, 16);
	*ret_class = (uint8_t)reason_class;
	return true;
}

bool revoked_next_removed(struct revoked *revoked, uint8_t ret_pass[static 16])
{
	const uint8_t *id;

	if (revoked->removed_left == 0 || !bundle_get_id(&revoked->removed, NULL, &id))
		return false;
	revoked->removed_left--;
	memcpy(ret_pass, id, 16);
	return true;
}

bool revoked_next_restriction(struct revoked *revoked, struct revoked_restriction *ret)
{
	if (revoked->restrictions_left == 0)
		return false;
	revoked->restrictions_left--;
	return revoked_get_restriction(&revoked->restrictions, ret);
}

uint8_t revoked_find(const struct revoked *revoked, const uint8_t pass[static 16])
{
	size_t low = 0, high = revoked->row_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const uint8_t *row = revoked->rows_at + middle * REVOKED_ROW_SIZE;
		int order = memcmp(pass, row + 2, 16);

		if (order == 0)
			return row[REVOKED_ROW_SIZE - 1];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return 0;
}

int revoked_begin(struct revoked_builder *builder, const struct bundle_head *head)
{
	int r;

	*builder = (struct revoked_builder){.key = 4};
	r = bundle_put_head(&builder->out, 5, head);
	if (r == 0)
		bundle_list_begin(&builder->out, &builder->list, builder->key);
	return r;
}

int revoked_delta_begin(struct revoked_builder *builder, const struct bundle_head *head,
    uint64_t from_version, uint32_t total)
{
	int r;

	*builder = (struct revoked_builder){.key = 5, .is_delta = true, .total = total};
	if (from_version >= head->version || total > BUNDLE_ROWS_MAX)
		return BUNDLE_E_FIELD;
	r = bundle_put_head(&builder->out, 8, head);
	if (r == 0) {
		cbor_put_field(&builder->out, 4, from_version);
		bundle_list_begin(&builder->out, &builder->list, builder->key);
	}
	return r;
}

/* Ends lists until the one under that key is open. Returns BUNDLE_E_ORDER when it has ended. */
static int revoked_to_list(struct revoked_builder *builder, uint64_t key)
{
	if (builder->key > key)
		return BUNDLE_E_ORDER;
	while (builder->key < key) {
		bundle_list_end(&builder->out, &builder->list);
		if (builder->key == (builder->is_delta ? 5 : 4))
			builder->row_count = builder->list.count;
		bundle_list_begin(&builder->out, &builder->list, ++builder->key);
	}
	return 0;
}

int revoked_add(
    struct revoked_builder *builder, const uint8_t pass[static 16], uint8_t reason_class)
{
	int r = revoked_to_list(builder, builder->is_delta ? 5 : 4);

	if (r == 0 && (reason_class < 1 || reason_class > REVOKED_CLASS_MAX))
		r = BUNDLE_E_FIELD;
	if (r == 0)
		r = bundle_list_id(&builder->list, pass);
	if (r != 0)
		return r;
	cbor_put_head(&builder->out, CBOR_ARRAY, 2);
	cbor_put_bytes(&builder->out, pass, 16);
	cbor_put_uint(&builder->out, reason_class);
	return 0;
}

int revoked_remove(struct revoked_builder *builder, const uint8_t pass[static 16])
{
	int r = builder->is_delta ? revoked_to_list(builder, 6) : BUNDLE_E_ORDER;

	if (r == 0)
		r = bundle_list_id(&builder->list, pass);
	if (r == 0)
		cbor_put_bytes(&builder->out, pass, 16);
	return r;
}

int revoked_restrict(struct revoked_builder *builder, const struct revoked_restriction *restriction)
{
	struct cbor_writer *out = &builder->out;
	uint8_t id[16] = {0};
	int r;

	if (!revoked_restriction_is_good(restriction))
		return BUNDLE_E_FIELD;
	r = revoked_to_list(builder, builder->is_delta ? 7 : 5);
	if (r != 0)
		return r;
	bytes_put_u32(id, restriction->id);
	r = bundle_list_id(&builder->list, id);
	if (r != 0)
		return r;
	cbor_put_head(out, CBOR_MAP, 11);
	cbor_put_field(out, 1, restriction->id);
	cbor_put_field(out, 2, (uint64_t)restriction->scope);
	cbor_put_field(out, 3, restriction->conference);
	cbor_put_field(out, 4, restriction->pass_class);
	cbor_put_uint(out, 5);
	cbor_put_text(out, restriction->outlet.text, restriction->outlet.len);
	cbor_put_uint(out, 6);
	cbor_put_bytes(out, restriction->pass, restriction->pass == NULL ? 0 : 16);
	cbor_put_field(out, 7, (uint64_t)restriction->from);
	cbor_put_field(out, 8, (uint64_t)restriction->until);
	cbor_put_uint(out, 9);
	cbor_put_text(out, restriction->words.text, restriction->words.len);
	cbor_put_field(out, 10, restriction->outlet_number);
	cbor_put_uint(out, 11);
	cbor_put_text(out, restriction->origin.len == 0 ? "" : restriction->origin.text,
	    restriction->origin.len);
	return 0;
}

int revoked_finish(struct revoked_builder *builder, const struct key_secret *key,
    uint8_t **ret_bytes, size_t *ret_len)
{
	int r = revoked_to_list(builder, builder->is_delta ? 7 : 5);

	if (r != 0)
		return r;
	bundle_list_end(&builder->out, &builder->list);
	if (builder->is_delta) {
		cbor_put_field(&builder->out, 8, builder->total);
		if (builder->total < builder->row_count)
			return BUNDLE_E_FIELD;
	}
	return bundle_release(&builder->out,
	    builder->is_delta ? BUNDLE_AAD_REVOKED_DELTA : BUNDLE_AAD_REVOKED, key, KEY_USE_BUNDLE,
	    ret_bytes, ret_len);
}

void revoked_abandon(struct revoked_builder *builder)
{
	cbor_free(&builder->out);
}
