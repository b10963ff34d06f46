/*
 * Sheets as PDF. The list is told twice: once to find out where pages end, so that each can say how
 * many there are, and once to draw. Text of plain letters that fits on its line is set without
 * pango, which knows every script and takes ten times as long.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cairo-pdf.h>
#include <pango/pangocairo.h>

#include "registrar/attendance/sheet_private.h"
#include "registrar/list.h"

#define MARGIN	 36.0 /* half an inch */
#define GAP	 6.0  /* between columns */
#define NOTES_MAX 12

enum { COLUMNS_MAX = 16, MEMO = 65536 };

struct face {
	PangoFontDescription *description;
	PangoFont *font;
	cairo_scaled_font_t *scaled;
	double widths[128]; /* of the printable ASCII */
	double ascent;
};

/* How many lines a text took: texts are met again and again. */
struct memo {
	uint64_t hash; /* 0: free */
	uint8_t lines;
};

struct paper {
	cairo_surface_t *surface;
	cairo_t *cairo;
	PangoFontMap *fonts; /* of its own: pango's shared one belongs to a thread */
	PangoContext *context;
	PangoLayout *layout;
	struct face plain, strong, title, large;
	struct memo *memo;
	double width, height, line; /* of the page, of a line of text */
	double x[COLUMNS_MAX], w[COLUMNS_MAX];
	bool drawing; /* else measuring */
	double y;
	size_t page, pages;
	char group[64];
	struct buf cells[COLUMNS_MAX];
	uint8_t *lines; /* how many each row takes, as it was measured */
	size_t cap_lines;
	bool failed;
};

/* ---- letters ---- */

static bool face_load(struct paper *paper, struct face *face, double size, bool bold)
{
	cairo_font_extents_t extents;
	cairo_text_extents_t width;
	char letter[2] = "";

	face->description = pango_font_description_from_string("Noto Sans, sans-serif");
	pango_font_description_set_absolute_size(face->description, size * PANGO_SCALE);
	if (bold)
		pango_font_description_set_weight(face->description, PANGO_WEIGHT_BOLD);
	face->font = pango_context_load_font(paper->context, face->description);
	if (face->font == NULL || !PANGO_IS_CAIRO_FONT(face->font))
		return false;
	face->scaled = pango_cairo_font_get_scaled_font(PANGO_CAIRO_FONT(face->font));
	if (face->scaled == NULL)
		return false;
	cairo_scaled_font_extents(face->scaled, &extents);
	face->ascent = extents.ascent;
	for (int c = ' '; c < 127; c++) {
		letter[0] = (char)c;
		cairo_scaled_font_text_extents(face->scaled, letter, &width);
		face->widths[c] = width.x_advance;
	}
	return true;
}

static void face_clear(struct face *face)
{
	if (face->font != NULL)
		g_object_unref(face->font);
	if (face->description != NULL)
		pango_font_description_free(face->description);
}

/* Whether it is of plain letters and fits in one line of that width. */
static bool is_easy(const struct face *face, const char *text, double width)
{
	double sum = 0;

	for (const unsigned char *at = (const unsigned char *)text; *at != '\0'; at++) {
		if (*at < ' ' || *at > 126)
			return false;
		sum += face->widths[*at];
	}
	return sum <= width;
}

static void set(struct paper *paper, const struct face *face, const char *text, double width)
{
	PangoAttrList *attributes = pango_attr_list_new();

	/* A name that is cut anywhere has no hyphen of its own there. */
	pango_attr_list_insert(attributes, pango_attr_insert_hyphens_new(FALSE));
	pango_layout_set_attributes(paper->layout, attributes);
	pango_attr_list_unref(attributes);
	pango_layout_set_font_description(paper->layout, face->description);
	pango_layout_set_width(paper->layout, (int)(width * PANGO_SCALE));
	pango_layout_set_wrap(paper->layout, PANGO_WRAP_WORD_CHAR);
	pango_layout_set_text(paper->layout, text, -1);
}

static uint8_t lines_of(struct paper *paper, const struct face *face, const char *text, double width)
{
	uint64_t hash = UINT64_C(14695981039346656037);
	struct memo *memo;
	int lines;

	if (is_easy(face, text, width))
		return 1;
	for (const char *at = text; *at != '\0'; at++)
		hash = (hash ^ (uint8_t)*at) * UINT64_C(1099511628211);
	hash = (hash ^ (uint64_t)(width * 8)) * UINT64_C(1099511628211) | 1;
	memo = &paper->memo[hash >> 20 & (MEMO - 1)];
	if (memo->hash == hash)
		return memo->lines;
	set(paper, face, text, width);
	lines = pango_layout_get_line_count(paper->layout);
	/* Some scripts are taller than a line of ours. */
	{
		PangoRectangle size;

		pango_layout_get_extents(paper->layout, NULL, &size);
		lines = (int)ceil((double)size.height / PANGO_SCALE / paper->line - 0.25);
	}
	memo->hash = hash;
	memo->lines = (uint8_t)(lines < 1 ? 1 : lines > 20 ? 20 : lines);
	return memo->lines;
}

static void write_text(
    struct paper *paper, const struct face *face, double x, double y, double width, const char *text)
{
	if (!paper->drawing || text[0] == '\0')
		return;
	if (is_easy(face, text, width)) {
		cairo_set_scaled_font(paper->cairo, face->scaled);
		cairo_move_to(paper->cairo, x, y + face->ascent);
		cairo_show_text(paper->cairo, text);
		return;
	}
	set(paper, face, text, width);
	cairo_move_to(paper->cairo, x, y);
	pango_cairo_update_layout(paper->cairo, paper->layout);
	pango_cairo_show_layout(paper->cairo, paper->layout);
}

/* Writes and goes on below. */
static void paragraph(struct paper *paper, const struct face *face, double line, const char *text)
{
	double width = paper->width - 2 * MARGIN;

	if (text == NULL || text[0] == '\0')
		return;
	write_text(paper, face, MARGIN, paper->y, width, text);
	paper->y += line * lines_of(paper, face, text, width);
}

static void rule(struct paper *paper, double x, double y, double width, double thickness, double grey)
{
	if (!paper->drawing)
		return;
	cairo_set_source_rgb(paper->cairo, grey, grey, grey);
	cairo_rectangle(paper->cairo, x, y, width, thickness);
	cairo_fill(paper->cairo);
	cairo_set_source_rgb(paper->cairo, 0, 0, 0);
}

/* ---- pages ---- */

static void write_notes(struct paper *paper, const struct sheet_about *about)
{
	char words[96];
	size_t shown = about->n_notes < NOTES_MAX ? about->n_notes : NOTES_MAX;

	if (about->n_notes == 0)
		return;
	if (paper->page > 1) {
		(void)snprintf(words, sizeof(words), "This list is not complete: see page 1.");
		paragraph(paper, &paper->strong, paper->line, words);
		return;
	}
	rule(paper, MARGIN, paper->y, paper->width - 2 * MARGIN, 1.5, 0);
	paper->y += 4;
	for (size_t i = 0; i < shown; i++)
		paragraph(paper, &paper->strong, paper->line, about->notes[i]);
	if (shown < about->n_notes) {
		(void)snprintf(words, sizeof(words), "and %zu more, on the list's page",
		    about->n_notes - shown);
		paragraph(paper, &paper->strong, paper->line, words);
	}
	paper->y += 2;
	rule(paper, MARGIN, paper->y, paper->width - 2 * MARGIN, 1.5, 0);
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
		n = lines_of(paper, &paper->strong, column->head, paper->w[i]);
		most = n > most ? n : most;
		write_text(
		    paper, &paper->strong, paper->x[i], paper->y, paper->w[i], column->head);
	}
	paper->y += most * paper->line + 2;
	rule(paper, MARGIN, paper->y, paper->width - 2 * MARGIN, 1, 0);
	paper->y += 3;
}

static void write_foot(struct sheet *sheet)
{
	struct paper *paper = sheet->own;
	double y = paper->height - MARGIN - paper->line, width = 0;
	char words[64];

	(void)snprintf(words, sizeof(words), "Page %zu of %zu", paper->page, paper->pages);
	for (const char *at = words; *at != '\0'; at++)
		width += paper->plain.widths[(unsigned char)*at];
	rule(paper, MARGIN, y - 3, paper->width - 2 * MARGIN, 0.5, 0.4);
	write_text(paper, &paper->plain, MARGIN, y, paper->width - 2 * MARGIN - 100, sheet->about->made);
	write_text(paper, &paper->plain, paper->width - MARGIN - width, y, width + 1, words);
}

static void page_begin(struct sheet *sheet)
{
	struct paper *paper = sheet->own;
	const struct sheet_about *about = sheet->about;

	paper->page++;
	paper->y = MARGIN;
	if (paper->drawing)
		cairo_set_source_rgb(paper->cairo, 0, 0, 0);
	paragraph(paper, &paper->title, 1.4 * 14, about->title);
	paragraph(paper, &paper->strong, paper->line, about->conference);
	paragraph(paper, &paper->plain, paper->line, about->filter);
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
	return paper->height - MARGIN - paper->line - 8;
}

static void write_group(struct paper *paper)
{
	write_text(paper, &paper->large, MARGIN, paper->y, paper->width - 2 * MARGIN, paper->group);
	paper->y += 22;
	rule(paper, MARGIN, paper->y - 1, paper->width - 2 * MARGIN, 0.5, 0);
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
	size_t len = strlen(text);

	paper->group[0] = '\0';
	/* Not alone at the foot of a page. */
	need(sheet, 27 + 2 * paper->line);
	/* Cut between characters. */
	if (len > sizeof(paper->group) - 1)
		for (len = sizeof(paper->group) - 1; len > 0 && (text[len] & 0xc0) == 0x80;)
			len--;
	memcpy(paper->group, text, len);
	paper->group[len] = '\0';
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

static const struct face *face_of(const struct paper *paper, const struct sheet_column *column)
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
		n = lines_of(paper, face_of(paper, &sheet->columns[i]), buf_text(&paper->cells[i]),
		    paper->w[i]);
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
		write_text(paper, face_of(paper, column), paper->x[i], paper->y, paper->w[i],
		    buf_text(&paper->cells[i]));
	} else if (column->paper == SHEET_TICK && paper->drawing) {
		cairo_set_line_width(paper->cairo, 0.8);
		cairo_rectangle(paper->cairo, paper->x[i] + 1, paper->y, paper->line - 1,
		    paper->line - 1);
		cairo_stroke(paper->cairo);
	} else if (column->paper == SHEET_LINE) {
		rule(paper, paper->x[i], paper->y + height - 3, paper->w[i], 0.5, 0.3);
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
	need(sheet, height);
	for (size_t i = 0; i < sheet->n_columns; i++)
		draw_cell(sheet, i, height);
	rule(paper, MARGIN, paper->y + height - 3, paper->width - 2 * MARGIN, 0.25, 0.7);
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
	double x = MARGIN, room = paper->width - 2 * MARGIN, parts = 0;

	for (size_t i = 0; i < sheet->n_columns; i++)
		if (sheet->columns[i].paper != SHEET_HIDDEN)
			parts += sheet->columns[i].width;
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
	paper->memo = calloc(MEMO, sizeof(*paper->memo));
	paper->surface = cairo_pdf_surface_create_for_stream(
	    take, sheet->out, paper->width, paper->height);
	cairo_pdf_surface_set_metadata(
	    paper->surface, CAIRO_PDF_METADATA_TITLE, sheet->about->title);
	paper->cairo = cairo_create(paper->surface);
	paper->fonts = pango_cairo_font_map_new();
	paper->context = paper->fonts ? pango_font_map_create_context(paper->fonts) : NULL;
	if (paper->context == NULL || paper->memo == NULL)
		return false;
	pango_context_set_round_glyph_positions(paper->context, FALSE);
	pango_cairo_context_set_resolution(paper->context, 72);
	pango_context_set_language(paper->context, pango_language_from_string("en"));
	paper->layout = pango_layout_new(paper->context);
	return paper->layout != NULL && face_load(paper, &paper->plain, size, false) &&
	       face_load(paper, &paper->strong, size, true) &&
	       face_load(paper, &paper->title, 14, true) &&
	       face_load(paper, &paper->large, 16, true);
}

static int pdf_begin(struct sheet *sheet)
{
	struct paper *paper = calloc(1, sizeof(*paper));
	int r;

	sheet->own = paper;
	if (paper == NULL || sheet->n_columns > COLUMNS_MAX)
		return SHEET_E_MEMORY;
	for (size_t i = 0; i < COLUMNS_MAX; i++)
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
		write_text(paper, &paper->plain, MARGIN, paper->y, 400, "Nobody and nothing fits.");
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
	face_clear(&paper->plain);
	face_clear(&paper->strong);
	face_clear(&paper->title);
	face_clear(&paper->large);
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
	for (size_t i = 0; i < COLUMNS_MAX; i++)
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
