/*
 * drawing: one page of paper as PDF (cairo, pango): text of any script, lines, and QR codes as
 * rectangles. What passes and badges are drawn with. Lengths are points (1/72 inch) from the upper
 * left corner.
 *
 * Text is plain (no markup), in the machine's fonts, Noto before others; each line runs the way its
 * script does. A failure is kept: only drawing_close says it.
 */
#ifndef REGISTRAR_DRAWING_H
#define REGISTRAR_DRAWING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "badges/qr.h"

#define DRAWING_LETTER_WIDTH  612.0
#define DRAWING_LETTER_HEIGHT 792.0
#define DRAWING_CM	      (72 / 2.54)

enum { DRAWING_E_MEMORY = -1, DRAWING_E_DRAW = -2 };

struct drawing;

/* Begins a page. title: what programs call the file. language: "en", "fr". On failure *ret is
 * untouched. */
int drawing_open(double width, double height, const char *title, const char *language,
    struct drawing **ret) __attribute__((warn_unused_result));

/* Ends the page and gives the file: one malloc'd block, which the caller frees. The drawing is
 * freed either way. */
int drawing_close(struct drawing *drawing, uint8_t **ret_bytes, size_t *ret_len)
    __attribute__((warn_unused_result));

enum drawing_align { DRAWING_START, DRAWING_CENTRE };

struct drawing_style {
	double size; /* of the letters */
	bool bold;
	double grey; /* 0 is black */
	enum drawing_align align;
	int lines; /* what needs more ends in an ellipsis; 0: any number */
};

/* Writes text into a column of that width, broken at words and, where one is too long, inside.
 * Gives the height it took; "" takes none. */
double drawing_text(struct drawing *drawing, double x, double y, double width,
    const struct drawing_style *style, const char *text);

/* How many characters so far no font of this machine has: boxes are drawn in their place. */
size_t drawing_unknown(const struct drawing *drawing);

/* A horizontal line of that width and thickness. */
void drawing_rule(
    struct drawing *drawing, double x, double y, double width, double thickness, double grey);

/* A frame of hair's breadth. */
void drawing_frame(struct drawing *drawing, double x, double y, double width, double height);

/* A QR code on white with its margin of four modules, `side` wide in all. */
void drawing_qr(struct drawing *drawing, const struct qr *qr, double x, double y, double side);

#endif
