/*
 * attendance_texts: names and words that live together and are freed together, once nobody holds
 * them any more. Appended to by one thread at a time; read by any.
 */
#ifndef REGISTRAR_ATTENDANCE_TEXTS_H
#define REGISTRAR_ATTENDANCE_TEXTS_H

#include <stddef.h>

struct attendance_texts;

/* Held once. NULL: no memory. */
struct attendance_texts *attendance_texts_new(void);

/* Holds it once more, and gives it. */
struct attendance_texts *attendance_texts_hold(struct attendance_texts *texts);
/* Lets go; the last one frees. NULL is quiet. */
void attendance_texts_drop(struct attendance_texts *texts);

/* A copy that lives as long as the texts, at most 16,383 bytes. NULL: no memory. */
const char *attendance_texts_keep(struct attendance_texts *texts, const char *text);

/* Bytes that were kept so far. */
size_t attendance_texts_size(const struct attendance_texts *texts);

#endif
