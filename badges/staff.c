#include "badges/staff.h"

#include <string.h>

#include "badges/bundle_io.h"

static bool staff_is_name(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (!(text[i] >= 'a' && text[i] <= 'z') && !(text[i] >= '0' && text[i] <= '9'))
			return false;
	}
	return len > 0 && len <= STAFF_NAME_MAX;
}

static bool staff_get_officer(struct cbor_reader *in, struct staff_officer *ret_officer)
{
	const uint8_t *salt, *public;
	const char *name;
	size_t name_len, len;
	uint64_t role;

	if (!cbor_get_array(in, 4) || !cbor_get_text(in, 1, STAFF_NAME_MAX, &name, &name_len) ||
	    !staff_is_name(name, name_len) || !cbor_get_uint(in, STAFF_SUPERVISOR, &role) ||
	    role < STAFF_SECURITY || !cbor_get_bytes(in, OFFICER_SALT, OFFICER_SALT, &salt, &len) ||
	    !cbor_get_bytes(in, OFFICER_PUBLIC, OFFICER_PUBLIC, &public, &len))
		return false;
	*ret_officer = (struct staff_officer){.role = (enum staff_role)role};
	memcpy(ret_officer->name, name, name_len);
	memcpy(ret_officer->salt, salt, OFFICER_SALT);
	memcpy(ret_officer->public, public, OFFICER_PUBLIC);
	return true;
}

int staff_open(const uint8_t *bytes, size_t len, const struct keyset *keys, struct staff *ret_staff)
{
	char last[STAFF_NAME_MAX + 1] = "";
	struct staff_officer officer;
	struct staff staff = {0};
	const uint8_t *details_key;
	struct cbor_reader in;
	size_t key_len;
	int r = bundle_open(bytes, len, BUNDLE_AAD_STAFF, keys, 5, &in, &staff.head);

	if (r == 0)
		r = bundle_get_list(&in, 4, &staff.count);
	if (r != 0)
		return r;
	if (staff.count > STAFF_MAX)
		return BUNDLE_E_LIMIT;
	staff.rows = in;
	staff.left = staff.count;
	for (uint32_t i = 0; i < staff.count; i++) {
		/* No name is empty, so the first is above `last`. */
		if (!staff_get_officer(&in, &officer) || strcmp(officer.name, last) <= 0 ||
		    !officer_is_public(officer.public))
			return BUNDLE_E_SHAPE;
		memcpy(last, officer.name, sizeof(last));
	}
	if (!cbor_get_key(&in, 5) ||
	    !cbor_get_bytes(&in, STAFF_DETAILS_KEY, STAFF_DETAILS_KEY, &details_key, &key_len) ||
	    !officer_is_public(details_key) || !cbor_at_end(&in))
		return BUNDLE_E_SHAPE;
	memcpy(staff.details_key, details_key, key_len);
	*ret_staff = staff;
	return 0;
}

bool staff_next(struct staff *staff, struct staff_officer *ret_officer)
{
	if (staff->left == 0)
		return false;
	staff->left--;
	return staff_get_officer(&staff->rows, ret_officer);
}

static int staff_put(struct cbor_writer *out, const struct staff_officer *officer)
{
	size_t name_len = strnlen(officer->name, sizeof(officer->name));

	if (!staff_is_name(officer->name, name_len) || officer->role < STAFF_SECURITY ||
	    officer->role > STAFF_SUPERVISOR || !officer_is_public(officer->public))
		return BUNDLE_E_FIELD;
	cbor_put_head(out, CBOR_ARRAY, 4);
	cbor_put_text(out, officer->name, name_len);
	cbor_put_uint(out, (uint64_t)officer->role);
	cbor_put_bytes(out, officer->salt, OFFICER_SALT);
	cbor_put_bytes(out, officer->public, OFFICER_PUBLIC);
	return 0;
}

int staff_build(const struct bundle_head *head, const uint8_t details_key[static STAFF_DETAILS_KEY],
    const struct staff_officer *officers, size_t count, const struct key_secret *key,
    uint8_t **ret_bytes, size_t *ret_len)
{
	struct cbor_writer out = {0};
	int r;

	if (count > STAFF_MAX)
		return BUNDLE_E_LIMIT;
	if (!officer_is_public(details_key))
		return BUNDLE_E_FIELD;
	r = bundle_put_head(&out, 5, head);
	cbor_put_uint(&out, 4);
	cbor_put_head(&out, CBOR_ARRAY, count);
	for (size_t i = 0; r == 0 && i < count; i++) {
		r = staff_put(&out, &officers[i]);
		if (r == 0 && i > 0 && strcmp(officers[i - 1].name, officers[i].name) >= 0)
			r = BUNDLE_E_ORDER;
	}
	cbor_put_uint(&out, 5);
	cbor_put_bytes(&out, details_key, STAFF_DETAILS_KEY);
	if (r == 0)
		r = bundle_release(&out, BUNDLE_AAD_STAFF, key, KEY_USE_BUNDLE, ret_bytes, ret_len);
	cbor_free(&out);
	return r;
}
