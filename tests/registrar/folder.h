/* folder: a real data folder of a registrar, made by init, for tests of models. */
#ifndef TESTS_REGISTRAR_FOLDER_H
#define TESTS_REGISTRAR_FOLDER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "registrar/press/conference.h"
#include "registrar/registrar.h"
#include "registrar/press/registration.h"

/* 2026-09-12 14:03:00 in Toronto. */
#define FOLDER_NOW INT64_C(1789236180)

struct folder {
	char dir[96];
	struct registrar *registrar;
	int64_t conference; /* a small one, made by folder_conference */
};

/* cmocka's setup and teardown: a folder without a sample, opened. */
int folder_begin(void **state);
int folder_end(void **state);

/* Closes and opens again; what the opening said, or NULL. */
const char *folder_reopen(struct folder *folder);

/* A conference that starts in an hour, with these limits. Its id. */
int64_t folder_conference(
    struct folder *folder, const char *slug, int64_t capacity, int64_t per_outlet, bool emerging);

/* An accredited person of that outlet; gives the accreditation. Unknown outlets are made. */
int64_t folder_reporter(struct folder *folder, const char *name, const char *outlet, bool local);

/* Registers at FOLDER_NOW + after, and must succeed. */
struct registration folder_register(
    struct folder *folder, int64_t conference, int64_t accreditation, int64_t after);

/* The registration as it stands. */
struct registration folder_read(struct folder *folder, const char *reference);

/* A counter of the table meta. */
int64_t folder_counter(struct folder *folder, const char *key);

/* How many entries the registrar's own journal has, over all epochs, and how many of a reason. */
int64_t folder_entries(struct folder *folder, const char *reason);

#endif
