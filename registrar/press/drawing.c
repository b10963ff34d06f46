#include "registrar/press/drawing.h"

#include <stdlib.h>
#include <string.h>

#include <cairo-pdf.h>
#include <pango/pangocairo.h>

#include "web/buf.h"

/* A page of text and rectangles with its fonts is below 200 kB; this is a bound for the broken. */
#define FILE_MAX ((size_t)16 << 20)

struct drawing {
	struct buf file;
	cairo_surface_t *surface;
	cairo_t *cairo;
	PangoFontMap *fonts; /* of its own: pango's shared one belongs to a thread */
	PangoContext *context;
	PangoLayout *layout;
	size_t unknown;
};

static cairo_status_t take(void *closure, const unsigned char *data, unsigned len)
{
	struct buf *file = closure;

	buf_add(file, data, len);
	return buf_error(file) ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

static void clear(struct drawing *drawing)
{
	if (drawing->layout)
		g_object_unref(drawing->layout);
	if (drawing->context)
		g_object_unref(drawing->context);
	if (drawing->fonts)
		g_object_unref(drawing->fonts);
	if (drawing->cairo)
		cairo_destroy(drawing->cairo);
	if (drawing->surface)
		cairo_surface_destroy(drawing->surface);
	buf_free(&drawing->file);
	free(drawing);
}

int drawing_open(
    double width, double height, const char *title, const char *language, struct drawing **ret)
{
	struct drawing *drawing = calloc(1, sizeof(*drawing));

	if (!drawing)
		return DRAWING_E_MEMORY;
	buf_init(&drawing->file, FILE_MAX);
	drawing->surface = cairo_pdf_surface_create_for_stream(take, &drawing->file, width, height);
	cairo_pdf_surface_set_metadata(drawing->surface, CAIRO_PDF_METADATA_TITLE, title);
	drawing->cairo = cairo_create(drawing->surface);
	drawing->fonts = pango_cairo_font_map_new();
	drawing->context = drawing->fonts ? pango_font_map_create_context(drawing->fonts) : NULL;
	drawing->layout = drawing->context ? pango_layout_new(drawing->context) : NULL;
	if (!drawing->layout || cairo_status(drawing->cairo) != CAIRO_STATUS_SUCCESS) {
		clear(drawing);
		return DRAWING_E_MEMORY;
	}
	/* On paper letters stand where the font says, not on a screen's pixels. */
	pango_context_set_round_glyph_positions(drawing->context, FALSE);
	/* Points, not a screen's pixels; Han characters as the reader's language has them. */
	pango_cairo_context_set_resolution(drawing->context, 72);
	pango_context_set_language(drawing->context, pango_language_from_string(language));
	*ret = drawing;
	return 0;
}

int drawing_close(struct drawing *drawing, uint8_t **ret_bytes, size_t *ret_len)
{
	char *bytes = NULL;
	size_t len = 0;
	bool drawn;

	cairo_show_page(drawing->cairo);
	cairo_surface_finish(drawing->surface);
	drawn = cairo_status(drawing->cairo) == CAIRO_STATUS_SUCCESS &&
		cairo_surface_status(drawing->surface) == CAIRO_STATUS_SUCCESS;
	if (drawn)
		bytes = buf_steal(&drawing->file, &len);
	clear(drawing);
	if (!bytes)
		return DRAWING_E_DRAW;
	*ret_bytes = (uint8_t *)bytes;
	*ret_len = len;
	return 0;
}

static void set_style(struct drawing *drawing, double width, const struct drawing_style *style)
{
	PangoLayout *layout = drawing->layout;
	PangoFontDescription *font = pango_font_description_from_string("Noto Sans, sans-serif");
	PangoAttrList *attributes = pango_attr_list_new();

	pango_font_description_set_absolute_size(font, style->size * PANGO_SCALE);
	pango_font_description_set_weight(
	    font, style->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
	pango_layout_set_font_description(layout, font);
	pango_font_description_free(font);
	/* A name that is cut anywhere has no hyphen of its own there. */
	pango_attr_list_insert(attributes, pango_attr_insert_hyphens_new(FALSE));
	pango_layout_set_attributes(layout, attributes);
	pango_attr_list_unref(attributes);
	pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
	pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
	pango_layout_set_alignment(
	    layout, style->align == DRAWING_CENTRE ? PANGO_ALIGN_CENTER : PANGO_ALIGN_LEFT);
	pango_layout_set_ellipsize(
	    layout, style->lines ? PANGO_ELLIPSIZE_END : PANGO_ELLIPSIZE_NONE);
	pango_layout_set_height(layout, style->lines ? -style->lines : -1);
}

double drawing_text(struct drawing *drawing, double x, double y, double width,
    const struct drawing_style *style, const char *text)
{
	PangoRectangle size;

	if (!*text)
		return 0;
	set_style(drawing, width, style);
	pango_layout_set_text(drawing->layout, text, -1);
	cairo_set_source_rgb(drawing->cairo, style->grey, style->grey, style->grey);
	cairo_move_to(drawing->cairo, x, y);
	pango_cairo_update_layout(drawing->cairo, drawing->layout);
	pango_cairo_show_layout(drawing->cairo, drawing->layout);
	drawing->unknown += (size_t)pango_layout_get_unknown_glyphs_count(drawing->layout);
	pango_layout_get_extents(drawing->layout, NULL, &size);
	return (double)size.height / PANGO_SCALE;
}

size_t drawing_unknown(const struct drawing *drawing)
{
	return drawing->unknown;
}

void drawing_rule(
    struct drawing *drawing, double x, double y, double width, double thickness, double grey)
{
	cairo_set_source_rgb(drawing->cairo, grey, grey, grey);
	cairo_rectangle(drawing->cairo, x, y, width, thickness);
	cairo_fill(drawing->cairo);
}

void drawing_frame(struct drawing *drawing, double x, double y, double width, double height)
{
	cairo_set_source_rgb(drawing->cairo, 0.4, 0.4, 0.4);
	cairo_set_line_width(drawing->cairo, 0.5);
	cairo_rectangle(drawing->cairo, x, y, width, height);
	cairo_stroke(drawing->cairo);
}

/* Dark modules side by side are one rectangle: no printer leaves a seam between them. */
static void add_row(cairo_t *cairo, const struct qr *qr, int row, double x, double y, double module)
{
	int width = (int)qr->width;
	int from = 0, to;

	for (; from < width; from = to) {
		to = from + 1;
		if (!qr_is_dark(qr, from, row))
			continue;
		while (to < width && qr_is_dark(qr, to, row))
			to++;
		cairo_rectangle(cairo, x + (QR_MARGIN + from) * module,
		    y + (QR_MARGIN + row) * module, (to - from) * module, module);
	}
}

void drawing_qr(struct drawing *drawing, const struct qr *qr, double x, double y, double side)
{
	double module = side / (qr->width + 2 * QR_MARGIN);

	cairo_set_source_rgb(drawing->cairo, 1, 1, 1);
	cairo_rectangle(drawing->cairo, x, y, side, side);
	cairo_fill(drawing->cairo);
	cairo_set_source_rgb(drawing->cairo, 0, 0, 0);
	for (int row = 0; row < (int)qr->width; row++)
		add_row(drawing->cairo, qr, row, x, y, module);
	cairo_fill(drawing->cairo);
}
