#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "registrar/import/import_private.h"
#include "registrar/list.h"
#include "registrar/press/outlet.h"
#include "web/text.h"

/* ---- one row ---- */

struct texts {
	char *name, *site, *address;
	bool local, local_given;
};

static bool read_local(
    struct importing *it, const struct sheet_row *row, const char *cell, struct texts *to)
{
	to->local_given = *cell != '\0';
	to->local = strcasecmp(cell, "yes") == 0;
	if (!*cell || to->local || strcasecmp(cell, "no") == 0)
		return true;
	import_problem(it, row, "local", false, "It is yes or no. Write one of them.");
	return false;
}

/* Carries out something for each of a row's aliases: looks whether it may be one, or adds it. */
typedef int alias_act(struct store_tx *tx, struct importing *it, const struct sheet_row *row,
    int64_t id, const char *name, bool *ret_bad);

static int each_alias(struct store_tx *tx, struct importing *it, const struct sheet_row *row,
    int64_t id, alias_act *act, bool *ret_bad)
{
	char *list = list_text(row->cells[OUTLETS_ALIASES]), *rest = NULL, *name;
	int result = list ? 0 : STORE_NO_MEMORY;

	for (char *one = list ? strtok_r(list, ";", &rest) : NULL; one && !result;
	     one = strtok_r(NULL, ";", &rest)) {
		if (strspn(one, " ") == strlen(one))
			continue;
		name = import_text(it, row, "aliases", one, TEXT_NAME_MAX, true);
		if (name)
			result = act(tx, it, row, id, name, ret_bad);
		else
			*ret_bad = true;
		free(name);
	}
	free(list);
	return result;
}

/* id 0: the row's outlet is new. */
static int look_at_alias(struct store_tx *tx, struct importing *it, const struct sheet_row *row,
    int64_t id, const char *name, bool *ret_bad)
{
	struct outlet *held = malloc(sizeof(*held));
	int result = held ? outlet_by_name(tx, name, held) : STORE_NO_MEMORY;

	if (result == 0 && held->id != id) {
		import_problem(it, row, "aliases", false,
		    "\"%.80s\" is a name of another outlet. Take it out.", name);
		*ret_bad = true;
	}
	free(held);
	return result == STORE_NOT_FOUND ? 0 : result;
}

static int add_alias(struct store_tx *tx, struct importing *it, const struct sheet_row *row,
    int64_t id, const char *name, bool *ret_bad)
{
	(void)row;
	(void)ret_bad;
	return outlet_alias(tx, id, name, it->wish->staff, it->now);
}

/* Whether the registry says already what the row says, but for its aliases. */
static bool is_same(const struct outlet *held, const struct texts *t)
{
	return (!t->local_given || held->local == t->local) &&
	       (!*t->site || strcmp(held->site, t->site) == 0) &&
	       (!*t->address || strcmp(held->address, t->address) == 0);
}

static bool has_alias(struct store_tx *tx, int64_t id, const char *cell)
{
	char *list = strdup(cell), *rest = NULL;
	struct outlet *held = malloc(sizeof(*held));
	bool all = list && held;

	for (char *one = all ? strtok_r(list, ";", &rest) : NULL; one && all;
	     one = strtok_r(NULL, ";", &rest)) {
		one += strspn(one, " ");
		all = !*one || (outlet_by_name(tx, one, held) == 0 && held->id == id);
	}
	free(list);
	free(held);
	return all;
}

static int put(struct store_tx *tx, struct importing *it, const struct sheet_row *row,
    const struct texts *t, enum import_row *ret_row)
{
	struct outlet *held = malloc(sizeof(*held));
	bool bad = false;
	int64_t id = 0;
	int result = held ? outlet_by_name(tx, t->name, held) : STORE_NO_MEMORY;

	if (result == 0) {
		id = held->id;
		*ret_row = is_same(held, t) && has_alias(tx, id, row->cells[OUTLETS_ALIASES])
			       ? IMPORT_ROW_SAME
			       : IMPORT_ROW_CHANGED;
	} else if (result == STORE_NOT_FOUND) {
		*ret_row = IMPORT_ROW_MADE;
		result = 0;
	}
	free(held);
	/* First all that can be wrong, so that a row that is left out leaves nothing. */
	if (!result && *ret_row != IMPORT_ROW_SAME)
		result = each_alias(tx, it, row, id, look_at_alias, &bad);
	if (bad)
		*ret_row = IMPORT_ROW_BAD;
	if (result || bad || *ret_row == IMPORT_ROW_SAME)
		return result;
	if (!id)
		result = outlet_put(tx, t->name, t->local, it->now, &id);
	if (!result && t->local_given)
		result = outlet_set_local(tx, id, t->local);
	if (!result)
		result = outlet_set_details(tx, id, t->site, t->address);
	return result ? result : each_alias(tx, it, row, id, add_alias, &bad);
}

int import_outlet(struct store_tx *tx, struct importing *it, const struct sheet_row *row,
    enum import_row *ret_row)
{
	struct texts t = {NULL, NULL, NULL, false, false};
	bool good = read_local(it, row, row->cells[OUTLETS_LOCAL], &t);
	int result = 0;

	t.name = import_text(it, row, "name", row->cells[OUTLETS_NAME], TEXT_NAME_MAX, true);
	t.site = import_text(it, row, "site", row->cells[OUTLETS_SITE], 500, false);
	t.address = import_text(it, row, "address", row->cells[OUTLETS_ADDRESS], 500, false);
	*ret_row = IMPORT_ROW_BAD;
	if (good && t.name && t.site && t.address)
		result = put(tx, it, row, &t, ret_row);
	free(t.name);
	free(t.site);
	free(t.address);
	return result;
}

/* ---- look-alikes ---- */

/*
 * Two names are almost the same where one letter left out of each leaves the same: a set of all
 * such shortened keys finds them without comparing each with each.
 */
struct shortened {
	uint64_t hash;
	size_t name; /* index */
};

struct name {
	char *key, *words;
	const struct sheet_row *row; /* NULL: of the registry */
};

struct looking {
	struct name *names;
	struct shortened *all;
	size_t n, room, n_all, room_all;
};

static uint64_t hash_but(const char *key, size_t len, size_t but)
{
	uint64_t hash = UINT64_C(14695981039346656037);

	for (size_t i = 0; i < len; i++)
		if (i != but)
			hash = (hash ^ (uint8_t)key[i]) * UINT64_C(1099511628211);
	return hash;
}

enum { LEAST_LETTERS = 5 };

static int add_name(struct looking *l, const char *words, const struct sheet_row *row)
{
	struct name *names = list_grow(l->names, l->n, &l->room, sizeof(*names));
	struct shortened *all;
	struct name one = {NULL, NULL, row};
	size_t len;

	if (!names)
		return STORE_NO_MEMORY;
	l->names = names;
	if (outlet_key(words, &one.key))
		return STORE_NO_MEMORY;
	one.words = list_text(words);
	names[l->n++] = one;
	len = strlen(one.key);
	if (len > 100)
		len = 100;
	for (size_t but = 0; len >= LEAST_LETTERS && but <= len; but++) {
		all = list_grow(l->all, l->n_all, &l->room_all, sizeof(*all));
		if (!all)
			return STORE_NO_MEMORY;
		l->all = all;
		all[l->n_all++] = (struct shortened){hash_but(one.key, len, but), l->n - 1};
	}
	return one.words ? 0 : STORE_NO_MEMORY;
}

static int add_known(void *context, const struct outlet_name *row)
{
	return add_name(context, row->name, NULL);
}

static int by_hash(const void *a, const void *b)
{
	const struct shortened *x = a, *y = b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return (x->name > y->name) - (x->name < y->name);
}

/* One of the two stands in the file; the later of two of the file is told. */
static void tell(struct importing *it, const struct name *a, const struct name *b)
{
	const struct name *told = b->row ? b : a, *other = b->row ? a : b;

	if (!told->row || strcmp(a->key, b->key) == 0)
		return;
	if (other->row)
		import_problem(it, told->row, "name", true,
		    "It is spelt almost as \"%.80s\" in row %zu. If both are one outlet, make one "
		    "an alias of the other.",
		    other->words, other->row->number);
	else
		import_problem(it, told->row, "name", true,
		    "It is spelt almost as \"%.80s\", which is known. If both are one outlet, "
		    "write "
		    "it so, or put this under its aliases.",
		    other->words);
}

int import_look_alikes(struct store_tx *tx, struct importing *it)
{
	struct looking l = {NULL, NULL, 0, 0, 0, 0};
	int result = outlet_each_name(tx, add_known, &l);

	for (size_t i = 0; !result && i < it->sheet.n; i++) {
		const char *name = it->sheet.rows[i].cells[OUTLETS_NAME];

		if (*name)
			result = add_name(&l, name, &it->sheet.rows[i]);
	}
	if (!result && l.n_all)
		qsort(l.all, l.n_all, sizeof(*l.all), by_hash);
	for (size_t i = 1; !result && i < l.n_all; i++) {
		const struct shortened *a = &l.all[i - 1], *b = &l.all[i];
		bool again = i > 1 && l.all[i - 2].hash == a->hash;

		if (a->hash == b->hash && a->name != b->name && !again)
			tell(it, &l.names[a->name], &l.names[b->name]);
	}
	for (size_t i = 0; i < l.n; i++) {
		free(l.names[i].key);
		free(l.names[i].words);
	}
	free(l.names);
	free(l.all);
	return result;
}
