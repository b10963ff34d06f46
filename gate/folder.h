#ifndef GATE_FOLDER_H
#define GATE_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

/* The data folder's own rules: 0700, keys 0600, nothing of it for others. */

/* folder_make: dir and dir/keys with mode 0700 where missing. Returns 0 or GATE_NO_FOLDER with a
 * sentence in why. */
int folder_make(const char *dir, char *why, size_t why_size) __attribute__((warn_unused_result));

/* folder_check: that dir and dir/keys are folders of this user with mode 0700, and every file in
 * keys/ a regular file with mode 0600 or 0400. Returns 0, GATE_NOT_ENROLLED (dir is not there),
 * GATE_NO_FOLDER or GATE_BAD_KEY with a sentence in why that names the file and the remedy. */
int folder_check(const char *dir, char *why, size_t why_size) __attribute__((warn_unused_result));

/* folder_no_core: no core dump of this process will hold its keys. */
void folder_no_core(void);

#endif
