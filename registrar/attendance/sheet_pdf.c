/*
 * Sheets as PDF. The list is told twice: once to find out where pages end, so that each can say how
 * many there are, and once to draw.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "registrar/attendance/sheet_paper.h"
#include "registrar/attendance/sheet_private.h"
#include "registrar/list.h"

#define GAP	  6.0 /* between columns */
#define NOTES_MAX 12

/* ---- pages ---- */

static void write_notes(struct paper *paper, const struct sheet_about *about)
{
	char words[96];
	size_t shown = about->n_notes < NOTES_MAX ? about->n_notes : NOTES_MAX;

	if (about->n_notes == 0)
		return;
	if (paper->page > 1) {
		(void)snprintf(words, sizeof(words), "This list is not complete: see page 1.");
		paper_paragraph(paper, &paper->strong, paper->line, words);
		return;
	}
	paper_rule(paper, PAPER_MARGIN, paper->y, paper->width - 2 * PAPER_MARGIN, 1.5, 0);
	paper->y += 4;
	for (size_t i = 0; i < shown; i++)
		paper_paragraph(paper, &paper->strong, paper->line, about->notes[i]);
	if (shown < about->n_notes) {
		(void)snprintf(words, sizeof(words), "and %zu more, on the list's page",
		    about->n_notes - shown);
		paper_paragraph(paper, &paper->strong, paper->line, words);
	}
	paper->y += 2;
	paper_rule(paper, PAPER_MARGIN, paper->y, paper->width - 2 * PAPER_MARGIN, 1.5, 0);
	paper->y += 4;
}

static void write_heads(struct sheet *sheet)
{
	struct paper *paper = sheet->own;
	uint8_t most = 1;

	paper->y += 4;
	for (size_t i = 0; i < sheet->n_columns; i++) {
		const struct sheet_column *column = &sheet->columns[i];
		uint8_t n;

		if (column->paper == SHEET_HIDDEN)
			continue;
		n = paper_lines(paper, &paper->strong, column->head, paper->w[i]);
		most = n > most ? n : most;
		paper_write(
		    paper, &paper->strong, paper->x[i], paper->y, paper->w[i], column->head);
	}
	paper->y += most * paper->line + 2;
	paper_rule(paper, PAPER_MARGIN, paper->y, paper->width - 2 * PAPER_MARGIN, 1, 0);
	paper->y += 3;
}

static void write_foot(struct sheet *sheet)
{
	struct paper *paper = sheet->own;
	double y = paper->height - PAPER_MARGIN - paper->line, width = 0;
	char words[64];

	(void)snprintf(words, sizeof(words), "Page %zu of %zu", paper->page, paper->pages);
	for (const char *at = words; *at != '\0'; at++)
		width += paper->plain.widths[(unsigned char)*at];
	paper_rule(paper, PAPER_MARGIN, y - 3, paper->width - 2 * PAPER_MARGIN, 0.5, 0.4);
	paper_write(paper, &paper->plain, PAPER_MARGIN, y, paper->width - 2 * PAPER_MARGIN - 100,
	    sheet->about->made);
	paper_write(paper, &paper->plain, paper->width - PAPER_MARGIN - width, y, width + 1, words);
}

static void page_begin(struct sheet *sheet)
{
	struct paper *paper = sheet->own;
	const struct sheet_about *about = sheet->about;

	paper->page++;
	paper->y = PAPER_MARGIN;
	if (paper->drawing)
		cairo_set_source_rgb(paper->cairo, 0, 0, 0);
	paper_paragraph(paper, &paper->title, 1.4 * 14, about->title);
	paper_paragraph(paper, &paper->strong, paper->line, about->conference);
	paper_paragraph(paper, &paper->plain, paper->line, about->filter);
	write_notes(paper, about);
	write_heads(sheet);
	if (paper->drawing)
		write_foot(sheet);
}

static void page_end(struct paper *paper)
{
	if (paper->drawing)
		cairo_show_page(paper->cairo);
}

static double bottom(const struct paper *paper)
{
	return paper->height - PAPER_MARGIN - paper->line - 8;
}

static void write_group(struct paper *paper)
{
	/* What does not fit stands in the rows. */
	paper_write_line(paper, &paper->large, paper->y, paper->group);
	paper->y += 24;
	paper_rule(paper, PAPER_MARGIN, paper->y - 1, paper->width - 2 * PAPER_MARGIN, 0.5, 0);
	paper->y += 3;
}

static void need(struct sheet *sheet, double height)
{
	struct paper *paper = sheet->own;

	if (paper->y + height <= bottom(paper))
		return;
	page_end(paper);
	page_begin(sheet);
	if (paper->group[0] != '\0')
		write_group(paper);
}

static int pdf_group(struct sheet *sheet, const char *text)
{
	struct paper *paper = sheet->own;

	paper->group[0] = '\0';
	/* Not alone at the foot of a page. */
	need(sheet, 29 + 2 * paper->line);
	(void)snprintf(paper->group, sizeof(paper->group), "%s", text);
	write_group(paper);
	return 0;
}

/* ---- rows ---- */

static void pdf_cell(struct sheet *sheet, enum sheet_kind kind, const char *text, int64_t number)
{
	struct paper *paper = sheet->own;
	struct buf *cell = &paper->cells[sheet->fields];
	char local[32];
	struct tm tm;
	time_t seconds = (time_t)(number / 1000);

	buf_reset(cell);
	if (kind == SHEET_CELL_NUMBER) {
		buf_int(cell, number);
	} else if (kind == SHEET_CELL_TIME && number != 0 && localtime_r(&seconds, &tm) != NULL) {
		(void)strftime(local, sizeof(local), "%Y-%m-%d %H:%M:%S", &tm);
		buf_puts(cell, local);
	} else {
		buf_puts(cell, text);
	}
}

static const struct paper_face *face_of(
    const struct paper *paper, const struct sheet_column *column)
{
	return column->paper == SHEET_STRONG ? &paper->strong : &paper->plain;
}

static bool is_text(const struct sheet_column *column)
{
	return column->paper == SHEET_TEXT || column->paper == SHEET_STRONG;
}

static int measure_row(struct sheet *sheet)
{
	struct paper *paper = sheet->own;
	uint8_t most = 1;
	uint8_t *lines = list_grow(paper->lines, sheet->rows, &paper->cap_lines, 1);

	if (lines == NULL)
		return SHEET_E_MEMORY;
	paper->lines = lines;
	for (size_t i = 0; i < sheet->n_columns; i++) {
		uint8_t n;

		if (!is_text(&sheet->columns[i]))
			continue;
		n = paper_lines(paper, face_of(paper, &sheet->columns[i]),
		    buf_text(&paper->cells[i]), paper->w[i]);
		most = n > most ? n : most;
	}
	lines[sheet->rows] = most;
	return 0;
}

static void draw_cell(struct sheet *sheet, size_t i, double height)
{
	struct paper *paper = sheet->own;
	const struct sheet_column *column = &sheet->columns[i];

	if (is_text(column)) {
		paper_write(paper, face_of(paper, column), paper->x[i], paper->y, paper->w[i],
		    buf_text(&paper->cells[i]));
	} else if (column->paper == SHEET_TICK && paper->drawing) {
		cairo_set_line_width(paper->cairo, 0.8);
		cairo_rectangle(
		    paper->cairo, paper->x[i] + 1, paper->y + 1, paper->line - 2, paper->line - 2);
		cairo_stroke(paper->cairo);
	} else if (column->paper == SHEET_LINE) {
		paper_rule(paper, paper->x[i], paper->y + height - 3, paper->w[i], 0.5, 0.3);
	}
}

static int pdf_row(struct sheet *sheet)
{
	struct paper *paper = sheet->own;
	double height;
	int r = paper->drawing ? 0 : measure_row(sheet);

	if (r != 0)
		return r;
	height = paper->lines[sheet->rows] * paper->line + 5;
	if (height < paper->least)
		height = paper->least;
	need(sheet, height);
	for (size_t i = 0; i < sheet->n_columns; i++)
		draw_cell(sheet, i, height);
	paper_rule(
	    paper, PAPER_MARGIN, paper->y + height - 3, paper->width - 2 * PAPER_MARGIN, 0.25, 0.7);
	paper->y += height;
	return 0;
}

/* ---- the file ---- */

static cairo_status_t take(void *closure, const unsigned char *data, unsigned len)
{
	struct buf *file = closure;

	buf_add(file, data, len);
	return buf_error(file) ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

static void set_columns(struct sheet *sheet)
{
	struct paper *paper = sheet->own;
	double x = PAPER_MARGIN, room = paper->width - 2 * PAPER_MARGIN, parts = 0;

	for (size_t i = 0; i < sheet->n_columns; i++)
		if (sheet->columns[i].paper != SHEET_HIDDEN)
			parts += sheet->columns[i].width;
	/* Room for a hand. */
	for (size_t i = 0; i < sheet->n_columns; i++)
		if (sheet->columns[i].paper == SHEET_LINE)
			paper->least = 25;
	for (size_t i = 0; i < sheet->n_columns; i++) {
		double width = room * sheet->columns[i].width / parts;

		if (sheet->columns[i].paper == SHEET_HIDDEN)
			continue;
		paper->x[i] = x;
		paper->w[i] = width - GAP;
		x += width;
	}
}

static bool open_paper(struct sheet *sheet, struct paper *paper)
{
	double size = sheet->about->size;

	/* Wide tables lie. */
	bool wide = sheet->n_columns > 7;
	double a = sheet->about->a4 ? 595.276 : 612, b = sheet->about->a4 ? 841.89 : 792;

	paper->width = wide ? b : a;
	paper->height = wide ? a : b;
	paper->line = 1.36 * size;
	paper->memo = calloc(PAPER_MEMO, sizeof(*paper->memo));
	paper->surface =
	    cairo_pdf_surface_create_for_stream(take, sheet->out, paper->width, paper->height);
	cairo_pdf_surface_set_metadata(
	    paper->surface, CAIRO_PDF_METADATA_TITLE, sheet->about->title);
	paper->cairo = cairo_create(paper->surface);
	paper->fonts = pango_cairo_font_map_new();
	paper->context = paper->fonts ? pango_font_map_create_context(paper->fonts) : NULL;
	if (paper->context == NULL || paper->memo == NULL)
		return false;
	/* Measured as it is drawn: without the whole pixels of a screen. */
	pango_cairo_update_context(paper->cairo, paper->context);
	pango_context_set_round_glyph_positions(paper->context, FALSE);
	pango_cairo_context_set_resolution(paper->context, 72);
	pango_context_set_language(paper->context, pango_language_from_string("en"));
	paper->layout = pango_layout_new(paper->context);
	return paper->layout != NULL && paper_face_load(paper, &paper->plain, size, false) &&
	       paper_face_load(paper, &paper->strong, size, true) &&
	       paper_face_load(paper, &paper->title, 14, true) &&
	       paper_face_load(paper, &paper->large, 16, true);
}

static int pdf_begin(struct sheet *sheet)
{
	struct paper *paper = calloc(1, sizeof(*paper));
	int r;

	sheet->own = paper;
	if (paper == NULL || sheet->n_columns > PAPER_COLUMNS)
		return SHEET_E_MEMORY;
	for (size_t i = 0; i < PAPER_COLUMNS; i++)
		buf_init(&paper->cells[i], 65536);
	if (!open_paper(sheet, paper))
		return SHEET_E_MEMORY;
	set_columns(sheet);
	page_begin(sheet);
	r = sheet->tell(sheet->told, sheet);
	paper->pages = paper->page;
	paper->page = 0;
	paper->group[0] = '\0';
	paper->drawing = true;
	sheet->rows = sheet->fields = 0;
	page_begin(sheet);
	return r;
}

static int pdf_end(struct sheet *sheet)
{
	struct paper *paper = sheet->own;

	if (sheet->rows == 0)
		paper_write(
		    paper, &paper->plain, PAPER_MARGIN, paper->y, 400, "Nobody and nothing fits.");
	page_end(paper);
	cairo_surface_finish(paper->surface);
	return cairo_status(paper->cairo) == CAIRO_STATUS_SUCCESS &&
		       cairo_surface_status(paper->surface) == CAIRO_STATUS_SUCCESS
		   ? 0
		   : SHEET_E_WRITE;
}

static void pdf_clear(struct sheet *sheet)
{
	struct paper *paper = sheet->own;

	if (paper == NULL)
		return;
	paper_face_clear(&paper->plain);
	paper_face_clear(&paper->strong);
	paper_face_clear(&paper->title);
	paper_face_clear(&paper->large);
	if (paper->layout != NULL)
		g_object_unref(paper->layout);
	if (paper->context != NULL)
		g_object_unref(paper->context);
	if (paper->fonts != NULL)
		g_object_unref(paper->fonts);
	if (paper->cairo != NULL)
		cairo_destroy(paper->cairo);
	if (paper->surface != NULL)
		cairo_surface_destroy(paper->surface);
	for (size_t i = 0; i < PAPER_COLUMNS; i++)
		buf_free(&paper->cells[i]);
	free(paper->lines);
	free(paper->memo);
	free(paper);
}

const struct sheet_way sheet_pdf = {.begin = pdf_begin,
    .cell = pdf_cell,
    .row = pdf_row,
    .group = pdf_group,
    .end = pdf_end,
    .clear = pdf_clear};
