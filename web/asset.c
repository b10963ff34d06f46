#include "web/asset.h"

#include <string.h>

enum { SETS_MAX = 4 };

static const struct asset_set *sets[SETS_MAX] = {&web_assets};
static size_t sets_n = 1;

static const struct asset *by_name(const char *name)
{
	for (size_t s = 0; s < sets_n; s++) {
		for (size_t i = 0; i < sets[s]->n; i++) {
			if (strcmp(sets[s]->assets[i].name, name) == 0)
				return &sets[s]->assets[i];
		}
	}
	return NULL;
}

int asset_add(const struct asset_set *set)
{
	if (sets_n == SETS_MAX)
		return -1;
	for (size_t i = 0; i < set->n; i++) {
		if (by_name(set->assets[i].name))
			return -1;
	}
	sets[sets_n++] = set;
	return 0;
}

const char *asset_url(const char *name)
{
	const struct asset *a = name ? by_name(name) : NULL;

	return a ? a->url : NULL;
}

const struct asset *asset_find(const char *url)
{
	for (size_t s = 0; s < sets_n; s++) {
		for (size_t i = 0; i < sets[s]->n; i++) {
			if (strcmp(sets[s]->assets[i].url, url) == 0)
				return &sets[s]->assets[i];
		}
	}
	return NULL;
}
