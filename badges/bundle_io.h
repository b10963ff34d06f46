#ifndef BADGES_BUNDLE_IO_H
#define BADGES_BUNDLE_IO_H

#include "badges/bundle.h"
#include "badges/cbor.h"
#include "badges/keyset.h"

/* What the readers and builders of the bundle's objects share; for use inside badges. */

/* Opens an object signed by a bundle key of the set: limits, shape, key, signature, then the map
 * of `pairs` and its head. What is left in ret_in begins with key 4. */
int bundle_open(const uint8_t *bytes, size_t len, const char *aad, const struct keyset *keys,
    uint64_t pairs, struct cbor_reader *ret_in, struct bundle_head *ret_head)
    __attribute__((warn_unused_result));

/* Signs what was written with a key of that use. The writer is freed whatever comes of it. */
int bundle_release(struct cbor_writer *out, const char *aad, const struct key_secret *key,
    enum key_use use, uint8_t **ret_bytes, size_t *ret_len) __attribute__((warn_unused_result));

/* The map of `pairs` and keys 1 to 3. */
bool bundle_get_head(struct cbor_reader *in, uint64_t pairs, struct bundle_head *ret_head)
    __attribute__((warn_unused_result));
int bundle_put_head(struct cbor_writer *out, uint64_t pairs, const struct bundle_head *head)
    __attribute__((warn_unused_result));

/* A key and a time; a key and a line. */
bool bundle_get_time(struct cbor_reader *in, uint64_t key, int64_t *ret_time)
    __attribute__((warn_unused_result));
bool bundle_get_line(struct cbor_reader *in, struct bundle_text *ret_line)
    __attribute__((warn_unused_result));
bool bundle_is_time(int64_t time);
bool bundle_is_line(const struct bundle_text *line);

/* A list under a key, of at most BUNDLE_ROWS_MAX items. Returns 0, BUNDLE_E_SHAPE or
 * BUNDLE_E_LIMIT. */
int bundle_get_list(struct cbor_reader *in, uint64_t key, uint32_t *ret_count)
    __attribute__((warn_unused_result));

/* The next pass id of a list, and whether it is above the last one (NULL: the first). */
bool bundle_get_id(struct cbor_reader *in, const uint8_t *last, const uint8_t **ret_id)
    __attribute__((warn_unused_result));

/* Steps over a list of removed pass ids that rise. */
int bundle_get_removed(struct cbor_reader *in, uint64_t key, struct cbor_reader *ret_removed,
    uint32_t *ret_count) __attribute__((warn_unused_result));

/* Writing a list: begin, then for each item bundle_list_id (where ids rise) and the item, then
 * end. */
void bundle_list_begin(struct cbor_writer *out, struct bundle_list *list, uint64_t key);
int bundle_list_id(struct bundle_list *list, const uint8_t id[static 16])
    __attribute__((warn_unused_result));
void bundle_list_end(struct cbor_writer *out, const struct bundle_list *list);

#endif
