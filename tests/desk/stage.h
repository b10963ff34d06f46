/*
 * stage: the desk's pages on the real toolkit, with invented values and no gate behind them, so
 * that every state of every page can be looked at without provoking it.
 */
#ifndef TESTS_DESK_STAGE_H
#define TESTS_DESK_STAGE_H

#include <stdbool.h>

#include "gate/desk/views.h"

enum stage_strip { STAGE_ONLINE, STAGE_OFFLINE, STAGE_BAD, STAGE_STOPPED };

/* The frame of a page, with a strip in that state or without one. */
struct view_frame stage_frame(const char *title, bool has_strip, enum stage_strip strip,
    const char *csrf, const char *tag);

/* The look of that name ("admit", "check-id", ...), with number 7; false where there is none. */
bool stage_look(const char *name, struct view_look *ret_look);

/* The name of look i, or NULL after the last. */
const char *stage_look_name(size_t i);

/* Writes a page other than the door's own, by its name; false where there is none. */
bool stage_page(struct buf *b, const char *name, const struct view_frame *frame);

extern const struct view_choice stage_reasons[7], stage_kinds[5];

#endif
