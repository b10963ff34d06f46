#include <math.h>

#include "badges/drawing_private.h"

/* From one size that is tried to the next. */
#define STEP 0.93

static void set_font(struct drawing *drawing, double size, bool bold)
{
	PangoFontDescription *font = pango_font_description_from_string(drawing->font);

	pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
	pango_font_description_set_weight(font, bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
	pango_layout_set_font_description(drawing->layout, font);
	pango_font_description_free(font);
}

static void set_style(struct drawing *drawing, double width, const struct drawing_style *style)
{
	static const PangoAlignment aligns[] = {
	    [DRAWING_START] = PANGO_ALIGN_LEFT,
	    [DRAWING_CENTRE] = PANGO_ALIGN_CENTER,
	    [DRAWING_END] = PANGO_ALIGN_RIGHT,
	};
	PangoLayout *layout = drawing->layout;
	PangoAttrList *attributes = pango_attr_list_new();

	set_font(drawing, style->size, style->bold);
	/* A name that is cut anywhere has no hyphen of its own there. */
	pango_attr_list_insert(attributes, pango_attr_insert_hyphens_new(FALSE));
	pango_layout_set_attributes(layout, attributes);
	pango_attr_list_unref(attributes);
	pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
	pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
	pango_layout_set_alignment(layout, aligns[style->align]);
	pango_layout_set_ellipsize(
	    layout, style->lines ? PANGO_ELLIPSIZE_END : PANGO_ELLIPSIZE_NONE);
	pango_layout_set_height(layout, style->lines ? -style->lines : -1);
}

static void set_ink(struct drawing *drawing, const struct drawing_style *style)
{
	if (style->colour)
		drawing_ink(drawing, style->colour);
	else
		cairo_set_source_rgb(drawing->cairo, style->grey, style->grey, style->grey);
}

static void show(struct drawing *drawing, double x, double y)
{
	cairo_move_to(drawing->cairo, x, y);
	pango_cairo_update_layout(drawing->cairo, drawing->layout);
	pango_cairo_show_layout(drawing->cairo, drawing->layout);
	drawing->unknown += (size_t)pango_layout_get_unknown_glyphs_count(drawing->layout);
}

double drawing_text(struct drawing *drawing, double x, double y, double width,
    const struct drawing_style *style, const char *text)
{
	PangoRectangle size;

	if (!*text)
		return 0;
	set_style(drawing, width, style);
	pango_layout_set_text(drawing->layout, text, -1);
	set_ink(drawing, style);
	show(drawing, x, y);
	pango_layout_get_extents(drawing->layout, NULL, &size);
	return (double)size.height / PANGO_SCALE;
}

size_t drawing_unknown(const struct drawing *drawing)
{
	return drawing->unknown;
}

/* ---- text in a box ---- */

/* Where the letters reach to, and the lines with their own room, from the layout's corner. */
struct reach {
	double left, right, top, bottom, height;
};

static struct reach reach_of(PangoLayout *layout)
{
	PangoRectangle ink, lines;

	pango_layout_get_extents(layout, &ink, &lines);
	return (struct reach){.left = (double)ink.x / PANGO_SCALE,
	    .right = (double)(ink.x + ink.width) / PANGO_SCALE,
	    .top = fmin(ink.y, lines.y) / PANGO_SCALE,
	    .bottom = fmax(ink.y + ink.height, lines.y + lines.height) / PANGO_SCALE,
	    .height = (double)lines.height / PANGO_SCALE};
}

static bool is_inside(const struct reach *reach, const struct drawing_box *box)
{
	return reach->left >= 0 && reach->right <= box->width &&
	       reach->bottom - reach->top <= box->height;
}

/* Whether the whole text stands in the box at this size, broken at words only. */
static bool fits(struct drawing *drawing, const struct drawing_box *box,
    const struct drawing_style *style, double size)
{
	struct reach reach;

	set_font(drawing, size, style->bold);
	reach = reach_of(drawing->layout);
	return pango_layout_get_line_count(drawing->layout) <= style->lines &&
	       is_inside(&reach, box);
}

/* Finds the size, and leaves the layout so. */
static double choose(struct drawing *drawing, const struct drawing_box *box,
    const struct drawing_style *style, double least)
{
	PangoLayout *layout = drawing->layout;
	double size = style->size;

	pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_NONE);
	pango_layout_set_height(layout, -1);
	pango_layout_set_wrap(layout, PANGO_WRAP_WORD);
	while (size > least && !fits(drawing, box, style, size))
		size *= STEP;
	if (size > least)
		return size;
	if (fits(drawing, box, style, least))
		return least;
	pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
	pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
	pango_layout_set_height(layout, -style->lines);
	return least;
}

/* Marks stacked beyond any line make the whole smaller, rather than stand on what is beside. */
static double squeeze(const struct reach *reach, const struct drawing_box *box)
{
	double width = fmax(reach->right, box->width) - fmin(reach->left, 0);
	double height = reach->bottom - reach->top;
	double scale = 1;

	if (width > box->width)
		scale = box->width / width;
	if (height * scale > box->height)
		scale = box->height / height;
	return scale;
}

double drawing_fit(struct drawing *drawing, const struct drawing_box *box,
    const struct drawing_style *style, double least, enum drawing_place place, const char *text)
{
	struct reach reach;
	double size, scale, x, y, spare;

	if (!*text)
		return 0;
	set_style(drawing, box->width, style);
	pango_layout_set_text(drawing->layout, text, -1);
	size = choose(drawing, box, style, least);
	reach = reach_of(drawing->layout);
	scale = squeeze(&reach, box);
	spare = box->height - scale * (reach.bottom - reach.top);
	y = box->y - scale * reach.top;
	y += place == DRAWING_TOP ? 0 : place == DRAWING_MIDDLE ? spare / 2 : spare;
	x = box->x - scale * fmin(reach.left, 0);
	if (style->align == DRAWING_CENTRE && scale < 1)
		x = box->x + (box->width - scale * box->width) / 2;
	set_ink(drawing, style);
	cairo_save(drawing->cairo);
	cairo_translate(drawing->cairo, x, y);
	cairo_scale(drawing->cairo, scale, scale);
	show(drawing, 0, 0);
	cairo_restore(drawing->cairo);
	return size * scale;
}
