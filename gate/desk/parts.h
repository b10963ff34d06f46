/*
 * parts: what templates of the desk call that is no template itself.
 */
#ifndef GATE_DESK_PARTS_H
#define GATE_DESK_PARTS_H

#include <stddef.h>

#include "web/buf.h"
#include "web/form.h"

/* Writes one field of a form with its label, hint, value and message. */
void parts_field(struct buf *b, const struct form *form, size_t field);

#endif
