/*
 * drawing: pages of paper as PDF, or one page as SVG or PNG (cairo, pango): text of any script,
 * lines, photographs, and QR codes as rectangles. What passes and badges are drawn with. Lengths
 * are points (1/72 inch) from the upper left corner.
 *
 * Text is plain (no markup), in the machine's fonts, Noto before others; each line runs the way its
 * script does. A failure is kept: only drawing_close and drawing_end say it.
 */
#ifndef BADGES_DRAWING_H
#define BADGES_DRAWING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "badges/qr.h"

#define DRAWING_LETTER_WIDTH  612.0
#define DRAWING_LETTER_HEIGHT 792.0
#define DRAWING_CM	      (72 / 2.54)
#define DRAWING_MM	      (72 / 25.4)

enum {
	DRAWING_E_MEMORY = -1,
	DRAWING_E_DRAW = -2,
	DRAWING_E_WRITE = -3,  /* the sink refused bytes */
	DRAWING_E_PICTURE = -4 /* neither of the kind that was asked for, nor whole */
};

enum drawing_kind { DRAWING_PDF, DRAWING_SVG, DRAWING_PNG };

struct drawing;

/* Takes bytes of the file as they come; false ends the drawing. */
typedef bool drawing_sink(void *context, const uint8_t *bytes, size_t len);

struct drawing_start {
	enum drawing_kind kind;
	double width, height; /* of each page */
	double scale;	      /* PNG: pixels to a point; else not looked at */
	const char *title;    /* PDF: what programs call the file */
	const char *language; /* "en", "fr": whose shapes Han characters have */
	const char *font;     /* family before others; NULL: Noto Sans */
	drawing_sink *sink;
	void *context;
};

/* Begins the first page. On failure *ret is untouched. */
int drawing_begin(const struct drawing_start *start, struct drawing **ret)
    __attribute__((warn_unused_result));

/* Ends a page and begins another; PDF only. */
void drawing_next_page(struct drawing *drawing);

/* Ends the last page and gives what is left of the file to the sink. The drawing is freed either
 * way. */
int drawing_end(struct drawing *drawing) __attribute__((warn_unused_result));

/* drawing_begin for a PDF that is kept in memory. */
int drawing_open(double width, double height, const char *title, const char *language,
    struct drawing **ret) __attribute__((warn_unused_result));

/* Ends such a one and gives the file: one malloc'd block, which the caller frees. The drawing is
 * freed either way. */
int drawing_close(struct drawing *drawing, uint8_t **ret_bytes, size_t *ret_len)
    __attribute__((warn_unused_result));

/* What is drawn until drawing_leave has its corner at x, y; turned: clockwise by a right angle, so
 * that what is `width` wide goes down the page, its upper left corner at the right. */
void drawing_enter(struct drawing *drawing, double x, double y);
void drawing_enter_turned(struct drawing *drawing, double x, double y);
void drawing_leave(struct drawing *drawing);

/* ---- text ---- */

enum drawing_align { DRAWING_START, DRAWING_CENTRE, DRAWING_END };

struct drawing_style {
	double size; /* of the letters */
	bool bold;
	double grey;	 /* 0 is black */
	uint32_t colour; /* 0xRRGGBB; where it is not 0 it stands before grey */
	enum drawing_align align;
	int lines; /* what needs more ends in an ellipsis; 0: any number */
};

/* Writes text into a column of that width, broken at words and, where one is too long, inside.
 * Gives the height it took; "" takes none. */
double drawing_text(struct drawing *drawing, double x, double y, double width,
    const struct drawing_style *style, const char *text);

struct drawing_box {
	double x, y, width, height;
};

enum drawing_place { DRAWING_TOP, DRAWING_MIDDLE, DRAWING_BOTTOM };

/*
 * Writes text into a box, as large as fits from style->size down to `least` in steps, in
 * style->lines lines at most, broken at words only. What does not fit at `least` is broken inside
 * words too, and ends in an ellipsis where it is longer still. No part of a letter stands outside
 * the box, however high its marks are stacked. Gives the size of the letters, 0 for "".
 */
double drawing_fit(struct drawing *drawing, const struct drawing_box *box,
    const struct drawing_style *style, double least, enum drawing_place place, const char *text);

/* How many characters so far no font of this machine has: boxes are drawn in their place. */
size_t drawing_unknown(const struct drawing *drawing);

/* ---- shapes ---- */

/* A horizontal line of that width and thickness. */
void drawing_rule(
    struct drawing *drawing, double x, double y, double width, double thickness, double grey);

/* A frame of hair's breadth. */
void drawing_frame(struct drawing *drawing, double x, double y, double width, double height);

/* A box filled with a colour, its corners rounded by `round`. */
void drawing_fill(
    struct drawing *drawing, const struct drawing_box *box, double round, uint32_t colour);

/* Its outline, `thickness` wide, inside of the box. */
void drawing_outline(struct drawing *drawing, const struct drawing_box *box, double round,
    double thickness, uint32_t colour);

/* Head and shoulders, for somebody without a photograph: as much as fits of the box. */
void drawing_bust(struct drawing *drawing, const struct drawing_box *box, uint32_t colour);

/* A QR code on white with its margin of four modules, `side` wide in all. */
void drawing_qr(struct drawing *drawing, const struct qr *qr, double x, double y, double side);

/* ---- pictures ---- */

/* Whether the bytes are a whole JPEG that drawing_photo takes; pixels are not looked at. */
bool drawing_photo_is(const uint8_t *jpeg, size_t len);

/* Fills the box with the middle of a JPEG, its corners rounded. PDF and SVG take its bytes as they
 * are; the block is copied. Returns 0, DRAWING_E_PICTURE with nothing drawn, or DRAWING_E_MEMORY.
 */
int drawing_photo(struct drawing *drawing, const struct drawing_box *box, double round,
    const uint8_t *jpeg, size_t len) __attribute__((warn_unused_result));

/* A PNG that is drawn again and again and stands in the file once. */
struct drawing_logo;

int drawing_logo_read(const uint8_t *png, size_t len, struct drawing_logo **ret)
    __attribute__((warn_unused_result));
void drawing_logo_free(struct drawing_logo *logo); /* NULL is quiet */

/* Width over height. */
double drawing_logo_shape(const struct drawing_logo *logo);

/* Draws it whole, as large as fits, in the middle of the box. One drawing at a time may use it. */
void drawing_put_logo(
    struct drawing *drawing, const struct drawing_box *box, const struct drawing_logo *logo);

#endif
