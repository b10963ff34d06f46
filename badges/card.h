/*
 * card: printed badges: one drawing for PDF, SVG and PNG. Knows of no database and no network.
 *
 * A badge has the name in any script (it shrinks, then takes two lines, then ends in an ellipsis),
 * the class as a band of colour with its word, and what the design has besides: photograph, outlet,
 * conference and its date, typed code, valid times, and the QR code, 25 mm wide or more without its
 * margin of four modules on a card of any size with the default margin. Where there is no
 * photograph a shape says so.
 *
 * A batch is a file that is written as it is drawn: it takes memory for the page at hand and the
 * fonts, however many badges there are.
 */
#ifndef BADGES_CARD_H
#define BADGES_CARD_H

#include <stddef.h>
#include <stdint.h>

#include "badges/card_design.h"
#include "badges/drawing.h"

/* Of one badge; all borrowed, UTF-8 without control characters, "" or NULL where there is none. */
struct card {
	const char *name;
	const char *outlet;
	unsigned pass_class;	  /* badges/class.h */
	const char *organisation; /* where the design names none */
	const char *conference;
	const char *when;     /* its date */
	const char *valid;    /* "10:30 a.m. to 3 p.m." */
	const char *code;     /* "K7QF-2M9X" */
	const char *qr;	      /* the pass's text */
	const uint8_t *photo; /* JPEG, or NULL */
	size_t photo_len;
};

enum {
	CARD_E_QR = -21,      /* the text fits no QR code */
	CARD_E_PHOTO = -22,   /* no JPEG, or cut short */
	CARD_E_MANY = -23,    /* SVG and PNG are one page */
	CARD_E_DRAWING = -24, /* no memory */
	CARD_E_WRITE = -25,   /* the sink refused bytes */
};

struct card_batch;

/* Begins a file. design is borrowed until the end. title: what programs call a PDF. */
int card_batch_begin(const struct card_design *design, enum drawing_kind kind, const char *title,
    drawing_sink *sink, void *context, struct card_batch **ret) __attribute__((warn_unused_result));

/* Adds a badge. After CARD_E_DRAWING, and CARD_E_PHOTO of a PNG whose pixels are damaged, the file
 * is of no use; after any other failure nothing of the badge is drawn and the batch may go on. */
int card_batch_add(struct card_batch *batch, const struct card *card)
    __attribute__((warn_unused_result));

/* How many characters so far no font of this machine has. */
size_t card_batch_unknown(const struct card_batch *batch);

/* Ends the file; the batch is freed either way. One without badges is an empty page. */
int card_batch_end(struct card_batch *batch) __attribute__((warn_unused_result));

/* A sentence for people, with what to do. */
const char *card_strerror(int result);

#endif
