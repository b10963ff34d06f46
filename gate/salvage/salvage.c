/* Reads: what of a damaged store looks like the journal. */
#include "gate/salvage/salvage.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "gate/door/presence.h"
#include "gate/salvage/salvage_private.h"
#include "schema/carve.h"

enum { CAP_FIRST = 256 };

void *salvage_grow(void *items, size_t *cap, size_t n, size_t size)
{
	size_t more = *cap == 0 ? CAP_FIRST : *cap * 2;
	void *grown;

	if (n < *cap)
		return items;
	grown = reallocarray(items, more, size);
	if (grown != NULL)
		*cap = more;
	return grown;
}

static char *copy_text(const struct store_value *value)
{
	char *copy = malloc(value->len + 1);

	if (copy != NULL) {
		memcpy(copy, value->bytes, value->len);
		copy[value->len] = '\0';
	}
	return copy;
}

/* gcc 12 takes what is put into a list that was grown for lost. */
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif

static int add_entry(struct salvage *salvage, const struct store_value *values)
{
	const struct store_value *text = &values[2];
	struct salvage_entry found = {.epoch = (uint64_t)values[0].integer,
	    .seq = (uint64_t)values[1].integer,
	    .order = salvage->n_entries,
	    .len = text->len};
	struct salvage_entry *grown;
	struct entry entry;

	if (text->len > ENTRY_MAX || entry_parse(text->bytes, text->len, &entry) != 0 ||
	    entry.seq != found.seq)
		return 0;
	grown = salvage_grow(
	    salvage->entries, &salvage->cap_entries, salvage->n_entries, sizeof(found));
	if (grown == NULL)
		return STORE_NO_MEMORY;
	salvage->entries = grown;
	found.text = copy_text(text);
	if (found.text == NULL)
		return STORE_NO_MEMORY;
	salvage->entries[salvage->n_entries++] = found;
	return 0;
}

/* The first entry of an epoch says how the one before it ended. */
static int add_previous(struct salvage *salvage, const char *detail)
{
	const char *previous = NULL;
	json_t *json;
	int r = 0;

	if (strncmp(detail, "{\"previous\":", 12) != 0)
		return 0;
	json = json_loads(detail, JSON_REJECT_DUPLICATES, NULL);
	if (json_unpack(json, "{s:s}", "previous", &previous) == 0)
		r = salvage_add_head(salvage, previous, strlen(previous), NULL, 0);
	json_decref(json);
	return r;
}

/* Room for one more detail, made before its text: what fails leaves nothing to free. */
static int room_for_detail(struct salvage *salvage)
{
	struct salvage_detail *grown = salvage_grow(
	    salvage->details, &salvage->cap_details, salvage->n_details, sizeof(*grown));

	if (grown == NULL)
		return STORE_NO_MEMORY;
	salvage->details = grown;
	return 0;
}

static int add_detail(struct salvage *salvage, const struct store_value *values)
{
	struct salvage_detail found = {
	    .epoch = (uint64_t)values[0].integer, .seq = (uint64_t)values[1].integer};

	if (values[2].len != COMMIT_SALT || values[3].len > JOURNAL_DETAIL_MAX ||
	    (values[3].len > 0 && memchr(values[3].bytes, '\0', values[3].len) != NULL))
		return 0;
	memcpy(found.salt, values[2].bytes, COMMIT_SALT);
	if (room_for_detail(salvage) != 0)
		return STORE_NO_MEMORY;
	found.text = copy_text(&values[3]);
	if (found.text == NULL)
		return STORE_NO_MEMORY;
	salvage->details[salvage->n_details++] = found;
	return add_previous(salvage, found.text);
}

static int add_sealed(struct salvage *salvage, const struct store_value *values)
{
	struct salvage_detail found = {.epoch = (uint64_t)values[0].integer,
	    .seq = (uint64_t)values[1].integer,
	    .sealed_len = values[4].len};

	if (found.sealed_len < COMMIT_SALT + VAULT_DETAIL_OVERHEAD ||
	    found.sealed_len > COMMIT_SALT + JOURNAL_DETAIL_MAX + VAULT_DETAIL_OVERHEAD)
		return 0;
	if (room_for_detail(salvage) != 0)
		return STORE_NO_MEMORY;
	found.sealed = malloc(found.sealed_len);
	if (found.sealed == NULL)
		return STORE_NO_MEMORY;
	memcpy(found.sealed, values[4].bytes, found.sealed_len);
	salvage->details[salvage->n_details++] = found;
	return 0;
}

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

static bool take_text(char *to, size_t size, const struct store_value *value)
{
	if (value->len >= size)
		return false;
	memcpy(to, value->bytes, value->len);
	to[value->len] = '\0';
	return true;
}

static int add_move(struct salvage *salvage, const struct store_value *values)
{
	struct salvage_move found = {.conference = (uint32_t)values[0].integer,
	    .time_ms = values[2].integer,
	    .epoch = (uint64_t)values[4].integer,
	    .seq = (uint64_t)values[5].integer,
	    .kind = (int)values[6].integer,
	    .voided = values[7].integer != 0};
	struct salvage_move *grown;

	if (values[1].len != sizeof(found.pass) || values[0].integer <= 0 ||
	    values[0].integer > UINT32_MAX || found.kind < PRESENCE_IN ||
	    found.kind > PRESENCE_OVERRIDE ||
	    !take_text(found.device, sizeof(found.device), &values[3]) ||
	    !take_text(found.staff, sizeof(found.staff), &values[8]))
		return 0;
	memcpy(found.pass, values[1].bytes, sizeof(found.pass));
	grown = salvage_grow(salvage->moves, &salvage->cap_moves, salvage->n_moves, sizeof(found));
	if (grown == NULL)
		return STORE_NO_MEMORY;
	salvage->moves = grown;
	salvage->moves[salvage->n_moves++] = found;
	return 0;
}

static bool is(const struct store_value *value, enum store_type type)
{
	return value->type == type;
}

/* conference, pass, time_ms, device, epoch, seq, kind, voided, staff */
static bool is_move(const struct store_value *values, size_t n)
{
	static const enum store_type types[] = {STORE_INT, STORE_BLOB, STORE_INT, STORE_TEXT,
	    STORE_INT, STORE_INT, STORE_INT, STORE_INT, STORE_TEXT};

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (n != sizeof(types) / sizeof(types[0]) || !is(&values[i], types[i]))
			return false;
	return true;
}

/* By shape: movement, entry (epoch, seq, text), detail (epoch, seq, salt, detail, sealed: either
 * two or one), anchor (epoch, size, tree, checkpoint), log (its rowid, origin, size, tree,
 * checkpoint, ...). */
static int look(void *context, int64_t rowid, const struct store_value *values, size_t n)
{
	struct salvage *salvage = context;
	bool keyed = n >= 3 && is(&values[0], STORE_INT) && is(&values[1], STORE_INT);

	(void)rowid;
	if (n == 3 && keyed && is(&values[2], STORE_BLOB))
		return add_entry(salvage, values);
	if (n == 4 && keyed && is(&values[2], STORE_BLOB) && is(&values[3], STORE_TEXT))
		return salvage_add_head(
		    salvage, values[3].bytes, values[3].len, values[2].bytes, values[2].len);
	if (n == 5 && is(&values[0], STORE_INT) && is(&values[1], STORE_INT)) {
		if (is(&values[2], STORE_BLOB) && is(&values[3], STORE_TEXT))
			return add_detail(salvage, values);
		if (is(&values[2], STORE_NULL) && is(&values[4], STORE_BLOB))
			return add_sealed(salvage, values);
	}
	if (is_move(values, n))
		return add_move(salvage, values);
	if (n >= 6 && is(&values[1], STORE_TEXT) && is(&values[3], STORE_BLOB) &&
	    is(&values[4], STORE_TEXT))
		return salvage_add_head(
		    salvage, values[4].bytes, values[4].len, values[3].bytes, values[3].len);
	return 0;
}

int salvage_read(const char *path, const struct gate_identity *identity,
    const struct key_secret *journal_key, const char *mark, struct salvage **ret_salvage)
{
	struct salvage *salvage = calloc(1, sizeof(*salvage));
	int r;

	if (salvage == NULL)
		return STORE_NO_MEMORY;
	salvage->identity = identity;
	salvage->public_key = journal_key->public;
	r = carve_file(path, look, salvage);
	if (r == STORE_NOT_FOUND)
		r = 0;
	if (r == 0 && mark[0] != '\0')
		r = salvage_add_head(salvage, mark, strlen(mark), NULL, 0);
	if (r == 0)
		r = salvage_prove(salvage);
	if (r == 0)
		*ret_salvage = salvage;
	else
		salvage_free(salvage);
	return r;
}

void salvage_free(struct salvage *salvage)
{
	if (salvage == NULL)
		return;
	for (size_t i = 0; i < salvage->n_entries; i++)
		free(salvage->entries[i].text);
	for (size_t i = 0; i < salvage->n_details; i++) {
		free(salvage->details[i].text);
		free(salvage->details[i].sealed);
	}
	for (size_t i = 0; i < salvage->n_heads; i++) {
		free(salvage->heads[i].text);
		free(salvage->heads[i].tree);
	}
	free(salvage->entries);
	free(salvage->details);
	free(salvage->heads);
	free(salvage->moves);
	free(salvage->logs);
	free(salvage);
}
