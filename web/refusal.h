/*
 * refusal: what each status says to people, and the plain page of a program without one of its
 * own.
 */
#ifndef WEB_REFUSAL_H
#define WEB_REFUSAL_H

#include "web/buf.h"

/* A heading: "Page not found". */
const char *refusal_title(unsigned status);

/* What happened and what to do now, in a sentence or two. */
const char *refusal_advice(unsigned status);

/* Writes the plain page; `why` replaces the advice, or is NULL. */
void refusal_write(struct buf *b, unsigned status, const char *why);

#endif
