/*
 * subject_export: everything that is kept about a person (R14), to be given to them: data.json,
 * data.txt for reading, photo.jpg, and the files they sent, under files/. Internal notes are in it:
 * the office looks through it first.
 */
#ifndef PRESSGATE_REGISTRAR_SUBJECT_EXPORT_H
#define PRESSGATE_REGISTRAR_SUBJECT_EXPORT_H

#include <stddef.h>
#include <stdint.h>

#include "registrar/refusal.h"

struct registrar;

struct subject_part {
	char name[128]; /* a relative path of plain ASCII */
	uint8_t *bytes; /* owned */
	size_t len;
};
struct subject_parts {
	struct subject_part *items;
	size_t n;
};

/* Collects it, and journals by whom. Free with subject_parts_free. */
int subject_collect(struct registrar *registrar, int64_t person_id, const char *staff, int64_t now,
    struct subject_parts *ret) __attribute__((warn_unused_result));
void subject_parts_free(struct subject_parts *parts); /* wiped */

/* As a ZIP in malloc'd memory. */
int subject_zip(const struct subject_parts *parts, uint8_t **ret_bytes, size_t *ret_len)
    __attribute__((warn_unused_result));

/* As a new folder (mode 0700); MODEL_REFUSED where there is one. */
int subject_folder(const struct subject_parts *parts, const char *path, struct refusal *why)
    __attribute__((warn_unused_result));

#endif
