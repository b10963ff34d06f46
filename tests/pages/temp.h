/* temp: a registrar's store in a folder of its own, for tests of models. */
#ifndef TESTS_PAGES_TEMP_H
#define TESTS_PAGES_TEMP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "registrar/registrar.h"
#include "schema/registrar_db.h"
#include "schema/store.h"

/* 2026-09-12 14:03:00 in Toronto. */
#define TEMP_NOW INT64_C(1789236180)

struct temp {
	char dir[64];
	struct registrar registrar; /* store and settings only */
};

static inline int temp_begin(void **state)
{
	struct temp *temp = calloc(1, sizeof(*temp));
	struct store_options options = {.create = true, .group_commit = true};
	char path[96], why[256];

	setenv("TZ", "America/Toronto", 1);
	tzset();
	snprintf(temp->dir, sizeof(temp->dir), "/tmp/pressgate-pages-XXXXXX");
	if (!mkdtemp(temp->dir))
		return -1;
	snprintf(path, sizeof(path), "%s/registrar.db", temp->dir);
	if (store_open(path, &registrar_store_spec, &options, &temp->registrar.store, why,
		sizeof(why)) < 0)
		return -1;
	settings_default(&temp->registrar.settings);
	snprintf(temp->registrar.settings.name, 800, "Lakemount Police Service");
	snprintf(temp->registrar.settings.site, 64, "media.lakemount.example");
	temp->registrar.public_url = strdup("http://127.0.0.1:8080");
	temp->registrar.dir = temp->dir;
	*state = temp;
	return 0;
}

static inline int temp_end(void **state)
{
	struct temp *temp = *state;
	char command[128];

	store_close(temp->registrar.store);
	snprintf(command, sizeof(command), "rm -rf '%s'", temp->dir);
	free(temp->registrar.public_url);
	free(temp);
	return system(command) == 0 ? 0 : -1;
}

/* Runs a body; its answer. */
#define WRITE(state, body, context)                                                                \
	store_write(((struct temp *)*(state))->registrar.store, body, context)

/* One number of a query made for the test. */
static inline struct store_tx *temp_read(void **state)
{
	struct store_tx *tx = NULL;

	assert_int_equal(store_read_begin(((struct temp *)*state)->registrar.store, &tx), 0);
	return tx;
}

#endif
