/*
 * sheet_paper: a page of paper that texts of any script are written on, for sheet_pdf.c. What is
 * written while it measures takes room and leaves no ink. Lengths are points.
 */
#ifndef REGISTRAR_SHEET_PAPER_H
#define REGISTRAR_SHEET_PAPER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cairo-pdf.h>
#include <pango/pangocairo.h>

#include "web/buf.h"

#define PAPER_MARGIN 36.0 /* half an inch */

enum { PAPER_COLUMNS = 16, PAPER_MEMO = 65536 };

struct paper_face {
	PangoFontDescription *description;
	PangoFont *font;
	cairo_scaled_font_t *scaled;
	double widths[128]; /* of the printable ASCII */
	double ascent;
};

/* How many lines a text took: texts are met again and again. */
struct paper_memo {
	uint64_t hash; /* 0: free */
	uint8_t lines;
};

struct paper {
	cairo_surface_t *surface;
	cairo_t *cairo;
	PangoFontMap *fonts; /* of its own: pango's shared one belongs to a thread */
	PangoContext *context;
	PangoLayout *layout;
	struct paper_face plain, strong, title, large;
	struct paper_memo *memo;
	double width, height, line; /* of the page, of a line of text */
	double least;		    /* height of a row */
	double x[PAPER_COLUMNS], w[PAPER_COLUMNS];
	bool drawing; /* else measuring */
	double y;
	size_t page, pages;
	char group[1024];
	struct buf cells[PAPER_COLUMNS];
	uint8_t *lines; /* how many each row takes, as it was measured */
	size_t cap_lines;
};

/* Loads the letters; false: there are none. The paper's context stands already. */
bool paper_face_load(struct paper *paper, struct paper_face *face, double size, bool bold);
void paper_face_clear(struct paper_face *face);

/* How many lines of the paper's a text takes in that width; 1 to 20. */
uint8_t paper_lines(
    struct paper *paper, const struct paper_face *face, const char *text, double width);

/* Writes a text, broken into lines, with its top at y. */
void paper_write(struct paper *paper, const struct paper_face *face, double x, double y,
    double width, const char *text);

/* The same over the page's width in one line, with dots where it does not fit. */
void paper_write_line(
    struct paper *paper, const struct paper_face *face, double y, const char *text);

/* Writes over the page's width and goes on below; line: how high one is. "" takes no room. */
void paper_paragraph(
    struct paper *paper, const struct paper_face *face, double line, const char *text);

void paper_rule(
    struct paper *paper, double x, double y, double width, double thickness, double grey);

#endif
