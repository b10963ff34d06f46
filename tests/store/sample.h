/* sample.h: what the store's tests share: the sample database, its folder, its usual writes. */
#ifndef PRESSGATE_TESTS_STORE_SAMPLE_H
#define PRESSGATE_TESTS_STORE_SAMPLE_H

#include "schema/store.h"
#include "tests/store/memdisk.h"
#include "tests/store/sample_db.h"

#define SAMPLE_MEMORY "/sample.db" /* its path on a memdisk */

extern char sample_folder[64];
extern char sample_path[96]; /* sample.db in it */
extern char sample_why[512];

/* Set-up and tear-down of a test with a folder of its own. */
int sample_make_folder(void **state);
int sample_remove_folder(void **state);

/* Opens (and creates), failing the test when that fails. */
struct store *sample_open(const char *path, struct store_options options);

/* Bodies for store_write: a note whose words are context; amounts moved from left to right by
 * *(int64_t *)context. */
int sample_insert(struct store_tx *tx, void *context);
int sample_move(struct store_tx *tx, void *context);
/* A note of 3,000 bytes and an amount moved: context is the words. */
int sample_both(struct store_tx *tx, void *context);

int64_t sample_count(struct store *store);
int64_t sample_sum(struct store *store);
bool sample_has(struct store *store, const char *words);

#endif
