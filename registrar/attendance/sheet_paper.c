#include "registrar/attendance/sheet_paper.h"

#include <math.h>

bool paper_face_load(struct paper *paper, struct paper_face *face, double size, bool bold)
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

void paper_face_clear(struct paper_face *face)
{
	if (face->font != NULL)
		g_object_unref(face->font);
	if (face->description != NULL)
		pango_font_description_free(face->description);
}

/* Text of plain letters that fits on its line is set without pango, which knows every script and
 * takes ten times as long. Whether it is such a text and fits in one line of that width. */
static bool is_easy(const struct paper_face *face, const char *text, double width)
{
	double sum = 0;

	for (const unsigned char *at = (const unsigned char *)text; *at != '\0'; at++) {
		if (*at < ' ' || *at > 126)
			return false;
		sum += face->widths[*at];
	}
	return sum <= width;
}

static void set(struct paper *paper, const struct paper_face *face, const char *text, double width)
{
	PangoAttrList *attributes = pango_attr_list_new();

	/* A name that is cut anywhere has no hyphen of its own there. */
	pango_attr_list_insert(attributes, pango_attr_insert_hyphens_new(FALSE));
	pango_layout_set_attributes(paper->layout, attributes);
	pango_attr_list_unref(attributes);
	pango_layout_set_font_description(paper->layout, face->description);
	pango_layout_set_width(paper->layout, (int)(width * PANGO_SCALE));
	pango_layout_set_wrap(paper->layout, PANGO_WRAP_WORD_CHAR);
	pango_layout_set_ellipsize(paper->layout, PANGO_ELLIPSIZE_NONE);
	pango_layout_set_alignment(paper->layout, PANGO_ALIGN_LEFT);
	pango_layout_set_text(paper->layout, text, -1);
}

uint8_t paper_lines(
    struct paper *paper, const struct paper_face *face, const char *text, double width)
{
	uint64_t hash = UINT64_C(14695981039346656037);
	struct paper_memo *memo;
	PangoRectangle size;
	int lines;

	if (is_easy(face, text, width))
		return 1;
	for (const char *at = text; *at != '\0'; at++)
		hash = (hash ^ (uint8_t)*at) * UINT64_C(1099511628211);
	hash = (hash ^ (uint64_t)(width * 8)) * UINT64_C(1099511628211) | 1;
	memo = &paper->memo[hash >> 20 & (PAPER_MEMO - 1)];
	if (memo->hash == hash)
		return memo->lines;
	set(paper, face, text, width);
	/* Some scripts are taller than a line of ours. */
	pango_layout_get_extents(paper->layout, NULL, &size);
	lines = (int)ceil((double)size.height / PANGO_SCALE / paper->line - 0.25);
	memo->hash = hash;
	memo->lines = (uint8_t)(lines < 1 ? 1 : lines > 20 ? 20 : lines);
	return memo->lines;
}

/* On the line that plain letters stand on, but not above y. */
static void show(struct paper *paper, const struct paper_face *face, double x, double y)
{
	double up;

	/* Columns begin on the left whatever the script: one that is written from the right turns
	 * round what is asked for. */
	if (pango_layout_get_direction(paper->layout, 0) == PANGO_DIRECTION_RTL)
		pango_layout_set_alignment(paper->layout, PANGO_ALIGN_RIGHT);
	up = face->ascent - (double)pango_layout_get_baseline(paper->layout) / PANGO_SCALE;
	cairo_move_to(paper->cairo, x, y + (up > 0 ? up : 0));
	pango_cairo_show_layout(paper->cairo, paper->layout);
}

void paper_write(struct paper *paper, const struct paper_face *face, double x, double y,
    double width, const char *text)
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
	show(paper, face, x, y);
}

void paper_write_line(
    struct paper *paper, const struct paper_face *face, double y, const char *text)
{
	if (!paper->drawing)
		return;
	set(paper, face, text, paper->width - 2 * PAPER_MARGIN);
	pango_layout_set_height(paper->layout, -1);
	pango_layout_set_ellipsize(paper->layout, PANGO_ELLIPSIZE_END);
	show(paper, face, PAPER_MARGIN, y);
}

void paper_paragraph(
    struct paper *paper, const struct paper_face *face, double line, const char *text)
{
	double width = paper->width - 2 * PAPER_MARGIN;

	if (text == NULL || text[0] == '\0')
		return;
	paper_write(paper, face, PAPER_MARGIN, paper->y, width, text);
	paper->y += line * paper_lines(paper, face, text, width);
}

void paper_rule(
    struct paper *paper, double x, double y, double width, double thickness, double grey)
{
	if (!paper->drawing)
		return;
	cairo_set_source_rgb(paper->cairo, grey, grey, grey);
	cairo_rectangle(paper->cairo, x, y, width, thickness);
	cairo_fill(paper->cairo);
	cairo_set_source_rgb(paper->cairo, 0, 0, 0);
}
