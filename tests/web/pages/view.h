/* The values of the golden page. */
#ifndef TESTS_WEB_PAGES_VIEW_H
#define TESTS_WEB_PAGES_VIEW_H

#include <stdbool.h>
#include <stddef.h>

struct item {
	const char *name;
	const char *link;
	int count;
	bool chosen;
};

struct golden {
	const char *title;
	const struct item *items;
	size_t n;
};

#endif
