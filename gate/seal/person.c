#include "gate/seal/person.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "badges/bytes.h"
#include "badges/code.h"
#include "schema/gate_db.h"

static_assert(sizeof(((struct person *)NULL)->name) == CONFERENCE_TEXT_MAX + 1, "room for a text");

static struct vault_place place_of(uint32_t conference, const uint8_t pass[static 16])
{
	return (struct vault_place){
	    .table = "roster", .number = conference, .id = pass, .id_len = 16};
}

static size_t put_text(uint8_t *at, const char *text)
{
	size_t len = strlen(text);

	bytes_put_u16(at, (uint16_t)len);
	/* Its length leads. NOLINTNEXTLINE(bugprone-not-null-terminated-result) */
	memcpy(at + 2, text, len);
	return 2 + len;
}

/* Name, outlet, and 0 or 1 and the photo's hash; padded. Returns the length, 0: a text too long. */
static size_t pack(const struct person *person, uint8_t ret_plain[static PERSON_PLAIN_MAX])
{
	size_t len = 0, padded;

	len += put_text(ret_plain + len, person->name);
	len += put_text(ret_plain + len, person->outlet);
	ret_plain[len++] = person->has_photo ? 1 : 0;
	if (person->has_photo) {
		memcpy(ret_plain + len, person->photo, sizeof(person->photo));
		len += sizeof(person->photo);
	}
	return sodium_pad(&padded, ret_plain, len, PERSON_BLOCK, PERSON_PLAIN_MAX) == 0 ? padded
											: 0;
}

static size_t get_text(const uint8_t *at, size_t left, char ret[static CONFERENCE_TEXT_MAX + 1])
{
	size_t len = left < 2 ? SIZE_MAX : bytes_get_u16(at);

	if (len > CONFERENCE_TEXT_MAX || len > left - 2)
		return 0;
	memcpy(ret, at + 2, len);
	ret[len] = '\0';
	return 2 + len;
}

static int unpack(const uint8_t *plain, size_t padded, struct person *person)
{
	size_t len, name, outlet;

	if (padded == 0 || sodium_unpad(&len, plain, padded, PERSON_BLOCK) != 0)
		return VAULT_BAD;
	name = get_text(plain, len, person->name);
	outlet = name == 0 ? 0 : get_text(plain + name, len - name, person->outlet);
	if (outlet == 0 || len < name + outlet + 1)
		return VAULT_BAD;
	plain += name + outlet;
	len -= name + outlet;
	person->has_photo = plain[0] == 1;
	if (len != (person->has_photo ? 1 + sizeof(person->photo) : 1))
		return VAULT_BAD;
	if (person->has_photo)
		memcpy(person->photo, plain + 1, sizeof(person->photo));
	return 0;
}

int person_put(
    struct gate *gate, struct store_tx *tx, uint32_t conference, const struct person *person)
{
	const struct vault_place place = place_of(conference, person->pass);
	uint8_t plain[PERSON_PLAIN_MAX], blob[PERSON_BLOB_MAX];
	size_t len = pack(person, plain);
	char code[CODE_TEXT_LEN + 1];
	int64_t seal = 0;
	int r = len == 0 ? STORE_MISUSE : vault_seal(gate, tx, &place, plain, len, &seal, blob);

	sodium_memzero(plain, sizeof(plain));
	if (r != 0)
		return r;
	code_of_pass(person->pass, code);
	memmove(code + 4, code + 5, 5); /* kept without the dash */
	return store_exec(tx, GATE_Q_LISTS_ROSTER_PUT,
	    STORE_ARGS(store_i64(conference), store_blob(person->pass, sizeof(person->pass)),
		store_i64(person->pass_class), store_i64(person->outlet_number),
		store_i64(person->status), store_text(code), store_i64(seal),
		store_blob(blob, len + VAULT_OVERHEAD)),
	    NULL);
}

/* A row of roster_find or roster_all. */
static int read_row(struct gate *gate, struct store_tx *tx, uint32_t conference,
    struct store_rows *rows, struct person *person)
{
	uint8_t plain[PERSON_PLAIN_MAX];
	struct vault_place place;
	const void *blob;
	size_t len;
	int r;

	*person = (struct person){
	    .pass_class = (uint8_t)store_get_i64(rows, 1),
	    .outlet_number = (uint32_t)store_get_i64(rows, 2),
	    .status = (uint8_t)store_get_i64(rows, 3),
	    .sealed = true,
	};
	r = store_get_fixed(rows, 0, person->pass, sizeof(person->pass));
	if (r != 0)
		return r;
	place = place_of(conference, person->pass);
	blob = store_get_blob(rows, 5, &len);
	if (len < VAULT_OVERHEAD || len > sizeof(plain) + VAULT_OVERHEAD)
		return VAULT_BAD;
	r = vault_unseal(gate, tx, &place, store_get_i64(rows, 4), blob, len, plain);
	if (r == 0) {
		r = unpack(plain, len - VAULT_OVERHEAD, person);
		person->sealed = r != 0;
		sodium_memzero(plain, sizeof(plain));
	}
	return r == VAULT_LOCKED ? 0 : r;
}

int person_find(struct gate *gate, struct store_tx *tx, uint32_t conference,
    const uint8_t pass[static 16], struct person *ret_person)
{
	struct store_rows *rows = NULL;
	int r = store_one(
	    tx, GATE_Q_ROSTER_FIND, STORE_ARGS(store_i64(conference), store_blob(pass, 16)), &rows);

	if (r != STORE_ROW)
		return r;
	r = read_row(gate, tx, conference, rows, ret_person);
	store_done(rows);
	return r == 0 ? STORE_ROW : r;
}

int person_each(
    struct gate *gate, struct store_tx *tx, uint32_t conference, person_take *take, void *context)
{
	struct store_rows *rows = NULL;
	struct person person;
	int r = store_query(tx, GATE_Q_ROSTER_ALL, STORE_ARGS(store_i64(conference)), &rows);

	while (r == 0 && (r = store_next(rows)) == STORE_ROW) {
		r = read_row(gate, tx, conference, rows, &person);
		if (r == 0 && (!person.sealed || !vault_is_open(gate)))
			r = take(context, &person);
		else if (r == VAULT_BAD)
			r = 0;
	}
	store_done(rows);
	sodium_memzero(&person, sizeof(person));
	return r;
}
