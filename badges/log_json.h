/*
 * log_json: entries of a log as they travel in JSON (an upload to the registrar, a piece of a
 * journal to a gate): an array of strings, each the text of one entry.
 */
#ifndef BADGES_LOG_JSON_H
#define BADGES_LOG_JSON_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "badges/log.h"

/*
 * Reads at most `most` entries. Their texts are the array's; the list itself is the caller's to
 * free(), and never NULL. False, and both untouched: another thing than an array of strings, a
 * longer one, or no memory.
 */
bool log_json_read(const json_t *array, size_t most, struct log_text **ret_entries, size_t *ret_n)
    __attribute__((warn_unused_result));

#endif
